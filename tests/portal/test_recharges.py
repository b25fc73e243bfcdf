"""The list of recharges: only one's own, by any filter, in pages and in files, however many there are."""

import csv
import io
import re
from datetime import timedelta
from types import ModuleType
from typing import Any, NamedTuple

import httpx
import openpyxl
import pytest

from tests.conftest import Api, NewSeller
from tests.portal.conftest import GiveRole, Visit
from tests.portal.selling import grow, sell, sell_many
from tests.portal.visitor import Visitor
from tests.support.sellers_at_hand import SellerAtHand
from topup import clock, people
from topup.portal.paging import ROWS
from topup.trips import Connection

LIST = "/recharges/"
MCI, IRANCELL = "09121234567", "09351234567"
ZONE = "Asia/Tehran"
_REFERENCE = re.compile(r'class="reference">([^<]+)<')
_LINK = re.compile(r'<a [^>]*(?:rel="(prev|next)"|id="(further)") href="([^"]+)"')


class Limits(NamedTuple):
    walked: int
    of_number: int
    xlsx_rows: int


@pytest.fixture(scope="module")
def limits(people: ModuleType) -> Limits:
    """The product's own, which can be read once Django is set up."""
    from topup.portal.pages import recharges_file, recharges_found  # noqa: PLC0415  # see above

    return Limits(recharges_found.MAX_WALKED, recharges_found.MAX_OF_NUMBER, recharges_file.XLSX_ROWS_MAX)


def shown(page: httpx.Response) -> list[str]:
    """The references of the rows, as they stand."""
    assert page.status_code == httpx.codes.OK, page.status_code
    return _REFERENCE.findall(page.text)


def links(page: httpx.Response) -> dict[str, str]:
    """Where the page leads on: `prev`, `next`, `further`."""
    return {one or other: href.replace("&amp;", "&") for one, other, href in _LINK.findall(page.text)}


@pytest.fixture
def seller(new_seller: NewSeller, api: Api) -> SellerAtHand:
    """Three sales: to MCI, to Irancell, to MCI again."""
    made = new_seller(available=10_000_000)
    for place, (number, amount) in enumerate([(MCI, 50_000), (IRANCELL, 70_005), (MCI, 20_000)]):
        sell(api(made), number=number, amount=amount, reference=f"order-{place}")
    return made


@pytest.fixture
def visitor(visit: Visit, seller: SellerAtHand) -> Visitor:
    return visit(seller)


def test_the_newest_is_first(visitor: Visitor) -> None:
    assert shown(visitor.open(LIST)) == ["order-2", "order-1", "order-0"]


def test_nobody_sees_anothers_recharges(visitor: Visitor, visit: Visit, new_seller: NewSeller) -> None:
    page = visit(new_seller()).open(LIST, number=MCI)

    assert shown(page) == []
    assert "Nothing found" in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"number": "۰۹۱۲ ۱۲۳ ۴۵۶۷"}, ["order-2", "order-0"]),
        ({"number": MCI, "operator": "irancell"}, []),
        ({"reference": "order-1"}, ["order-1"]),
        ({"reference": "order-1", "number": MCI}, []),
        ({"reference": "order"}, []),
        ({"operator": "irancell"}, ["order-1"]),
        ({"state": "succeeded"}, ["order-2", "order-1", "order-0"]),
        ({"state": "failed"}, []),
        ({"since": "2020-01-01", "until": "2020-12-31"}, []),
        ({"since": "1399/01/01"}, ["order-2", "order-1", "order-0"]),
        ({"until": "9999-12-31"}, ["order-2", "order-1", "order-0"]),
    ],
)
def test_a_filter_leaves_what_is_like_it(visitor: Visitor, query: dict[str, str], found: list[str]) -> None:
    assert shown(visitor.open(LIST, **query)) == found


@pytest.mark.parametrize("language", ["en", "fa"])
def test_today_is_today_in_either_calendar(visitor: Visitor, language: str) -> None:
    today = clock.day_in(ZONE, clock.now_us())
    yesterday = people.day(today - timedelta(days=1), language)

    written = people.day(today, language)

    assert len(shown(visitor.open(LIST, since=written, until=written))) == 3
    assert shown(visitor.open(LIST, since=yesterday, until=yesterday)) == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"number": "12"}, "This is no mobile number"),
        ({"since": "yesterday"}, "Write a day such as"),
        ({"since": "2026-05-02", "until": "2026-05-01"}, "This day is before the first one"),
        ({"state": "lost"}, "not one of the available choices"),
        ({"reference": "x" * 256}, "at most 255 characters"),
    ],
)
def test_what_cannot_be_read_is_said(visitor: Visitor, query: dict[str, str], said: str) -> None:
    page = visitor.open(LIST, **query)

    assert page.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert said in page.text


def test_persian_days_stand_in_a_persian_form(visit: Visit, seller: SellerAtHand) -> None:
    page = visit(seller, language="fa").open(LIST, since="2026-11-20")

    assert 'value="۱۴۰۵/۰۸/۲۹"' in page.text


def test_a_quick_choice_keeps_the_other_filters(visitor: Visitor) -> None:
    page = visitor.open(LIST, operator="irancell", before="00000000-0000-0000-0000-000000000001")

    (today,) = re.findall(r'<a href="([^"]+)">Today</a>', page.text)

    assert shown(visitor.client.get(LIST + today.replace("&amp;", "&"))) == ["order-1"]


def test_the_pages_lead_through_all_and_back(visit: Visit, new_seller: NewSeller, api: Api) -> None:
    seller = new_seller(available=10_000_000)
    sell_many(api(seller), count=2 * ROWS + 5)
    visitor = visit(seller)
    first = visitor.open(LIST, state="succeeded")
    second = visitor.client.get(LIST + links(first)["next"])
    third = visitor.client.get(LIST + links(second)["next"])
    back = visitor.client.get(LIST + links(third)["prev"])

    assert len({*shown(first), *shown(second), *shown(third)}) == 2 * ROWS + 5
    assert (len(shown(third)), "next" in links(third)) == (5, False)
    assert shown(back) == shown(second)


def test_the_page_is_summed(visitor: Visitor) -> None:
    text = re.sub(r"<[^>]+>|\s", "", visitor.open(LIST).text)

    assert "Onthispage3recharges" in text
    assert "Inall14,000.5toman" in text


def test_a_live_list_is_sent_when_something_was_sold(
    visitor: Visitor, seller: SellerAtHand, api: Api
) -> None:
    (again,) = re.findall(r'hx-get="(/recharges/live/[^"]*)"', visitor.open(LIST, operator="mci").text)
    again = again.replace("&amp;", "&")
    quiet = visitor.open(again)
    sell(api(seller), number=MCI, amount=1_000, reference="new")

    told = visitor.open(again)

    assert quiet.status_code == httpx.codes.NO_CONTENT
    assert shown(told) == ["new", "order-2", "order-0"]


def test_a_live_list_is_quiet_where_it_leads_on(visit: Visit, new_seller: NewSeller, api: Api) -> None:
    seller = new_seller(available=10_000_000)
    sell_many(api(seller), count=ROWS + 1)
    visitor = visit(seller)

    (again,) = re.findall(r'hx-get="(/recharges/live/[^"]*)"', visitor.open(LIST).text)

    assert visitor.open(again.replace("&amp;", "&")).status_code == httpx.codes.NO_CONTENT


def test_a_viewer_may_look_and_take_the_file(visit: Visit, seller: SellerAtHand, give_role: GiveRole) -> None:
    give_role(seller.user_id, "viewer")
    visitor = visit(seller)

    assert len(shown(visitor.open(LIST))) == 3
    assert visitor.open("/recharges/recharges.csv").status_code == httpx.codes.OK


def test_a_stranger_gets_no_file(visit: Visit) -> None:
    assert visit().open("/recharges/recharges.csv").url.path == "/account/login/"


def of_csv(answer: httpx.Response) -> list[list[str]]:
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def of_xlsx(answer: httpx.Response) -> list[tuple[Any, ...]]:  # what cells hold
    book = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True)
    return list(book.worksheets[0].iter_rows(values_only=True))


def test_a_csv_has_what_is_filtered(visitor: Visitor) -> None:
    head, *rows = of_csv(visitor.open("/recharges/recharges.csv", operator="irancell"))

    assert head[1:6] == ["Phone number", "Operator", "Amount (rial)", "Amount (toman)", "State"]
    ((_time, *row),) = rows
    assert row[:6] == ["0935 123 4567", "Irancell", "70005", "7000.5", "succeeded", "order-1"]


def test_a_workbook_holds_numbers_that_can_be_added_up(visitor: Visitor) -> None:
    _head, *rows = of_xlsx(visitor.open("/recharges/recharges.xlsx"))

    assert sum(row[3] for row in rows) == 140_005
    assert sum(row[4] for row in rows) == 14_000.5


def test_a_persian_workbook_reads_from_the_right(visit: Visit, seller: SellerAtHand) -> None:
    answer = visit(seller, language="fa").open("/recharges/recharges.xlsx")

    assert openpyxl.load_workbook(io.BytesIO(answer.content)).active.sheet_view.rightToLeft


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_reference_never_becomes_a_formula(
    visit: Visit, new_seller: NewSeller, api: Api, form: str
) -> None:
    seller = new_seller(available=10_000)
    sell(api(seller), number=MCI, amount=1_000, reference='=HYPERLINK("http://x")')

    answer = visit(seller).open(f"/recharges/recharges.{form}")

    rows = of_csv(answer) if form == "csv" else of_xlsx(answer)
    assert rows[1][6] == '\'=HYPERLINK("http://x")'


def test_a_file_by_a_filter_that_cannot_be_read_leads_to_the_form(visitor: Visitor) -> None:
    answer = visitor.open("/recharges/recharges.csv", number="12")

    assert (answer.url.path, answer.status_code) == (LIST, httpx.codes.UNPROCESSABLE_ENTITY)


def test_a_walk_through_many_ends_and_goes_on(
    visit: Visit, new_seller: NewSeller, owner: Connection, limits: Limits
) -> None:
    seller = new_seller()
    grow(owner, seller, count=limits.walked + 10, operators={0: "irancell"})
    visitor = visit(seller)

    first = visitor.open(LIST, operator="irancell")
    further = visitor.client.get(LIST + links(first)["further"])

    assert (shown(first), "Nothing found so far" in first.text) == ([], True)
    assert (shown(further), "further" in links(further)) == (["grown-0"], False)


def test_a_number_is_found_at_once_among_many(
    visit: Visit, new_seller: NewSeller, owner: Connection, api: Api, limits: Limits
) -> None:
    seller = new_seller(available=10_000)
    sell(api(seller), number=IRANCELL, amount=1_000, reference="seldom")
    grow(owner, seller, count=limits.walked + 10)
    visitor = visit(seller)

    seldom, often = visitor.open(LIST, number=IRANCELL), visitor.open(LIST, number=MCI)

    assert (shown(seldom), "further" in links(seldom)) == (["seldom"], False)
    assert limits.of_number < limits.walked
    assert len(shown(often)) == ROWS


def test_a_file_that_had_to_stop_says_so(
    visit: Visit, new_seller: NewSeller, owner: Connection, limits: Limits
) -> None:
    seller = new_seller()
    grow(owner, seller, count=limits.xlsx_rows + 1)

    rows = of_xlsx(visit(seller).open("/recharges/recharges.xlsx"))

    assert len(rows) == 1 + limits.xlsx_rows + 1
    assert "There are more recharges" in rows[-1][0]
