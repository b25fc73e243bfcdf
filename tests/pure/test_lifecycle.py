"""The life of a recharge: every state has its row, and nothing leaves a final one but a reversal."""

import pytest

from topup.ledger.core import MOVES, Account, Kind
from topup.recharges import lifecycle
from topup.recharges.lifecycle import FOLLOWS, State

ALLOWED = {
    "accepted → processing",
    "processing → succeeded",
    "processing → failed",
    "processing → unknown",
    "unknown → succeeded",
    "unknown → failed",
    "succeeded → reversed",
}


def test_the_table_has_a_row_for_every_state() -> None:
    assert set(FOLLOWS) == set(State)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("following", list(State))
def test_a_state_follows_as_the_design_draws_it(state: State, following: State) -> None:
    assert lifecycle.may_become(state, following) is (f"{state} → {following}" in ALLOWED)


def test_states_that_are_not_final() -> None:
    assert {state for state in State if not lifecycle.is_final(state)} == {
        "accepted",
        "processing",
        "unknown",
    }


@pytest.mark.parametrize("state", [state for state in State if lifecycle.is_final(state)])
def test_nothing_leaves_a_final_state_but_a_reversal(state: State) -> None:
    assert FOLLOWS[state] <= {State.REVERSED}


@pytest.mark.parametrize("state", [state for state in State if not lifecycle.is_final(state)])
def test_every_beginning_can_reach_an_end(state: State) -> None:
    reached = {state}
    for _ in State:
        reached |= {following for each in reached for following in FOLLOWS[each]}

    assert {State.SUCCEEDED, State.FAILED} <= reached


def test_an_instant_sale_begins_delivered_and_any_other_accepted() -> None:
    assert lifecycle.OF_A_SALE == {Kind.RECHARGE: State.SUCCEEDED, Kind.HOLD: State.ACCEPTED}


def test_what_settles_a_recharge_has_its_movement() -> None:
    assert {state: MOVES[Kind(kind)] for state, kind in lifecycle.OF_A_SETTLEMENT.items()} == {
        State.SUCCEEDED: (Account.HELD, Account.SOLD),
        State.FAILED: (Account.HELD, Account.AVAILABLE),
    }
