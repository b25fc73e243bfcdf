"""What is done next about a recharge: one answer, one way to go on, and always an end in sight.

An order goes out again only where it was surely not taken, and nothing but a definite answer settles.
"""

import itertools

import pytest

from topup import clock, ids
from topup.circuit import LEFT_ALONE_S, Circuit
from topup.clock import US_PER_SECOND
from topup.gateways import contract
from topup.gateways.contract import Abilities, Answer, Result
from topup.recharges import errands, pursuit
from topup.recharges.lifecycle import State
from topup.recharges.pursuit import MAX_SUBMITS, NEVER_US, Continue, Done, Next, Settle, Step

NOW_US = 1_800_000_000 * US_PER_SECOND
A_DAY_S = 24 * 3600
GRACE_S = 60
ABLE = Abilities(not_found_final_after_s=GRACE_S)
CLEAR = [Result.DELIVERED, Result.REFUSED]
UNCLEAR = [Result.UNKNOWN, Result.RETRY_LATER, Result.NOT_FOUND]


def in_s(seconds: int) -> int:
    return NOW_US + seconds * US_PER_SECOND


def after_submit(result: Result, code: str | None = None, *, submits: int = 1) -> Next:
    return pursuit.after_submit(Answer(result, code), submits=submits, now_us=NOW_US)


def after_query(
    result: Result,
    code: str | None = None,
    *,
    checks: int = 0,
    unknown_for_s: int = 5,
    submitted_s_ago: int = 10,
    in_review: bool = False,
) -> Next:
    return pursuit.after_query(
        Answer(result, code),
        checks=checks,
        unknown_since_us=in_s(-unknown_for_s),
        submitted_at_us=in_s(-submitted_s_ago),
        in_review=in_review,
        abilities=ABLE,
        now_us=NOW_US,
    )


def test_a_submit_that_is_answered_clearly_settles() -> None:
    assert after_submit(Result.DELIVERED) == Settle(State.SUCCEEDED)
    assert after_submit(Result.REFUSED, "invalid_number") == Settle(State.FAILED, "invalid_number")
    assert after_submit(Result.REFUSED) == Settle(State.FAILED, "refused")


@pytest.mark.parametrize("result", [Result.UNKNOWN, Result.NOT_FOUND])
@pytest.mark.parametrize("submits", range(1, MAX_SUBMITS + 1))
def test_a_submit_whose_answer_was_lost_is_asked_about_and_never_sent_again(
    result: Result, submits: int
) -> None:
    assert after_submit(result, submits=submits) == Continue(Step.QUERY, in_s(5))


def test_a_submit_that_was_surely_not_taken_goes_out_again_each_time_later() -> None:
    following = [after_submit(Result.RETRY_LATER, submits=n) for n in range(1, MAX_SUBMITS)]

    assert following == [Continue(Step.SUBMIT, in_s(wait_s)) for wait_s in (1, 2, 4, 8)]


def test_the_last_submit_that_is_not_taken_fails_for_the_operators_reason() -> None:
    assert after_submit(Result.RETRY_LATER, "busy", submits=MAX_SUBMITS) == Settle(State.FAILED, "busy")
    assert after_submit(Result.RETRY_LATER, submits=MAX_SUBMITS) == Settle(
        State.FAILED, "operator_unavailable"
    )


def test_submits_have_numbers_of_two_digits() -> None:
    assert MAX_SUBMITS < 100


@pytest.mark.parametrize("in_review", [False, True])
@pytest.mark.parametrize("unknown_for_s", [0, A_DAY_S, 10 * A_DAY_S])
def test_a_clear_answer_to_a_query_settles_however_late(*, in_review: bool, unknown_for_s: int) -> None:
    delivered = after_query(Result.DELIVERED, unknown_for_s=unknown_for_s, in_review=in_review)
    refused = after_query(Result.REFUSED, "barred", unknown_for_s=unknown_for_s, in_review=in_review)

    assert (delivered, refused) == (Settle(State.SUCCEEDED), Settle(State.FAILED, "barred"))


@pytest.mark.parametrize("result", [Result.UNKNOWN, Result.RETRY_LATER])
def test_queries_that_tell_nothing_come_at_doubled_distances_up_to_four_hours(result: Result) -> None:
    gaps_s = [
        (following.due_at_us - NOW_US) // US_PER_SECOND
        for checks in range(14)
        if isinstance(following := after_query(result, checks=checks), Continue)
    ]

    assert gaps_s == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240, 14400, 14400, 14400]


def test_no_number_of_checks_makes_the_distance_overflow() -> None:
    assert after_query(Result.UNKNOWN, checks=10**6) == Continue(Step.QUERY, in_s(4 * 3600))


def test_not_found_is_final_only_after_the_gateways_grace() -> None:
    early = after_query(Result.NOT_FOUND, submitted_s_ago=GRACE_S - 1)
    late = after_query(Result.NOT_FOUND, submitted_s_ago=GRACE_S)

    assert early == Continue(Step.QUERY, in_s(10))
    assert late == Settle(State.FAILED, "not_delivered")


def test_not_found_is_not_final_while_a_worker_may_still_hold_the_submit() -> None:
    hasty = ABLE._replace(not_found_final_after_s=0, timeout_s=10)
    following = [
        pursuit.after_query(
            Answer(Result.NOT_FOUND),
            checks=0,
            unknown_since_us=NOW_US,
            submitted_at_us=in_s(-ago_s),
            in_review=False,
            abilities=hasty,
            now_us=NOW_US,
        )
        for ago_s in (19, 20)
    ]

    assert following == [Continue(Step.QUERY, in_s(10)), Settle(State.FAILED, "not_delivered")]


def test_the_last_query_comes_as_a_day_ends() -> None:
    following = after_query(Result.UNKNOWN, checks=11, unknown_for_s=A_DAY_S - 600, submitted_s_ago=1)

    assert following == Continue(Step.QUERY, in_s(600))


@pytest.mark.parametrize("result", UNCLEAR)
def test_after_a_day_staff_decide(result: Result) -> None:
    assert after_query(result, unknown_for_s=A_DAY_S) == Continue(Step.QUERY, NEVER_US, review=True)


@pytest.mark.parametrize("result", UNCLEAR)
def test_what_is_in_review_stays_there_while_queries_tell_nothing(result: Result) -> None:
    assert after_query(result, in_review=True) == Continue(Step.QUERY, NEVER_US, review=True)


def test_an_operator_that_never_answers_is_asked_for_a_day_before_staff_decide() -> None:
    now_us = since_us = NOW_US
    for checks in itertools.count():
        following = pursuit.after_query(
            Answer(Result.UNKNOWN),
            checks=checks,
            unknown_since_us=since_us,
            submitted_at_us=since_us,
            in_review=False,
            abilities=ABLE,
            now_us=now_us,
        )
        assert isinstance(following, Continue)
        if following.review:
            break
        assert now_us < following.due_at_us <= in_s(A_DAY_S)
        now_us = following.due_at_us

    assert (checks, now_us) == (16, in_s(A_DAY_S))


def test_a_reversal_ends_with_the_operators_word_or_a_case() -> None:
    def after(result: Result, attempts: int = 1) -> Next:
        return pursuit.after_reverse(Answer(result), attempts=attempts, now_us=NOW_US)

    assert after(Result.DELIVERED) == Done()
    assert after(Result.REFUSED) == after(Result.NOT_FOUND) == Done(case="reversal_refused")
    assert after(Result.UNKNOWN) == Continue(Step.REVERSE, in_s(10))
    assert after(Result.RETRY_LATER, MAX_SUBMITS - 1) == Continue(Step.REVERSE, in_s(80))
    assert after(Result.RETRY_LATER, MAX_SUBMITS) == Done(case="reversal_unanswered")


def test_only_a_clear_answer_settles() -> None:
    settled = {
        result
        for result in Result
        for following in (after_submit(result), after_query(result))
        if isinstance(following, Settle)
    }

    assert settled == set(CLEAR)


def test_a_reference_tells_its_recharge_and_each_attempt_has_its_own() -> None:
    recharge_id = ids.new(42)
    references = [errands.gateway_reference(recharge_id, nr) for nr in range(1, 100)]

    assert len(set(references)) == 99
    assert {errands.recharge_of(each) for each in references} == {recharge_id}
    assert {ids.seller_of(errands.recharge_of(each) or "") for each in references} == {42}


@pytest.mark.parametrize("foreign", ["", "order-1", "0" * 31, "0" * 33, "0" * 35, "G" * 34, "0" * 32 + "٠١"])
def test_a_reference_that_is_none_of_ours_has_no_recharge(foreign: str) -> None:
    assert errands.recharge_of(foreign) is None


def test_a_circuit_opens_after_failures_in_a_row_and_then_admits_one_trial() -> None:
    circuit = Circuit("an operator", failures_max=3)
    for _ in range(2):
        circuit.failed(TimeoutError())
    assert (circuit.open, circuit.admitted(64)) == (False, 64)

    circuit.failed(TimeoutError())

    assert (circuit.open, circuit.admitted(64)) == (True, 0)


def test_after_a_while_one_word_is_the_trial_and_the_others_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = Circuit("an operator", failures_max=1)
    circuit.failed(TimeoutError())
    later_s = clock.monotonic_s() + LEFT_ALONE_S
    monkeypatch.setattr(clock, "monotonic_s", lambda: later_s)

    assert [circuit.admitted(64), circuit.admitted(64)] == [1, 0]


def test_one_answer_closes_a_circuit_and_begins_the_count_anew() -> None:
    circuit = Circuit("an operator", failures_max=3)
    for _ in range(5):
        circuit.failed(TimeoutError())

    circuit.succeeded()
    circuit.failed(TimeoutError())

    assert (circuit.open, circuit.admitted(64)) == (False, 64)


@pytest.mark.parametrize("sent", ["a\x00b", "a\ud800b", "x" * 99_999])
def test_an_answer_is_kept_as_text_that_can_be_written_down(sent: str) -> None:
    kept = contract.kept(Answer(Result.UNKNOWN, code=sent, operator_reference=sent, evidence=sent))

    for text, most in ((kept.code, 100), (kept.operator_reference, 200), (kept.evidence, 16_000)):
        assert text
        assert len(text) <= most
        assert "\x00" not in text
        assert text.encode().decode() == text
