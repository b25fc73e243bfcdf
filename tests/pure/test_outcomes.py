"""Outcomes are a closed set: each has its own word, and only two of them mean that the effect stands."""

from topup.ledger.outcomes import DONE, Outcome


def test_each_outcome_has_its_own_word() -> None:
    words = [str(outcome) for outcome in Outcome]

    assert len(words) == len(set(words)) == len(Outcome.__members__)


def test_a_word_is_the_name_that_clients_read() -> None:
    assert all(str(outcome) == outcome.name.lower() for outcome in Outcome)


def test_the_effect_stands_after_a_posting_or_its_replay_only() -> None:
    assert {Outcome.POSTED, Outcome.REPLAYED} == DONE
