"""Home's figures: sums are exact and from the journal, counts are bounded, a seller sees its own alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.portal.conftest import Visit
from tests.support.installation import ROOT, Installation
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from topup import clock, ids, sqlfiles, trips
from topup.trips import Connection

SQL = sqlfiles.load(Path(ROOT, "topup", "portal", "pages", "home.sql"))
NUMBERS = ("09121234567", "09351234567")
DAY_US = 24 * 3600 * clock.US_PER_SECOND
Sell = Callable[..., str]


@pytest.fixture
def sell(api: Api) -> Sell:
    def sell(seller: SellerAtHand, amount: int, key: str, number: str = NUMBERS[0]) -> str:
        sale = {"phone_number": number, "amount": amount}
        answer = api(seller).post("/api/v1/recharges", json=sale, headers={"Idempotency-Key": key})
        assert answer.status_code == httpx.codes.CREATED
        return str(answer.json()["id"])

    return sell


def figures_on(seller: SellerAtHand, now_us: int) -> Any:  # `home_figures.Figures`
    """What Home shows at a moment."""
    from topup.portal.pages import home_figures  # noqa: PLC0415  # needs an installation

    days = home_figures.days_of(now_us, language="en", zone="Asia/Tehran")
    return home_figures.read(seller.id, "IRR", days, version=0)


def test_what_was_given_back_is_not_sold(
    visit: Visit, api: Api, new_seller: NewSeller, staff: StaffAtHand, sell: Sell
) -> None:
    seller = new_seller(available=1_000_000)
    back = sell(seller, 50_000, "one")
    sell(seller, 30_000, "two")
    api(staff).post(f"/api/v1/recharges/{back}/reverse", json={"reason": "wrong number"})

    today = visit(seller).open("/").text.split('id="today"')[1].split("</section>")[0]

    assert '<bdi class="figure">3,000</bdi>' in today


def test_a_sale_is_in_the_figures_at_the_next_look(visit: Visit, new_seller: NewSeller, sell: Sell) -> None:
    seller = new_seller(available=1_000_000)
    looking = visit(seller)
    looking.open("/")

    sell(seller, 770_000, "one")

    today = looking.open("/").text.split('id="today"')[1].split("</section>")[0]
    assert '<bdi class="figure">77,000</bdi>' in today


def test_a_seller_sees_its_own_sales_alone(visit: Visit, new_seller: NewSeller, sell: Sell) -> None:
    one, other = new_seller(available=1_000_000), new_seller(available=1_000_000)
    sell(one, 770_000, "one")

    page = visit(other).open("/").text

    assert "77,000" not in page
    assert "Nothing was sold yet" in page


def test_in_persian_it_speaks_persian(visit: Visit, new_seller: NewSeller, sell: Sell) -> None:
    seller = new_seller(available=1_000_000)
    sell(seller, 12_345, "one")

    page = visit(seller, language="fa").open("/").text

    assert '<html lang="fa" dir="rtl"' in page
    assert "۱٬۲۳۴٫۵" in page
    assert "تومان" in page
    assert "۰۹۱۲ ۱۲۳ ۴۵۶۷" in page


def test_operators_are_shown_with_what_each_sold(
    installation: Installation, new_seller: NewSeller, sell: Sell
) -> None:
    seller = new_seller(available=1_000_000)
    for key, amount, number in (("a", 10_000, 0), ("b", 20_000, 0), ("c", 5_000, 1)):
        sell(seller, amount, key, NUMBERS[number])

    found = figures_on(seller, clock.now_us())

    assert found.count_today.by_operator == (("mci", 30_000), ("irancell", 5_000))
    assert (found.today, found.count_today.sales, found.count_today.whole) == (35_000, 3, True)
    assert sum(bar.sold for bar in found.hours) == sum(bar.sold for bar in found.days) == 35_000


def test_yesterdays_sales_are_not_todays_but_make_the_pace(
    installation: Installation, new_seller: NewSeller, sell: Sell
) -> None:
    seller = new_seller(available=1_000_000)
    sell(seller, 700_000, "one")

    tomorrow = figures_on(seller, clock.now_us() + DAY_US)

    assert (tomorrow.today, tomorrow.pace) == (0, 100_000)


def test_a_balance_below_the_sellers_threshold_is_told(visit: Visit, api: Api, new_seller: NewSeller) -> None:
    seller = new_seller(available=40_000)
    wanted = {"low_balance_threshold": 50_000}
    assert api(seller).patch("/api/v1/balance", json=wanted).status_code == httpx.codes.OK

    page = visit(seller).open("/").text

    assert "The balance is below" in page
    assert "5,000" in page


def test_a_rejected_request_is_told_with_its_reason(
    visit: Visit, api: Api, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller()
    asked = api(seller).post("/api/v1/credit-requests", json={"amount": 90_000}).json()["id"]
    api(staff).post(f"/api/v1/credit-requests/{asked}/reject", json={"reason": "no <transfer> came"})

    page = visit(seller).open("/").text

    assert "was rejected" in page
    assert "no &lt;transfer&gt; came" in page


def test_counting_reads_no_more_recharges_than_it_may(
    app: Connection, new_seller: NewSeller, sell: Sell
) -> None:
    seller = new_seller(available=1_000_000)
    for turn in range(4):
        sell(seller, 1_000, f"order-{turn}")

    (rows,) = trips.run(app, [(SQL["tally"], (seller.id, ids.lowest_at(0), 3))])

    assert [(row[1], row[2], row[3]) for row in rows] == [("succeeded", 3, 3_000)]


def test_counting_walks_the_key_backwards_and_sorts_nothing(app: Connection, new_seller: NewSeller) -> None:
    statement = f"PREPARE tally AS {SQL['tally']}"
    app.execute(statement.encode())

    plan = app.execute(
        f"EXPLAIN (COSTS off) EXECUTE tally ({new_seller().id}, '{ids.lowest_at(0)}', 50000)".encode()
    ).fetchall()

    lines = "\n".join(row[0] for row in plan)
    assert "Index Scan Backward using recharge_pkey" in lines, lines
    assert "Sort Key: r.id" not in lines, lines


def test_what_did_not_change_is_answered_without_a_body(visit: Visit, new_seller: NewSeller) -> None:
    visitor = visit(new_seller())
    asked_again = visitor.open("/").text.split('id="balance"')[1].split('hx-get="')[1].split('"')[0]

    answer = visitor.open(asked_again)

    assert (answer.status_code, answer.content) == (httpx.codes.NO_CONTENT, b"")
