"""A statement adds up in every form, as the ledger does: opening + credit - sold + adjustments = closing."""

import csv
import io
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from tests.conftest import Api, NewSeller
from tests.portal.conftest import GiveRole, Visit
from tests.portal.visitor import Visitor
from tests.support import pdf_text, posting
from tests.support.installation import Installation
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from topup.ledger import direct
from topup.ledger.core import Command, Kind
from topup.trips import Connection

STATEMENT = "/statement/"
FORMULA = "=1+1"
REASON = "=HYPERLINK(1)"
MOVES = [
    (Kind.HOLD, 50_000), (Kind.CAPTURE, 20_000), (Kind.RELEASE, 10_000), (Kind.REVERSAL, 5_005),
    (Kind.DEDUCTION, 9_000), (Kind.ADJUSTMENT, 700),
]  # fmt: skip
CREDITED, SOLD, ADJUSTED = 1_000_000, 30_000 + 20_000 - 5_005, -9_000 + 700 + 1_000
CLOSING = CREDITED - SOLD + ADJUSTED
HELD = 20_000
"""What the seller of `moved` has moved, in rials; of the closing this much is held."""
MANY = 5_001


@pytest.fixture
def moved(new_seller: NewSeller, app: Connection, api: Api, staff: StaffAtHand) -> SellerAtHand:
    """A seller whose book was moved in every way there is, once by a reference that looks like a formula."""
    seller = new_seller(available=CREDITED)
    sale = {"phone_number": "09121234567", "amount": 30_000}
    api(seller).post("/api/v1/recharges", json=sale, headers={"Idempotency-Key": FORMULA}).raise_for_status()
    adjustment = {"seller_id": seller.id, "amount": 1_000, "reason": REASON}
    api(staff).post("/api/v1/adjustments", json=adjustment)
    move(app, seller, MOVES)
    return seller


def move(app: Connection, seller: SellerAtHand, moves: list[tuple[Kind, int]]) -> None:
    number = "01920000-0000-7000-8000-00000000000a"
    wishes = [
        Command(seller.id, kind, amount, "recharge", number, "user", seller.user_id) for kind, amount in moves
    ]
    direct.post(app, wishes, posting.Moves(), zone="UTC")


def download(visitor: Visitor, form: str, **period: str) -> httpx.Response:
    answer = visitor.open(f"{STATEMENT}{form}/", **period)
    assert answer.status_code == httpx.codes.OK, answer.text
    assert answer.headers["content-disposition"].endswith(f'.{form}"'), answer.url
    return answer


def rows_of_csv(answer: httpx.Response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def shown(page: httpx.Response) -> list[str]:
    """The figures of the sum on the page, from opening to held."""
    inside = page.text.split('class="sum"')[1].split("</table>")[0]
    return [part.split("</bdi>")[0] for part in inside.split('<bdi class="figure">')[1:]]


def ledger(app: Connection, seller: SellerAtHand) -> tuple[int, int, int, int, int]:
    row: Any = app.execute(
        "SELECT available, held, funded, sold, adjusted FROM ledger.book WHERE seller_id = %s", (seller.id,)
    ).fetchone()
    return tuple(row)


def test_the_ledger_has_what_the_tests_reckon_with(app: Connection, moved: SellerAtHand) -> None:
    assert ledger(app, moved) == (CLOSING - HELD, HELD, CREDITED, SOLD, ADJUSTED)


def test_every_kind_of_movement_has_a_word(installation: Installation) -> None:
    from topup.portal.pages.statement_reading import KINDS  # noqa: PLC0415  # needs an installation

    assert set(KINDS) == set(Kind)


def test_the_page_shows_a_sum_that_adds_up(visit: Visit, moved: SellerAtHand) -> None:
    page = visit(moved).open(STATEMENT)

    assert shown(page) == ["0", "+100,000", "\u22124,499.5", "\u2212730", "94,770.5", "92,770.5", "2,000"]


def test_the_page_says_it_in_persian(visit: Visit, moved: SellerAtHand) -> None:
    page = visit(moved, language="fa").open(STATEMENT)

    mark = "\u200e"
    assert shown(page)[:3] == ["۰", f"{mark}+۱۰۰٬۰۰۰", f"{mark}\u2212۴٬۴۹۹٫۵"]


def test_the_changes_of_the_csv_lead_from_opening_to_closing(visit: Visit, moved: SellerAtHand) -> None:
    head, opening, *movements, closing = rows_of_csv(download(visit(moved), "csv"))

    assert head[7:] == [
        "Change (rial)",
        "Change of held (rial)",
        "Available (rial)",
        "Held (rial)",
        "Proof",
    ]
    assert opening[9:] == ["0", "0", ""]
    assert sum(int(row[7]) for row in movements) == CLOSING - HELD == int(closing[9])
    assert sum(int(row[8]) for row in movements) == HELD == int(closing[10])
    assert [int(row[0]) for row in movements] == list(range(1, len(movements) + 1))


def test_the_workbook_adds_up_in_whole_numbers(visit: Visit, moved: SellerAtHand) -> None:
    book = load_workbook(io.BytesIO(download(visit(moved), "xlsx").content))

    sums = {row[0]: row[1] for row in book["Statement"].iter_rows(values_only=True)}
    movements = list(book["Movements"].iter_rows(min_row=3, values_only=True))[:-1]
    assert (
        sums["Opening balance"] + sums["Credit"] + sums["Sold, less what was reversed"] + sums["Adjustments"]
        == sums["Closing balance"]
        == CLOSING
    )
    assert all(type(row[7]) is int for row in movements)
    assert sum(row[7] for row in movements) == CLOSING - HELD


def test_the_pdf_says_the_ledgers_sums(visit: Visit, moved: SellerAtHand) -> None:
    pieces = pdf_text.pieces(download(visit(moved), "pdf").content)

    opening = pieces.index("Opening balance")
    figures = [piece for piece in pieces[opening:] if piece[:1] in "0123456789+\u2212"][:7]
    assert figures == ["0", "+100,000", "\u22124,499.5", "\u2212730", "94,770.5", "92,770.5", "2,000"]


def test_the_pdf_of_persian_reads_from_the_right(visit: Visit, moved: SellerAtHand) -> None:
    text = "".join(pdf_text.pieces(download(visit(moved, language="fa"), "pdf").content))

    assert "۹۴٬۷۷۰٫۵" in text
    assert "۰۹۱۲" in text


def test_the_workbook_of_persian_begins_at_the_right(visit: Visit, moved: SellerAtHand) -> None:
    book = load_workbook(io.BytesIO(download(visit(moved, language="fa"), "xlsx").content))

    assert all(sheet.sheet_view.rightToLeft for sheet in book.worksheets)


def test_a_text_that_looks_like_a_formula_stays_a_text(visit: Visit, moved: SellerAtHand) -> None:
    visitor = visit(moved)

    book = load_workbook(io.BytesIO(download(visitor, "xlsx").content))
    cells = [cell for row in book["Movements"].iter_rows() for cell in row if cell.value in (FORMULA, REASON)]
    assert [(cell.value, cell.data_type) for cell in cells] == [(FORMULA, "s"), (REASON, "s")]
    written = [cell for row in rows_of_csv(download(visitor, "csv")) for cell in row]
    assert {f"'{FORMULA}", f"'{REASON}"} <= set(written)
    assert FORMULA not in written


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_a_time_before_everything_is_empty_and_adds_up(visit: Visit, moved: SellerAtHand, form: str) -> None:
    answer = download(visit(moved), form, **{"from": "2020-01-01", "to": "2020-01-31"})

    assert len(answer.content) > 0
    if form == "csv":
        _head, opening, closing = rows_of_csv(answer)
        assert opening[9:11] == closing[9:11] == ["0", "0"]


def test_what_was_before_a_time_is_its_opening(visit: Visit, moved: SellerAtHand) -> None:
    page = visit(moved).open(STATEMENT, **{"from": "2098-01-01", "to": "2098-01-31"})

    figures = shown(page)
    assert figures[0] == figures[4] == "94,770.5"
    assert figures[1:4] == ["0", "0", "0"]
    assert "Nothing moved in this time" in page.text


def test_pages_carry_their_balance_from_one_to_the_next(
    visit: Visit, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller(available=1_000_000)
    move(app, seller, [(Kind.RECHARGE, 10)] * 119)
    visitor = visit(seller)

    pages = [visitor.open(STATEMENT)]
    while (following := next_of(pages[-1])) is not None:
        pages.append(visitor.open(following))

    back = visitor.open(next_of(pages[-1], "prev") or "")
    carried = [figures_carried(page) for page in pages]
    assert figures_carried(back) == carried[-2]
    assert len(pages) == 3
    assert carried == [("0", "99,951"), ("99,951", "99,901"), ("99,901", "99,881")]


def next_of(page: httpx.Response, relation: str = "next") -> str | None:
    found = page.text.partition(f'rel="{relation}" href="')[2].partition('"')[0]
    return STATEMENT + found.replace("&amp;", "&") if found else None


def figures_carried(page: httpx.Response) -> tuple[str, ...]:
    """What is available at the head and at the foot of a page."""
    rows = page.text.split('<tr class="carried">')[1:]
    return tuple(row.split('<bdi class="figure">')[1].split("</bdi>")[0] for row in rows)


def test_a_pdf_of_very_many_movements_is_refused_with_a_way_out(
    visit: Visit, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller(available=1_000_000)
    move(app, seller, [(Kind.RECHARGE, 10)] * MANY)
    visitor = visit(seller)

    refused = visitor.open(f"{STATEMENT}pdf/")
    whole = rows_of_csv(download(visitor, "csv"))

    assert refused.url.path == STATEMENT
    assert "A PDF has at most 5,000 movements" in refused.text
    assert len(whole) == MANY + 1 + 3


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"from": "2026-11-20", "to": "2026-11-01"}, "The last day is before the first."),
        ({"from": "2026-11-20", "to": ""}, "Write both days."),
        ({"from": "tomorrow", "to": "2026-11-01"}, "Write a day such as"),
        ({"from": "1999-01-01", "to": "2026-11-01"}, "between the years 2000 and 2100"),
        ({"month": "1705-01-01"}, "between the years 2000 and 2100"),
    ],
)
def test_a_time_that_is_none_is_told(
    visit: Visit, new_seller: NewSeller, query: dict[str, str], said: str
) -> None:
    page = visit(new_seller()).open(STATEMENT, **query)

    assert page.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert said in page.text


def test_persian_days_are_understood(visit: Visit, moved: SellerAtHand) -> None:
    page = visit(moved, language="fa").open(STATEMENT, **{"from": "۱۴۰۵/۰۸/۰۱", "to": "1405/08/30"})

    assert page.status_code == httpx.codes.OK
    assert "آبان ۱۴۰۵" in page.text


def test_an_unknown_form_is_not_found(visit: Visit, new_seller: NewSeller) -> None:
    assert visit(new_seller()).open(f"{STATEMENT}doc/").status_code == httpx.codes.NOT_FOUND


def test_a_seller_reads_its_own_book_alone(visit: Visit, new_seller: NewSeller, moved: SellerAtHand) -> None:
    other = visit(new_seller())

    assert shown(other.open(STATEMENT, seller_id=moved.id))[4] == "0"
    assert len(rows_of_csv(download(other, "csv"))) == 3


def test_a_viewer_reads_it_and_a_stranger_does_not(
    visit: Visit, moved: SellerAtHand, give_role: GiveRole
) -> None:
    give_role(moved.user_id, "viewer")

    assert download(visit(moved), "csv").status_code == httpx.codes.OK
    assert visit().open(f"{STATEMENT}csv/").url.path == "/account/login/"
