"""A look is of one seller, ends by itself, and knows which of its pages were seen."""

from typing import Any

from topup.clock import US_PER_SECOND
from topup.sellers import looking
from topup.sellers.looking import LASTS_S, MAX_SEEN

LATER_US = LASTS_S * US_PER_SECOND


def test_a_look_goes_on_until_its_time_is_over() -> None:
    session: dict[str, Any] = {}  # JSON values

    made = looking.begin(session, seller_id=7, now_us=1_000)

    assert looking.current(session, now_us=LATER_US + 999) == made
    assert looking.current(session, now_us=LATER_US + 1_000) is None


def test_a_page_is_new_once() -> None:
    session: dict[str, Any] = {}  # JSON values
    looking.begin(session, seller_id=7, now_us=0)

    seen = []
    for page in ("/", "/", "/credit/"):
        look = looking.current(session, now_us=0)
        assert look is not None
        seen.append(looking.is_new(session, look, page))

    assert seen == [True, False, True]


def test_what_is_remembered_has_an_end_and_is_told_again_then() -> None:
    session: dict[str, Any] = {}  # JSON values
    looking.begin(session, seller_id=7, now_us=0)

    for number in range(MAX_SEEN + 5):
        look = looking.current(session, now_us=0)
        assert look is not None
        assert looking.is_new(session, look, f"/{number}/")

    look = looking.current(session, now_us=0)
    assert look is not None
    assert len(look.seen) == MAX_SEEN
    assert looking.is_new(session, look, f"/{MAX_SEEN + 1}/")


def test_ending_tells_whose_portal_it_was() -> None:
    session: dict[str, Any] = {}  # JSON values
    looking.begin(session, seller_id=7, now_us=0)

    assert [looking.end(session), looking.end(session)] == [7, None]
    assert looking.current(session, now_us=0) is None
