"""Deciding credit requests: once, by somebody else than who asked, however often a form is sent."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.conftest import NewSeller
from tests.console.browser import REQUESTS, Browser, fields, messages
from tests.console.conftest import NewColleague, NewRequest, book, state_of
from tests.support.sellers_at_hand import StaffAtHand
from topup import ids
from topup.trips import Connection

BOTH = ("approve", "reject")


def test_approving_credits_the_seller(
    browser: Browser, app: Connection, new_seller: NewSeller, new_request: NewRequest
) -> None:
    seller = new_seller()
    asked = new_request(seller, 1_000_000)

    answer = browser.act(REQUESTS, "approve", asked)

    assert "100,000\xa0toman" in messages(answer)
    assert "approved." in messages(answer)
    assert book(app, seller) == (1_000_000, 1)
    assert state_of(app, asked) == "approved"


def test_the_same_form_sent_again_moves_nothing(
    browser: Browser, app: Connection, new_seller: NewSeller, new_request: NewRequest
) -> None:
    seller = new_seller()
    asked = new_request(seller, 5_000)

    answers = [browser.act(REQUESTS, "approve", asked, asked) for _ in range(3)]

    assert [("already decided" in messages(answer)) for answer in answers] == [False, True, True]
    assert book(app, seller) == (5_000, 1)


def test_approving_twice_at_once_credits_once(
    browser: Browser, app: Connection, new_seller: NewSeller, new_request: NewRequest
) -> None:
    seller = new_seller()
    asked = new_request(seller, 5_000)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: browser.act(REQUESTS, "approve", asked), range(8)))

    assert {answer.status_code for answer in answers} == {httpx.codes.OK}
    assert book(app, seller) == (5_000, 1)


def test_several_requests_are_approved_by_one_form(
    browser: Browser, app: Connection, new_seller: NewSeller, new_request: NewRequest
) -> None:
    one, other = new_seller(), new_seller()
    asked = [new_request(one, 1_000), new_request(other, 2_000), new_request(one, 3_000)]

    browser.act(REQUESTS, "approve", *asked)

    assert book(app, one) == (4_000, 2)
    assert book(app, other) == (2_000, 1)


def test_nobody_approves_what_they_asked_for(
    browser: Browser, app: Connection, new_seller: NewSeller, new_request: NewRequest, staff: StaffAtHand
) -> None:
    seller = new_seller()
    asked = new_request(seller, 5_000, by=staff.user_id)

    approved = browser.act(REQUESTS, "approve", asked)
    rejected = browser.act(REQUESTS, "reject", asked, reason="mine")

    assert "nobody decides what they asked for" in messages(approved)
    assert "nobody decides what they asked for" in messages(rejected)
    assert book(app, seller) == (0, 0)
    assert state_of(app, asked) == "pending"


def test_one_request_is_rejected_with_a_reason_or_not_at_all(
    new_colleague: NewColleague, app: Connection, new_seller: NewSeller, new_request: NewRequest
) -> None:
    asked = new_request(new_seller(), 5_000)
    _who, browser = new_colleague("finance")

    answer = browser.post(f"{REQUESTS}{asked}/decide/", {"decision": "reject", "reason": " "})

    assert "This field is required." in messages(answer)
    assert answer.url.path == f"{REQUESTS}{asked}/change/"
    assert state_of(app, asked) == "pending"


def test_rejecting_asks_for_a_reason_first(
    browser: Browser, app: Connection, new_seller: NewSeller, new_request: NewRequest
) -> None:
    asked = new_request(new_seller(), 5_000)

    question = browser.act(REQUESTS, "reject", asked)
    assert state_of(app, asked) == "pending"
    empty = browser.post(REQUESTS, fields(question.text) | {"reason": "  "})
    assert "errorlist" in empty.text
    assert state_of(app, asked) == "pending"
    answer = browser.post(REQUESTS, fields(question.text) | {"reason": "no transfer came"})

    assert "rejected." in messages(answer)
    assert state_of(app, asked) == "rejected"
    assert "no transfer came" in browser.open(f"{REQUESTS}{asked}/change/").text


@pytest.mark.parametrize(
    ("first", "second"), [("approve", "reject"), ("reject", "approve"), ("reject", "reject")]
)
def test_a_second_decision_changes_nothing(
    browser: Browser,
    app: Connection,
    new_seller: NewSeller,
    new_request: NewRequest,
    first: str,
    second: str,
) -> None:
    seller = new_seller()
    asked = new_request(seller, 5_000)
    browser.act(REQUESTS, first, asked, reason="first")
    before = book(app, seller), state_of(app, asked)

    answer = browser.act(REQUESTS, second, asked, reason="second")

    assert "already decided" in messages(answer)
    assert (book(app, seller), state_of(app, asked)) == before


def test_approving_and_rejecting_at_once_is_one_decision(
    browser: Browser, app: Connection, new_seller: NewSeller, new_request: NewRequest
) -> None:
    for _ in range(5):
        seller = new_seller()
        asked = new_request(seller, 5_000)

        with ThreadPoolExecutor(2) as pool:
            sent = [
                pool.submit(browser.act, REQUESTS, each, asked, reason="x") for each in ("approve", "reject")
            ]
            answers = [one.result() for one in sent]

        assert {answer.status_code for answer in answers} == {httpx.codes.OK}
        expected = {"approved": (5_000, 1), "rejected": (0, 0)}
        assert book(app, seller) == expected[state_of(app, asked)]


def test_what_is_no_request_is_said_to_be_none(browser: Browser, new_seller: NewSeller) -> None:
    unknown = ids.new(new_seller().id)

    assert "there is no such" in messages(browser.act(REQUESTS, "approve", unknown))
    assert "is not there" in messages(browser.act(REQUESTS, "approve", unknown, "rubbish"))


def test_the_list_begins_with_what_is_pending(
    browser: Browser, new_seller: NewSeller, new_request: NewRequest
) -> None:
    seller = new_seller()
    pending, decided = new_request(seller, 1_000), new_request(seller, 2_000)
    browser.act(REQUESTS, "approve", decided)

    first = browser.open(REQUESTS, seller=seller.id).text
    every = browser.open(REQUESTS, seller=seller.id, state="all").text

    assert pending in first
    assert decided not in first
    assert decided in every
