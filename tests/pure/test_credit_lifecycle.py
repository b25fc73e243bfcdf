"""The life of a credit request: it waits, and is decided once."""

import pytest

from topup.credit.lifecycle import FOLLOWS, State, may_become

ALLOWED = {"pending → approved", "pending → rejected", "pending → cancelled"}


def test_the_table_has_a_row_for_every_state() -> None:
    assert set(FOLLOWS) == set(State)


def test_the_states_are_those_that_clients_read() -> None:
    assert [str(state) for state in State] == ["pending", "approved", "rejected", "cancelled"]


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("following", list(State))
def test_a_state_follows_as_the_design_draws_it(state: State, following: State) -> None:
    assert may_become(state, following) is (f"{state} → {following}" in ALLOWED)
