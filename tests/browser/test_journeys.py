"""Whole ways through the product, each with all who take part: a seller, its members, staff, the worker.

What came about is asked of the ledger, and what the pages say must be the same.
"""

import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import statement_downloads as files
from tests.browser import steps
from tests.browser.chromium import log_in
from tests.browser.conftest import Browse
from tests.browser.test_bulk import upload
from tests.conftest import Api, NewSeller
from tests.portal.selling import sell
from tests.support.installation import Installation
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import POLL_S, Server
from tests.support.worker import working
from topup.trips import Connection

NUMBER = "09121234567"
ROWS = 1_000
PRICE = 10_000
LONG_S = 90
"""A thousand rows take some seconds; the machine may be busy."""
REFUSED = ("403", "ERR_CACHE_MISS")
Register = Callable[[str], SellerAtHand]


@pytest.fixture
def register(api: Api, staff: StaffAtHand, people: ModuleType) -> Register:
    return lambda name: steps.register(api(staff), people, name)


def book(app: Connection, seller: SellerAtHand) -> tuple[int, int, int]:
    """What the ledger has: available, held and sold."""
    query = "SELECT available, held, sold FROM ledger.book WHERE seller_id = %s"
    row: Any = app.execute(query, (seller.id,)).fetchone()
    return tuple(row)


@pytest.fixture
def open_to_all(serve: Callable[..., Server]) -> Server:
    """A server that lets anybody register. Asked for before `browse`, it outlives the pages."""
    return serve(OPEN_REGISTRATION="true")


def test_whoever_registers_comes_to_sell_and_is_told_of_every_rial(
    open_to_all: Server, browse: Browse, app: Connection, staff: StaffAtHand, people: Any, tmp_path: Path
) -> None:
    page, deciding = browse(on=open_to_all, expected=REFUSED), browse(staff)

    steps.register_oneself(page, name="Karun Phone", username="karun")
    seller = steps.who_registered(people, "karun")
    page.locator("#home").get_by_role("link", name="Ask for credit").click()
    steps.ask_for_credit(page, amount="12,500", folder=tmp_path)
    steps.open_request(deciding, "Karun Phone")
    expect(deciding.get_by_alt_text("The receipt of the transfer")).to_be_visible()
    steps.decide(deciding, "a")
    expect(deciding.get_by_text("approved.")).to_be_visible()
    assert book(app, seller) == (125_000, 0, 0)

    steps.check_sale(page, number=NUMBER, amount="5000")
    steps.confirm_and_confirm_again(page)
    expect(page.locator("#toasts")).to_contain_text("nothing was sold again")
    assert book(app, seller) == (75_000, 0, 50_000)
    home_shows(page, available="7,500", sold="5,000")
    every_file_agrees(page, closing=(75_000, 0), written="7,500")


def test_in_persian_from_asking_to_the_statement(
    browse: Browse, register: Register, app: Connection, staff: StaffAtHand, tmp_path: Path
) -> None:
    seller, deciding = register("موبایل کارون"), browse(staff, language="fa")
    page = browse(seller, language="fa")

    steps.ask_for_credit(page, amount="۱۲٬۵۰۰", folder=tmp_path)
    steps.open_request(deciding, "موبایل کارون")
    reads_from_the_right(deciding, "۱۲٬۵۰۰")
    steps.decide(deciding, "a")
    steps.check_sale(page, number="۰۹۱۲۱۲۳۴۵۶۷", amount="۵۰۰۰")
    reads_from_the_right(page, "۵٬۰۰۰")
    page.locator("[name=confirmed]").click()
    page.wait_for_selector("#sold-state")

    assert book(app, seller) == (75_000, 0, 50_000)
    home_shows(page, available="۷٬۵۰۰", sold="۵٬۰۰۰")
    expect(page.locator(".balance-available")).to_contain_text("تومان")
    every_file_agrees(page, closing=(75_000, 0), written="۷٬۵۰۰")


def reads_from_the_right(page: Page, figure: str) -> None:
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("main, #content").first).to_contain_text(figure)


def home_shows(page: Page, *, available: str, sold: str) -> None:
    """The balance, and the chart of the sales with its table, at the latest with the page's next
    look: figures are some seconds old."""
    page.goto("/")
    expect(page.locator(".balance-available")).to_contain_text(available)
    expect(page.locator(".chart canvas")).to_be_visible(timeout=LONG_S * 1_000)
    expect(page.locator("#home table.hidden")).to_contain_text(sold)


def every_file_agrees(page: Page, *, closing: tuple[int, int], written: str) -> None:
    """Opening + movements = closing, which is what the ledger has; on the page, too."""
    page.goto("/statement/")
    expect(page.locator("table.sum tfoot tr").first).to_contain_text(written)
    for told in files.of_csv(files.download(page, "csv")), files.of_xlsx(files.download(page, "xlsx")):
        assert (told.opening, told.closing) == ((0, 0), closing)
        assert told.adds_up()
    assert written in files.of_pdf(files.download(page, "pdf"))


def state_of_the_file(app: Connection, seller: SellerAtHand) -> str:
    query = "SELECT state FROM recharges.bulk_job WHERE seller_id = %s"
    row: Any = app.execute(query, (seller.id,)).fetchone()
    return str(row[0])


def wait_for(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + LONG_S
    while not happened():
        assert time.monotonic() < until
        time.sleep(POLL_S)


def test_a_thousand_rows_are_sold_while_nobody_looks(
    browse: Browse, new_seller: NewSeller, app: Connection, installation: Installation, tmp_path: Path
) -> None:
    file, seller = tmp_path / "sales.csv", new_seller(available=ROWS * PRICE + 5)
    file.write_text("number,amount\n" + "".join(f"0912{place:07},1000\n" for place in range(ROWS)))
    page = browse(seller)
    upload(page, file)
    page.get_by_role("button", name="Sell 1,000").click()
    page.wait_for_selector("progress")
    job = page.url
    page.close()

    with working(installation):
        wait_for(lambda: state_of_the_file(app, seller) == "done")

    assert book(app, seller) == (5, 0, ROWS * PRICE)
    later = browse(seller)
    later.goto(job)
    expect(later.locator("#progress")).to_contain_text("Every row has come to its end.")
    expect(later.locator("progress")).to_have_attribute("value", str(ROWS))


def test_a_dispute_ends_in_a_reversal_that_the_seller_sees(
    browse: Browse, register: Register, app: Connection, api: Api, people: Any, staff: StaffAtHand
) -> None:
    seller, finance = register("Alborz Recharge"), people.employ("finance")
    people.fund(app, seller, 100_000, by=staff.user_id)
    sold = sell(api(seller), number=NUMBER, amount=40_000, reference="order-1")
    page, deciding = browse(seller), browse(finance)

    steps.open_dispute(page, sold, "the customer got nothing")
    assert book(app, seller) == (60_000, 0, 40_000)
    steps.reverse_dispute(deciding, "Alborz Recharge", "the operator never had it")
    expect(deciding.get_by_text("reversed; the price is available again.")).to_be_visible()

    page.goto(f"/recharges/{sold}/")
    expect(page.get_by_text("accepted, money given back")).to_be_visible()
    expect(page.locator("#content")).to_contain_text("the operator never had it")
    expect(page.locator(".balance-available")).to_contain_text("10,000")
    assert book(app, seller) == (100_000, 0, 0)


def test_an_invited_cashier_sells_and_no_more(browse: Browse, new_seller: NewSeller, app: Connection) -> None:
    seller = new_seller(available=100_000)
    page = joined(browse, seller, "cashier")

    steps.check_sale(page, number=NUMBER, amount="4000")
    page.locator("[name=confirmed]").click()
    page.wait_for_selector("#sold-state")

    assert book(app, seller) == (60_000, 0, 40_000)
    for path in ("/credit/ask/", "/settings/keys/", "/settings/members/"):
        page.goto(path)
        expect(page.locator("body")).to_contain_text("Your role does not allow this.")


def test_an_invited_viewer_reads_and_sells_nothing(browse: Browse, new_seller: NewSeller) -> None:
    page = joined(browse, new_seller(available=100_000), "viewer")

    for path in ("/", "/recharges/", "/statement/"):
        page.goto(path)
        expect(page.locator("h1")).not_to_contain_text("You may not do this")
    expect(page.locator("nav.side").get_by_role("link", name="Sell")).to_have_count(0)
    for path in ("/sell/", "/bulk/", "/credit/ask/"):
        page.goto(path)
        expect(page.locator("body")).to_contain_text("Your role does not allow this.")


def joined(browse: Browse, seller: SellerAtHand, role: str) -> Page:
    """Somebody whom the owner invited, logged in with the password that they chose."""
    username = f"{role}-of-{seller.id}"
    link = steps.invite(browse(seller), username, role)
    page = browse(expected=REFUSED)
    steps.join(page, link)
    chosen = seller._replace(username=username, password=steps.PASSWORD)
    log_in(page, chosen)
    return page


def test_support_sees_a_request_and_cannot_decide_it(
    browse: Browse, register: Register, app: Connection, people: Any, tmp_path: Path
) -> None:
    seller, looking = register("Sahand Mobile"), browse(people.employ("support"), expected=REFUSED)
    steps.ask_for_credit(browse(seller), amount="1,000", folder=tmp_path)

    steps.open_request(looking, "Sahand Mobile")
    steps.decide(looking, "a")

    expect(looking.get_by_text("Your role does not decide.")).to_be_visible()
    assert book(app, seller) == (0, 0, 0)
    for path in (f"/console/sellers/seller/{seller.id}/adjust/", "/console/audit/entry/"):
        looking.goto(path)
        expect(looking.locator("body")).to_contain_text("You may not do this")


def test_finance_rejects_with_a_reason_and_sets_no_operator_up(
    browse: Browse, register: Register, app: Connection, people: Any, tmp_path: Path
) -> None:
    seller, deciding = register("Taftan Cell"), browse(people.employ("finance"), expected=REFUSED)
    page = browse(seller)
    steps.ask_for_credit(page, amount="1,000", folder=tmp_path)

    steps.open_request(deciding, "Taftan Cell")
    steps.decide(deciding, "r")
    deciding.keyboard.type("No such transfer has arrived.")
    deciding.get_by_role("button", name="Reject", exact=True).click()
    expect(deciding.get_by_text("rejected.")).to_be_visible()

    page.reload()
    expect(page.locator("#content")).to_contain_text("No such transfer has arrived.")
    assert book(app, seller) == (0, 0, 0)
    deciding.goto("/console/gateways/operator/mci/change/")
    expect(deciding.locator("[name=_save]")).to_have_count(0)


@pytest.mark.parametrize(
    ("whose", "path", "led_to"), [("seller", "/console/", "/"), ("staff", "/", "/console/")]
)
def test_everybody_is_led_to_where_they_work(
    browse: Browse, new_seller: NewSeller, staff: StaffAtHand, whose: str, path: str, led_to: str
) -> None:
    page = browse(new_seller() if whose == "seller" else staff)

    page.goto(path)

    assert page.evaluate("location.pathname") == led_to
