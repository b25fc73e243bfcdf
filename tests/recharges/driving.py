"""A recharge brought to a moment of its life without a worker: by the statements that a worker sends.

Owns no rule: what may follow is the product's to say, and a step that it refuses fails here.
"""

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx
import pytest

from tests.recharges import place as places
from tests.recharges.place import Place
from tests.support import posting
from tests.support.installation import ROOT
from tests.support.model import Sums, audit
from topup import clock, trips
from topup.clock import US_PER_SECOND
from topup.gateways.contract import Answer, Result
from topup.gateways.simulator import callbacks as simulated
from topup.ledger import direct
from topup.ledger.families import Posting
from topup.recharges import errands
from topup.recharges.errands import Errand, Record
from topup.recharges.lifecycle import State
from topup.recharges.pursuit import NEVER_US, Continue, Step, Verb
from topup.recharges.settle import Settlement, Settlements
from topup.trips import Statement

NUMBER = "+989123456789"
IRANCELL = "+989353456789"
LEASE_S = 60
V1 = "/api/v1"
ABOVE_MINOR = 50_000
"""REVIEW_FOUR_EYES_ABOVE of the server here."""


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """Where MCI is reached by the simulator, and Irancell is instant."""
    with places.opened(shops=2, REVIEW_FOUR_EYES_ABOVE=str(ABOVE_MINOR)) as made:
        made.choose("mci", "simulator")
        yield made


@contextmanager
def another_of_staff(place: Place) -> Iterator[httpx.Client]:
    """A client of one more person of staff."""
    made = subprocess.run(
        [sys.executable, "-m", "bench.sellers", "1", str(place.installation.home / f"keys-{uuid.uuid4()}")],
        env=place.installation.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    key = made.stdout.split()[-1]
    headers = {"Authorization": f"Token {key}"}
    with httpx.Client(base_url=place.server.url, headers=headers, timeout=places.REQUEST_TIMEOUT_S) as client:
        yield client


def run(place: Place, *statements: Statement) -> trips.Rows:
    with closing(place.installation.connect("app")) as app:
        return trips.run(app, list(statements))


def sell(place: Place, *, amount: int = places.PRICE, shop: int = 0, number: str = NUMBER) -> str:
    return str(place.shops[shop].sell(number, amount=amount, reference=f"order-{uuid.uuid4()}")["id"])


def submitted(place: Place, recharge_id: str) -> Errand:
    """The recharge as a worker has claimed it and is about to ask."""
    (row,) = place.owner.execute(
        "SELECT e.seller_id, e.recharge_id::text, e.due_at_us, e.step::text, e.gateway, r.phone_number"
        "  FROM recharges.errand e JOIN recharges.recharge r ON r.id = e.recharge_id WHERE r.id = %s",
        [recharge_id],
    ).fetchall()
    found = errands.candidate(row)
    now_us = clock.now_us()
    until_us = now_us + LEASE_S * US_PER_SECOND
    _, rows = run(place, *errands.claim([found], under=str(uuid.uuid4()), until_us=until_us, now_us=now_us))
    return errands.errand(rows[0])


def heard(
    place: Place, errand: Errand, result: Result, following: Continue, *, verb: Verb = Verb.SUBMIT
) -> None:
    """An answer that settles nothing, recorded."""
    answer = Answer(result, code="no_answer", evidence="what came, as it came")
    run(
        place,
        errands.record([Record(errand, verb, answer, clock.now_us(), following)], now_us=clock.now_us()),
    )


def unknown(place: Place, recharge_id: str, *, review: bool = False) -> Errand:
    """A recharge whose answer was lost; its next query is far away, or staff are asked."""
    errand = submitted(place, recharge_id)
    due_us = NEVER_US if review else clock.now_us() + 3_600 * US_PER_SECOND
    heard(place, errand, Result.UNKNOWN, Continue(Step.QUERY, due_us, review=review))
    return errand


def settle(place: Place, errand: Errand, to: State, *, verb: Verb = Verb.QUERY) -> Posting:
    """What a worker posts when an operator has answered."""
    result = Result.DELIVERED if to is State.SUCCEEDED else Result.REFUSED
    wish = Settlement(
        seller_id=errand.seller_id,
        recharge_id=errand.recharge_id,
        to=to,
        cause=f"{verb}_{result}",
        failure=None if to is State.SUCCEEDED else "refused",
        verb=verb,
        answer=Answer(result, evidence="the operator's words"),
        begun_at_us=clock.now_us(),
    )
    with closing(place.installation.connect("app")) as app:
        (posting,) = direct.post(app, [wish], Settlements(), zone="UTC")
    return posting


def succeeded(place: Place, **sale: Any) -> str:  # arguments of `sell`
    """A recharge that an operator delivered."""
    recharge_id = sell(place, **sale)
    settle(place, submitted(place, recharge_id), State.SUCCEEDED, verb=Verb.SUBMIT)
    return recharge_id


def notice(reference: str, result: str = "delivered", **more: str) -> bytes:
    """The body of a callback of the simulated operator."""
    return json.dumps({"reference": reference, "result": result, **more}).encode()


def call_back(
    place: Place, body: bytes, *, signed: bool = True, operator: str = "mci", secret: bytes | None = None
) -> httpx.Response:
    """A callback as the operator sends it, without a key."""
    headers = {"Content-Type": "application/json", "Authorization": "Bearer not-for-the-database"}
    if signed:
        key = secret or simulated.secret_of(place.installation.config, None)
        signature = simulated.signature(key, timestamp="1", body=body)
        headers |= {simulated.TIMESTAMP: "1", simulated.SIGNATURE: signature}
    return httpx.post(
        f"{place.server.url}/api/callbacks/{operator}", content=body, headers=headers, timeout=30
    )


def life(place: Place, recharge_id: str) -> dict[str, Any]:  # a JSON object
    """The recharge as staff see it."""
    answer = place.staff.get(f"{V1}/recharges/{recharge_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def kept(place: Place, recharge_id: str | None) -> list[tuple[Any, ...]]:  # signed, state, note
    """The callbacks that are kept of a recharge, or of none, the newest last."""
    return place.owner.execute(
        "SELECT signed, state::text, note FROM recharges.callback"
        " WHERE recharge_id IS NOT DISTINCT FROM %s ORDER BY received_at_us, id",
        [recharge_id],
    ).fetchall()


def assert_books_are_right(place: Place) -> None:
    """Each book is what its journal proves, and holds the prices of its open recharges and nothing else."""
    rows = place.owner.execute(
        "SELECT b.seller_id, b.held, coalesce(sum(r.amount), 0)"
        "  FROM ledger.book b LEFT JOIN recharges.recharge r"
        " ON r.seller_id = b.seller_id AND r.state IN ('accepted', 'processing', 'unknown') GROUP BY 1, 2"
    ).fetchall()
    assert rows
    for seller_id, held, prices in rows:
        lines = posting.journal_of(place.owner, seller_id)
        assert audit(seller_id, lines) == Sums(*posting.book_of(place.owner, seller_id).vector)
        assert held == prices
    proof = place.staff.get("/api/balance/verify/", follow_redirects=True)
    assert proof.json()["ok"] is True, proof.text
