"""The modules that decide are pure: nothing they import reaches a database, a clock or a setting."""

import ast
from pathlib import Path

import pytest

from tests.support import sources
from tests.support.installation import ROOT

PURE = [
    "topup.ledger.core", "topup.ledger.chain", "topup.ledger.outcomes", "topup.ledger.batching",
    "topup.ledger.literals", "topup.ledger.proof", "topup.ledger.merkle", "topup.reconciliation.rules",
    "topup.reconciliation.facts", "topup.reconciliation.seals.document", "topup.recharges.case_kinds",
    "topup.reconciliation.settlement.mapping", "topup.reconciliation.settlement.lines",
    "topup.reconciliation.settlement.verdicts", "topup.recharges.rules",
    "topup.recharges.lifecycle", "topup.credit.lifecycle",
    "topup.gateways.directory", "topup.money", "topup.phones", "topup.people", "topup.sellers.roles",
    "topup.addresses", "topup.webhooks.shares",
    "topup.webhooks.signing",
]  # fmt: skip
OUTSIDE = {
    "django", "psycopg", "psycopg_pool", "litestar", "asyncio", "os", "time", "socket", "subprocess",
    "random", "secrets", "threading", "pathlib", "io", "logging", "dotenv",
}  # fmt: skip
OURS = {"topup.clock", "topup.config", "topup.database", "topup.trips", "topup.ids"}
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic"}


def imports_of(module: str) -> set[str]:
    """The modules that a module names in an import, as far as they exist."""
    named: set[str] = set()
    for node in ast.walk(sources.parsed(_path(module))):
        if isinstance(node, ast.Import):
            named.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            named.add(node.module)
            named.update(f"{node.module}.{alias.name}" for alias in node.names)
    return named


def reached_from(module: str) -> set[str]:
    """Every module that an import of this one brings with it, through our own modules."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        for name in imports_of(waiting.pop()) - seen:
            seen.add(name)
            if name.startswith("topup") and _path(name).exists():
                waiting.append(name)
    return seen


def _path(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_reaches_nothing_outside(module: str) -> None:
    reached = reached_from(module)

    assert {name for name in reached if name.split(".")[0] in OUTSIDE} == set()
    assert reached & OURS == set()


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_asks_nobody_for_the_time(module: str) -> None:
    asked = [
        node.func.attr
        for node in ast.walk(sources.parsed(_path(module)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]

    assert not CLOCKS & set(asked)


@pytest.mark.parametrize("folder", ["ledger", "recharges", "credit", "gateways"])
def test_the_money_path_reads_the_time_from_the_clock_alone(folder: str) -> None:
    for path in sources.python_files(folder):
        calls = [node.func for node in ast.walk(sources.parsed(path)) if isinstance(node, ast.Call)]
        asked = [call for call in calls if isinstance(call, ast.Attribute) and call.attr in CLOCKS]

        assert not asked, f"{sources.shown(path)}:{asked[0].lineno}"
