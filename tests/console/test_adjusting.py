"""Adjusting a balance: one form, one movement; never below zero."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.conftest import NewSeller
from tests.console.browser import SELLERS, Browser, messages
from tests.console.conftest import book
from tests.support.sellers_at_hand import SellerAtHand
from topup import ids
from topup.trips import Connection

# Ends the sessions that wait for this one's locks.
BREAK = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))"


def page(seller: SellerAtHand) -> str:
    return f"{SELLERS}{seller.id}/adjust/"


def test_an_adjustment_moves_the_balance_up_and_down(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller(available=1_000)

    up = browser.send(page(seller), amount="50", reason="bonus")
    down = browser.send(page(seller), amount="-150", reason="all of it")

    assert "Adjustment of 50\xa0toman: done." in messages(up)
    assert "Adjustment of \u2212150\xa0toman: done." in messages(down)
    assert book(app, seller) == (0, 3)


def test_one_form_sent_again_moves_money_once(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller()
    form = browser.form(page(seller)) | {"amount": "70", "reason": "correction"}

    answers = [browser.post(page(seller), form) for _ in range(3)]

    assert ["already done" in messages(answer) for answer in answers] == [False, True, True]
    assert book(app, seller) == (700, 1)


def test_one_form_sent_eight_times_at_once_moves_money_once(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller()
    form = browser.form(page(seller)) | {"amount": "70", "reason": "double click"}

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: browser.post(page(seller), form), range(8)))

    assert {answer.status_code for answer in answers} == {httpx.codes.OK}
    assert book(app, seller) == (700, 1)


def test_one_form_sent_with_another_amount_is_refused(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller()
    form = browser.form(page(seller)) | {"amount": "70", "reason": "correction"}
    browser.post(page(seller), form)

    answer = browser.post(page(seller), form | {"amount": "90"})

    assert "used with other values" in messages(answer)
    assert book(app, seller) == (700, 1)


def test_two_forms_are_two_adjustments(browser: Browser, app: Connection, new_seller: NewSeller) -> None:
    seller = new_seller()

    for _ in range(2):
        browser.send(page(seller), amount="70", reason="the same words")

    assert book(app, seller) == (1_400, 2)


def test_below_zero_is_refused_and_the_form_can_be_mended(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller(available=1_000)
    form = browser.form(page(seller)) | {"amount": "-100.1", "reason": "too much"}

    refused = browser.post(page(seller), form)
    assert "never below zero" in messages(refused)
    assert book(app, seller) == (1_000, 1)
    mended = browser.post(page(seller), form | {"amount": "-100"})

    assert "done" in messages(mended)
    assert book(app, seller) == (0, 2)


@pytest.mark.parametrize(
    "amount",
    [
        "",
        "0",
        "1.55",
        "1.5 rial",
        "1e3",
        "abc",
        "NaN",
        "Infinity",
        str(2**63),
        "-" + str(2**63),
        "1" + "0" * 100,
    ],
)
def test_an_amount_that_will_not_do_is_named(
    browser: Browser, app: Connection, new_seller: NewSeller, amount: str
) -> None:
    seller = new_seller()

    answer = browser.send(page(seller), amount=amount, reason="x")

    assert "errorlist" in answer.text
    assert book(app, seller) == (0, 0)


def test_a_sum_past_the_largest_number_is_refused(browser: Browser, new_seller: NewSeller) -> None:
    seller = new_seller(available=1)

    answer = browser.send(page(seller), amount=f"{2**63 - 1} rial", reason="x")

    assert "2^63-1" in messages(answer)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_an_adjustment_needs_a_reason_that_fits(
    browser: Browser, app: Connection, new_seller: NewSeller, reason: str
) -> None:
    seller = new_seller()

    answer = browser.send(page(seller), amount="5", reason=reason)

    assert "errorlist" in answer.text
    assert book(app, seller) == (0, 0)


def test_a_form_of_another_seller_is_refused(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    seller, other = new_seller(), new_seller()

    for once in (ids.new(other.id), "rubbish", ""):
        answer = browser.send(page(seller), amount="5", reason="x", once=once)
        assert answer.status_code == httpx.codes.OK

    assert book(app, seller) == (0, 0)
    assert book(app, other) == (0, 0)


def test_a_suspended_seller_is_still_corrected(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller(available=10, active=False)

    browser.send(page(seller), amount="-0.4", reason="mistake")

    assert book(app, seller) == (6, 2)


def test_there_is_no_page_for_a_seller_who_is_not_there(browser: Browser) -> None:
    assert browser.open(f"{SELLERS}4294967295/adjust/").status_code == httpx.codes.NOT_FOUND


def test_a_book_that_stays_locked_is_said_to_be_busy(
    browser: Browser, app: Connection, new_seller: NewSeller, superuser: Connection
) -> None:
    seller = new_seller()
    form = browser.form(page(seller)) | {"amount": "0.5", "reason": "x"}

    with superuser.transaction():
        superuser.execute("SELECT FROM ledger.book WHERE seller_id = %s FOR UPDATE", (seller.id,))
        busy = browser.post(page(seller), form)
    later = browser.post(page(seller), form)

    assert "too busy; nothing happened" in messages(busy)
    assert "done" in messages(later)
    assert book(app, seller) == (5, 1)


def test_a_connection_that_breaks_is_told_and_the_form_can_be_sent_again(
    browser: Browser, app: Connection, new_seller: NewSeller, superuser: Connection
) -> None:
    seller = new_seller()
    form = browser.form(page(seller)) | {"amount": "0.5", "reason": "x"}

    with ThreadPoolExecutor(1) as pool, superuser.transaction():
        superuser.execute("SELECT FROM ledger.book WHERE seller_id = %s FOR UPDATE", (seller.id,))
        sent = pool.submit(browser.post, page(seller), form)
        while not superuser.execute(BREAK, (superuser.info.backend_pid,)).rowcount:
            pass
        broken = sent.result()
    again = browser.post(page(seller), form)

    assert "the database went away" in messages(broken)
    assert "done" in messages(again)
    assert book(app, seller) == (5, 1)
