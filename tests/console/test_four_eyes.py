"""Above CREDIT_FOUR_EYES_ABOVE two different persons approve: the first proposes, the second credits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from psycopg import errors

from tests.conftest import Api, NewSeller
from tests.console.browser import REQUESTS, Browser, messages
from tests.console.conftest import NewRequest, book, noted, state_of
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server
from topup import clock, ids, trips
from topup.credit import decide
from topup.trips import Connection

LIMIT = 1_000
NewStaff = Callable[[], StaffAtHand]


@pytest.fixture
def careful(serve: Callable[..., Server]) -> Server:
    return serve(CREDIT_FOUR_EYES_ABOVE=str(LIMIT))


def approve(api: Api, on: Server, who: StaffAtHand, request_id: str) -> httpx.Response:
    return api(who, on=on).post(f"/api/v1/credit-requests/{request_id}/approve")


def test_the_first_approval_is_a_proposal_and_the_second_credits(
    api: Api, careful: Server, app: Connection, new_seller: NewSeller, new_request: NewRequest,
    staff: StaffAtHand, new_staff: NewStaff,
) -> None:  # fmt: skip
    seller = new_seller()
    asked, other = new_request(seller, LIMIT + 1), new_staff()

    first = approve(api, careful, staff, asked)
    assert (first.status_code, first.json()["proposed_by"]) == (httpx.codes.ACCEPTED, staff.user_id)
    assert (first.json()["status"], book(app, seller)) == ("pending", (0, 0))
    second = approve(api, careful, other, asked)

    assert (second.status_code, second.json()["decided_by"]) == (httpx.codes.OK, other.user_id)
    assert book(app, seller) == (LIMIT + 1, 1)
    assert [each.act for each in noted(app, asked)] == ["credit_proposed", "credit_approved"]


def test_who_proposed_never_credits_however_often_they_try(
    api: Api,
    careful: Server,
    app: Connection,
    new_seller: NewSeller,
    new_request: NewRequest,
    staff: StaffAtHand,
) -> None:
    seller = new_seller()
    asked = new_request(seller, LIMIT + 1)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: approve(api, careful, staff, asked).status_code, range(8)))

    assert set(answers) == {httpx.codes.ACCEPTED}
    assert book(app, seller) == (0, 0)
    assert [each.act for each in noted(app, asked)] == ["credit_proposed"]


def test_two_persons_at_once_credit_once(
    api: Api, careful: Server, app: Connection, new_seller: NewSeller, new_request: NewRequest,
    staff: StaffAtHand, new_staff: NewStaff,
) -> None:  # fmt: skip
    other = new_staff()
    for _ in range(5):
        seller = new_seller()
        asked = new_request(seller, LIMIT + 1)
        with ThreadPoolExecutor(2) as pool:
            sent = [pool.submit(approve, api, careful, who, asked) for who in (staff, other)]
            answers = sorted(each.result().status_code for each in sent)
        assert answers == [httpx.codes.OK, httpx.codes.ACCEPTED]
        assert book(app, seller) == (LIMIT + 1, 1)


def test_up_to_the_limit_one_person_is_enough(
    api: Api, careful: Server, new_seller: NewSeller, new_request: NewRequest, staff: StaffAtHand
) -> None:
    assert approve(api, careful, staff, new_request(new_seller(), LIMIT)).status_code == httpx.codes.OK


def test_what_was_proposed_may_be_rejected(
    api: Api,
    careful: Server,
    app: Connection,
    new_seller: NewSeller,
    new_request: NewRequest,
    staff: StaffAtHand,
) -> None:
    asked = new_request(new_seller(), LIMIT + 1)
    approve(api, careful, staff, asked)

    rejected = api(staff, on=careful).post(f"/api/v1/credit-requests/{asked}/reject", json={"reason": "no"})

    assert rejected.status_code == httpx.codes.OK
    assert state_of(app, asked) == "rejected"


def test_the_console_holds_to_it_too(
    careful: Server, app: Connection, new_seller: NewSeller, new_request: NewRequest,
    staff: StaffAtHand, new_staff: NewStaff,
) -> None:  # fmt: skip
    seller, said = new_seller(), []
    asked = new_request(seller, LIMIT + 1)
    for who in (staff, staff, new_staff()):
        browser = Browser(careful.url)
        with browser.client:
            browser.log_in(who.username, who.password)
            said.append(messages(browser.act(REQUESTS, "approve", asked)))

    assert ["second person" in text for text in said] == [True, True, False]
    assert "approved." in said[2]
    assert book(app, seller) == (LIMIT + 1, 1)


def test_the_database_refuses_who_proposed_whatever_the_program_thinks(
    app: Connection, new_seller: NewSeller, new_request: NewRequest, staff: StaffAtHand
) -> None:
    asked = new_request(new_seller(), 5)
    seller_id = ids.seller_of(asked)
    (rows,) = trips.run(app, [decide.read(seller_id, asked)])
    trips.run(app, decide.propose(decide.CreditRequest(*rows[0]), by=staff.user_id, now_us=clock.now_us()))

    with pytest.raises(errors.CheckViolation):
        app.execute(
            "SELECT credit.decide_v1(%s, %s, 'approved', %s, '', 1, 1)", (seller_id, asked, staff.user_id)
        )
    assert state_of(app, asked) == "pending"
