"""`/api/health/` and `/api/balance/verify/`: whether it works, and whether the books are right."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from litestar import Response, Router, get

from topup import clock, database, sqlfiles
from topup.api import engine, errors, guards
from topup.api.bodies import ApiRequest
from topup.api.engine import Engine
from topup.api.errors import Problem
from topup.api.schemas import BookProof, VerificationOut
from topup.ledger.verify import Report, Status, verify
from topup.telemetry.counts import COUNTS

MIN_FREE_BYTES = 256 * 2**20
WORKER_QUIET_S = 15.0
"""A worker looks for work several times a second; one that has not for so long is hung or gone."""
FIT = ("ok", "not_needed")
WORKER = sqlfiles.load(Path(__file__).with_name("health.sql"))["worker"]
MAX_PROOFS = 1_000
"""Books listed in one answer; more are counted, and those with faults come first."""
MAX_VERIFYING = 1
"""Whole verifications at once in this process: each reads every journal row."""

_verifying = asyncio.Semaphore(MAX_VERIFYING)


@get("/health", summary="Whether the service works", security=[])
async def health(request: ApiRequest) -> Response[dict[str, Any]]:
    own = engine.of(request)
    checks = {
        "database": await _database(own),
        "migrations": await _migrations(own),
        "worker": await _worker(own),
        "disk": "ok" if shutil.disk_usage(own.config.home.parent).free > MIN_FREE_BYTES else "low",
    }
    # Without a worker sales are still taken, and held: this process must not be taken out of service.
    healthy = all(value in FIT for name, value in checks.items() if name != "worker")
    status = "unhealthy" if not healthy else "ok" if checks["worker"] in FIT else "degraded"
    body = {"status": status, **checks}
    return Response(body, status_code=200 if healthy else 503, headers={"Cache-Control": "no-store"})


async def _worker(own: Engine) -> str:
    """Whether some worker asked the database for something a moment ago, and whether one must."""
    try:
        ((needed, quiet_s),) = await own.read(WORKER, (database.WORKER,))
    except Problem:
        return "unknown"
    if quiet_s is not None and quiet_s < WORKER_QUIET_S:
        return "ok"
    return "missing" if needed else "not_needed"


async def _database(own: Engine) -> str:
    try:
        await own.read("SELECT 1")
    except Problem:
        return "unavailable"
    return "ok"


async def _migrations(own: Engine) -> str:
    try:
        return await own.in_thread(_pending)
    except Problem:
        return "unknown"


def _pending() -> str:
    executor = MigrationExecutor(connection)
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


@get("/balance/verify", guards=[guards.anybody], summary="Prove the books, now")
async def verify_balances(request: ApiRequest, seller_id: int | None = None) -> VerificationOut:
    """Each book recomputed from its journal: a seller's own; for staff one or all."""
    whose = guards.whose(request.user, seller_id)
    own = engine.of(request)
    async with _verifying:
        reports = await own.in_thread(_verify, own, whose)
    if whose is not None and not reports:
        raise errors.not_found("seller")
    _count(reports)
    reports.sort(key=lambda report: (report.status is Status.VERIFIED, report.seller_id))
    return VerificationOut(
        ok=all(report.status is Status.VERIFIED for report in reports),
        books=len(reports),
        checked_at=clock.rfc3339(clock.now_us()),
        sellers=[_proof(report) for report in reports[:MAX_PROOFS]],
    )


def _count(reports: list[Report]) -> None:
    right = sum(report.status is Status.VERIFIED for report in reports)
    COUNTS.add("topup_books_verified_total", ("verified",), right)
    COUNTS.add("topup_books_verified_total", ("failed",), len(reports) - right)
    now_s = clock.now_us() / clock.US_PER_SECOND
    COUNTS.gauge("topup_books_verified_last_timestamp_seconds", lambda: now_s)


def _verify(own: Engine, seller_id: int | None) -> list[Report]:
    with database.connect(own.config) as fresh:
        return list(verify(fresh, seller_id=seller_id, minor_limit=own.config.reconcile_minor_limit))


def _proof(report: Report) -> BookProof:
    return BookProof(
        seller_id=report.seller_id,
        version=report.version,
        current=report.current,
        calculated=report.calculated,
        status=report.status,
    )


router = Router(path="/api", tags=["operation"], route_handlers=[health, verify_balances])
