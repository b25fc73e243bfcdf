"""A browser in which staff are logged in, and what the tests look at in the database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple, Protocol

import pytest

from tests.console.browser import Browser
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server
from topup import clock, ids, trips
from topup.credit.ask import Ask, steps
from topup.trips import Connection

NewBrowser = Callable[[], Browser]
NewRequest = Callable[..., str]


@pytest.fixture
def new_browser(server: Server) -> Iterator[NewBrowser]:
    with ExitStack() as stack:

        def make() -> Browser:
            browser = Browser(server.url)
            stack.enter_context(browser.client)
            return browser

        yield make


@pytest.fixture
def browser(new_browser: NewBrowser, staff: StaffAtHand) -> Browser:
    """Staff, logged in."""
    made = new_browser()
    assert made.log_in(staff.username, staff.password).url.path == "/console/"
    return made


@pytest.fixture
def new_request(app: Connection) -> NewRequest:
    """Asks for credit as the seller's member, or as `by`; returns the request's id."""

    def ask(seller: SellerAtHand, amount: int, *, by: int | None = None) -> str:
        wish = Ask(seller.id, ids.new(seller.id), amount, "bank transfer", by or seller.user_id)
        trips.run(app, steps(wish, now_us=clock.now_us()))
        return wish.id

    return ask


def book(app: Connection, seller: SellerAtHand) -> tuple[int, int]:
    """What is available to a seller, and how many movements made it so."""
    row = app.execute("SELECT available, seq FROM ledger.book WHERE seller_id = %s", (seller.id,)).fetchone()
    assert row is not None
    return row[0], row[1]


def state_of(app: Connection, request_id: str) -> str:
    row = app.execute(
        "SELECT state::text FROM credit.credit_request WHERE seller_id = %s AND id = %s",
        (ids.seller_of(request_id), request_id),
    ).fetchone()
    assert row is not None
    return str(row[0])


def epoch(app: Connection, seller: SellerAtHand) -> int:
    row = app.execute("SELECT key_epoch FROM ledger.book WHERE seller_id = %s", (seller.id,)).fetchone()
    assert row is not None
    return int(row[0])


class NewColleague(Protocol):
    def __call__(self, role: str) -> tuple[StaffAtHand, Browser]: ...


@pytest.fixture
def new_colleague(people: Any, new_browser: NewBrowser) -> NewColleague:  # a module
    """A new member of staff with a role, logged in."""

    def make(role: str) -> tuple[StaffAtHand, Browser]:
        made, browser = people.employ(role), new_browser()
        browser.log_in(made.username, made.password)
        return made, browser

    return make


class Noted(NamedTuple):
    """One entry of the audit log."""

    actor_id: int
    act: str
    reason: str
    before: dict[str, Any] | None  # JSON values
    after: dict[str, Any] | None


def noted(app: Connection, subject_id: object, subject_type: str = "%") -> list[Noted]:
    """What the audit log has of one thing, oldest first. Things of two types may have the same number."""
    rows = app.execute(
        "SELECT actor_id, act, reason, before, after FROM audit.entry"
        " WHERE subject_id = %s AND subject_type LIKE %s ORDER BY id",
        (str(subject_id), subject_type),
    ).fetchall()
    return [Noted(*row) for row in rows]
