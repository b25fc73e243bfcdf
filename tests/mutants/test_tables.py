"""The mutants of tables are those that a wrong table would be: none is missing, none is there twice."""

import ast

import pytest

from tests.mutants import subjects, tables
from tests.mutants.result import Mutant


def of(path: str, where: str) -> set[tuple[str, str]]:
    """What is changed into what, in this table of the module."""
    mutants = [change.mutant for change in tables.changes(path)]
    return {(each.was, each.becomes) for each in mutants if each.where == where}


def test_a_state_becomes_each_other_one_is_left_out_or_is_one_too_many() -> None:
    found = of("topup/credit/lifecycle.py", "FOLLOWS")

    assert {became for was, became in found if was == "State.APPROVED"} == {
        "State.PENDING",
        "State.REJECTED",
        "State.CANCELLED",
    }
    assert {
        "{State.REJECTED, State.CANCELLED}",
        "{State.APPROVED, State.REJECTED, State.CANCELLED, State.PENDING}",
    } <= {became for _, became in found}
    assert ("frozenset()", "frozenset({State.PENDING})") in found


def test_an_account_becomes_each_other_one() -> None:
    found = of("topup/ledger/core.py", "MOVES")

    assert {became for was, became in found if was == "Account.HELD"} == {
        f"Account.{name}" for name in ("FUNDED", "AVAILABLE", "SOLD", "ADJUSTED")
    }


def test_the_signs_and_comparisons_of_what_runs_at_import_are_turned() -> None:
    found = of("topup/ledger/core.py", "_effect")

    assert ("-gained", "gained") in found
    assert ("account is taker", "account is not taker") in found
    assert ("(account is taker) - (account is giver)", "(account is taker) + (account is giver)") in found


@pytest.mark.parametrize("path", subjects.TESTS)
def test_each_mutant_is_a_module_that_differs_from_the_original_and_from_each_other(path: str) -> None:
    changes = list(tables.changes(path))

    modules = {ast.dump(ast.parse(change.source)) for change in changes}

    assert ast.dump(ast.parse((subjects.ROOT / path).read_text(encoding="utf-8"))) not in modules
    assert len(modules) == len(changes)


def test_functions_are_left_to_mutmut() -> None:
    assert {mutant.where for mutant in _all("topup/credit/lifecycle.py")} == {"State", "FOLLOWS"}


def _all(path: str) -> list[Mutant]:
    return [change.mutant for change in tables.changes(path)]
