"""What failed a few times in a row is left alone for a while; then one question tries."""

import pytest

from topup import clock
from topup.circuit import FAILURES_MAX, LEFT_ALONE_S, Away, Circuit


@pytest.fixture
def opened() -> Circuit:
    circuit = Circuit("Redis")
    for _ in range(FAILURES_MAX):
        circuit.admit()
        circuit.failed(OSError("gone"))
    return circuit


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = clock.monotonic_s()
    monkeypatch.setattr(clock, "monotonic_s", lambda: now_s + LEFT_ALONE_S)


def test_it_is_left_alone_after_some_failures_in_a_row(opened: Circuit) -> None:
    with pytest.raises(Away):
        opened.admit()


def test_an_answer_between_failures_keeps_it_in_use() -> None:
    circuit = Circuit("Redis")
    for _ in range(2 * FAILURES_MAX):
        circuit.failed(OSError("gone"))
        circuit.succeeded()

    circuit.admit()


def test_after_that_time_one_question_tries_and_the_others_do_without(
    opened: Circuit, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch)

    opened.admit()
    with pytest.raises(Away):
        opened.admit()


def test_a_trial_that_is_answered_opens_it_for_all(opened: Circuit, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch)
    opened.admit()
    opened.succeeded()

    opened.admit()
    opened.admit()
