"""Files of sales: every row is judged before anything is sold, and sold once, whatever happens meanwhile."""

import csv
import io
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import httpx
import openpyxl
import pytest

from tests.conftest import Api, NewSeller
from tests.portal.conftest import GiveRole, Visit
from tests.portal.test_sell import words
from tests.portal.visitor import Visitor
from tests.support.installation import Installation
from tests.support.sellers_at_hand import SellerAtHand
from tests.support.worker import working
from topup.trips import Connection

BULK = "/bulk/"
CREDIT = 100_000_000
THOUSAND = 1_000
WAIT_S = 60
REFUSED = httpx.codes.UNPROCESSABLE_ENTITY
Row = tuple[object, ...]


@pytest.fixture
def seller(new_seller: NewSeller) -> SellerAtHand:
    return new_seller(available=CREDIT)


@pytest.fixture
def visitor(visit: Visit, seller: SellerAtHand) -> Visitor:
    return visit(seller)


def numbers(count: int) -> list[Row]:
    return [(f"0912{place:07}", 1_000, f"order-{place}") for place in range(count)]


def written(rows: Iterable[Row], *, head: Row = ("number", "amount", "reference")) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return text.getvalue().encode()


def upload(
    visitor: Visitor, content: bytes, *, unit: str = "toman", name: str = "sales.csv"
) -> httpx.Response:
    token = visitor.open(BULK).text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    sent = {"unit": unit, "csrfmiddlewaretoken": token}
    return visitor.client.post(BULK, data=sent, files={"file": (name, content)})


def start(visitor: Visitor, page: httpx.Response, **more: str) -> httpx.Response:
    return visitor.answer(page, f"{page.url.path}start/", **more)


def result(visitor: Visitor, page: httpx.Response) -> list[dict[str, str]]:
    content = visitor.open(f"{page.url.path}result.csv").content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def until(read: Callable[[], object]) -> None:
    """Wait until this is so."""
    end = time.monotonic() + WAIT_S
    while not read():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def state(app: Connection, seller: SellerAtHand) -> tuple[str, int]:
    """The seller's one job: its state, and how many rows it sold."""
    row = app.execute(
        "SELECT state, sold FROM recharges.bulk_job WHERE seller_id = %s ORDER BY id DESC LIMIT 1",
        [seller.id],
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def recording(superuser: Connection) -> bool:
    """Whether a worker, or what it left in the database, waits to write down what it sold."""
    row = superuser.execute(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE query LIKE '%record_bulk_v1%' AND wait_event_type = 'Lock'"
    ).fetchone()
    return row != (0,)


def finished(app: Connection, seller: SellerAtHand) -> Callable[[], bool]:
    return lambda: state(app, seller)[0] not in ("running", "stopping")


def sold(app: Connection, seller: SellerAtHand) -> list[tuple[int, int]]:
    rows = app.execute(
        "SELECT phone_number, amount FROM recharges.recharge WHERE seller_id = %s", [seller.id]
    )
    return sorted((row[0], row[1]) for row in rows)


def test_every_row_has_a_verdict_before_anything_is_sold(
    visitor: Visitor, seller: SellerAtHand, app: Connection
) -> None:
    rows = [
        ("۰۹۱۲ ۱۲۳ ۴۵۶۷", "۵٬۰۰۰", "a"), ("09351234567", 2_000, "b"), ("nobody", 1_000, "c"),
        ("09121234567", "5000", "d"), ("09121234568", "free", "e"), ("09311234567", 1_000, "f"),
    ]  # fmt: skip

    page = upload(visitor, written(rows))

    said = words(page)
    for shown in (
        "To be sold 7,000 toman 2 rows", "Doubtful 5,000 toman 1 row", "Can't be sold 3", "valid 5,000 toman",
        "This is no mobile number.", "This is no amount.", "No operator is known for this number.",
        "The same number and amount stands above in the file.", "Available after it 9,993,000 toman",
    ):  # fmt: skip
        assert shown in said, (shown, said)
    assert sold(app, seller) == []


def test_amounts_may_be_in_rial(visitor: Visitor) -> None:
    page = upload(visitor, written([("09121234567", 20_005, "")]), unit="rial")

    assert "To be sold 2,000.5 toman" in words(page)


def test_what_was_sold_a_moment_ago_is_doubtful(visitor: Visitor, seller: SellerAtHand, api: Api) -> None:
    sale = {"phone_number": "09121234567", "amount": 10_000}
    api(seller).post("/api/v1/recharges", json=sale, headers={"Idempotency-Key": "one"})

    page = upload(visitor, written([*numbers(2), ("09121234567", 1_000, "")]))

    assert "The same number and amount was sold a moment ago." in words(page)
    assert "Doubtful 1,000 toman 1 row" in words(page)


def test_a_thousand_rows_are_sold_and_told(
    visitor: Visitor, seller: SellerAtHand, app: Connection, installation: Installation
) -> None:
    page = start(visitor, upload(visitor, written(numbers(THOUSAND))))
    with working(installation):
        until(finished(app, seller))

    rows = result(visitor, page)
    assert state(app, seller) == ("done", THOUSAND)
    assert [row["result"] for row in rows] == ["sold"] * THOUSAND
    assert {row["recharge_status"] for row in rows} == {"succeeded"}
    assert [row["reference"] for row in rows] == [f"order-{place}" for place in range(THOUSAND)]
    assert len(sold(app, seller)) == THOUSAND


def test_a_worker_that_is_killed_between_sale_and_record_sells_nothing_twice(
    visitor: Visitor,
    seller: SellerAtHand,
    app: Connection,
    owner: Connection,
    superuser: Connection,
    installation: Installation,
) -> None:
    """The rows are locked, so that it sells and then waits to write it down; there it is killed."""
    start(visitor, upload(visitor, written(numbers(THOUSAND))))
    with owner.transaction():
        owner.execute("SELECT FROM recharges.bulk_row WHERE seller_id = %s FOR UPDATE", [seller.id])
        with working(installation) as worker:
            until(lambda: len(sold(app, seller)) > 0)
            until(lambda: recording(superuser))
            worker.kill()
            until(lambda: not recording(superuser))
    assert state(app, seller) == ("running", 0)
    assert len(sold(app, seller)) > 0

    with working(installation):
        until(finished(app, seller))

    assert state(app, seller) == ("done", THOUSAND)
    assert len(sold(app, seller)) == len(set(sold(app, seller))) == THOUSAND


def test_a_worker_that_died_between_sale_and_record_is_made_good(
    visitor: Visitor, seller: SellerAtHand, app: Connection, installation: Installation, api: Api
) -> None:
    """What it sold stands under the row's reference; the next worker meets it there."""
    page = start(visitor, upload(visitor, written(numbers(3))))
    job = page.url.path.split("/")[2]
    sale = {"phone_number": "09120000001", "amount": 10_000}
    api(seller).post("/api/v1/recharges", json=sale, headers={"Idempotency-Key": f"bulk-{job}-2"})

    with working(installation):
        until(finished(app, seller))

    assert state(app, seller) == ("done", 3)
    assert len(sold(app, seller)) == 3


def test_a_job_that_is_stopped_tells_what_was_sold_and_goes_on(
    visitor: Visitor, seller: SellerAtHand, app: Connection, installation: Installation, api: Api
) -> None:
    page = start(visitor, upload(visitor, written(numbers(3))))
    job = page.url.path.split("/")[2]
    sale = {"phone_number": "09120000001", "amount": 10_000}
    api(seller).post("/api/v1/recharges", json=sale, headers={"Idempotency-Key": f"bulk-{job}-2"})
    stopping = visitor.answer(page, f"{page.url.path}stop/")
    assert "stopping" in words(stopping)

    with working(installation):
        until(finished(app, seller))
        assert [row["result"] for row in result(visitor, page)] == ["waiting", "sold", "waiting"]
        visitor.answer(visitor.open(page.url.path), f"{page.url.path}go-on/")
        until(finished(app, seller))

    assert state(app, seller) == ("done", 3)


def test_a_job_pauses_where_the_balance_ends_and_goes_on_with_more(
    visit: Visit,
    new_seller: NewSeller,
    app: Connection,
    installation: Installation,
    staff: object,
    people: object,
) -> None:
    seller = new_seller(available=25_000)
    visitor = visit(seller)
    page = upload(visitor, written(numbers(4)))
    assert "1,500 toman are missing" in words(page)
    page = start(visitor, page)

    with working(installation):
        until(finished(app, seller))
        assert state(app, seller) == ("paused", 2)
        assert "The job is paused: The balance does not cover this." in words(visitor.open(page.url.path))
        people.fund(app, seller, CREDIT, by=staff.user_id)  # type: ignore[attr-defined]  # a module
        visitor.answer(visitor.open(page.url.path), f"{page.url.path}go-on/")
        until(finished(app, seller))

    assert state(app, seller) == ("done", 4)


def test_doubtful_rows_are_sold_only_where_a_person_says_so(
    visit: Visit, new_seller: NewSeller, app: Connection, installation: Installation
) -> None:
    twice = written([*numbers(1), *numbers(1)])
    careful, sure = (new_seller(available=CREDIT, duplicate_window_s=60) for _ in range(2))
    for seller, more in ((careful, {}), (sure, {"doubtful": "on"})):
        visitor = visit(seller)
        start(visitor, upload(visitor, twice), **more)
    with working(installation):
        until(finished(app, careful))
        until(finished(app, sure))

    assert [len(sold(app, seller)) for seller in (careful, sure)] == [1, 2]


def test_the_same_rows_again_need_a_second_word(
    visitor: Visitor, seller: SellerAtHand, app: Connection
) -> None:
    start(visitor, upload(visitor, written(numbers(2))))
    again = upload(visitor, written([(f" {row[0]}", "۱٬۰۰۰", "other") for row in numbers(2)]), name="b.csv")
    assert "The same rows were uploaded before" in words(again)

    refused = start(visitor, again)

    assert refused.status_code == REFUSED
    assert state(app, seller)[0] == "checked"
    start(visitor, again, again="on")
    assert state(app, seller)[0] == "running"


def test_a_refused_row_says_why_and_the_others_are_sold(
    visitor: Visitor, seller: SellerAtHand, app: Connection, installation: Installation, people: object
) -> None:
    page = start(visitor, upload(visitor, written([*numbers(1), ("09120000005", 9_000, "large")])))
    people.configure(seller, per_recharge_max=20_000)  # type: ignore[attr-defined]  # a module

    with working(installation):
        until(finished(app, seller))

    assert [row["code"] for row in result(visitor, page)] == ["", "per_recharge_max_exceeded"]
    assert "More than one recharge may be." in words(visitor.open(page.url.path))


def test_a_spreadsheet_is_read_and_the_result_has_no_formula(visitor: Visitor) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("شماره", "مبلغ", "شناسه"), (9121234567, 5_000.0, "'=1+1"), ("09351234567", "2,000", "@cmd")):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)

    page = upload(visitor, file.getvalue(), name="whatever.txt")

    assert "To be sold 7,000 toman 2 rows" in words(page)
    told = openpyxl.load_workbook(io.BytesIO(visitor.open(f"{page.url.path}result.xlsx").content)).active
    assert told is not None
    assert [told.cell(line, 4).value for line in (2, 3)] == ["'=1+1", "'@cmd"]
    assert result(visitor, page)[1]["reference"] == "'@cmd"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The submitted file is empty."),
        (b"number,amount\n", "There is no row in this file."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "neither a CSV file"),
        (b"when,who\n", "The first line must name the columns"),
        (b"PK\x03\x04 nothing", "can't be read"),
        (written(numbers(10_001)), "10,000 rows at most"),
        (b"0" * (5 * 1024 * 1024 + 1), "5 MB at most"),
    ],
    ids=["empty", "head-only", "png", "no-columns", "broken", "too-many", "too-large"],
)
def test_a_file_that_is_none_is_refused(visitor: Visitor, content: bytes, said: str) -> None:
    page = upload(visitor, content)

    assert page.status_code == REFUSED
    assert said in words(page)


def test_a_discarded_file_is_gone(visitor: Visitor) -> None:
    page = upload(visitor, written(numbers(2)))

    visitor.answer(page, f"{page.url.path}discard/")

    assert visitor.open(page.url.path).status_code == httpx.codes.NOT_FOUND


def test_another_sellers_job_is_not_there(visit: Visit, visitor: Visitor, new_seller: NewSeller) -> None:
    path = upload(visitor, written(numbers(2))).url.path
    other = visit(new_seller())

    for page in (path, f"{path}result.csv", f"{path}progress/"):
        assert other.open(page).status_code == httpx.codes.NOT_FOUND
    token = other.open(BULK)
    assert other.answer(token, f"{path}start/").status_code == httpx.codes.NOT_FOUND


def test_a_viewer_uploads_nothing(visit: Visit, seller: SellerAtHand, give_role: GiveRole) -> None:
    give_role(seller.user_id, "viewer")

    assert visit(seller).open(BULK).status_code == httpx.codes.FORBIDDEN


def test_rows_are_paged_both_ways(visitor: Visitor) -> None:
    page = upload(visitor, written(numbers(120)))

    second = visitor.open(page.url.path, after=50)
    back = visitor.open(page.url.path, before=51)

    assert "order-0 " in words(page)
    assert "order-50 " in words(second)
    assert "order-0 " in words(back)
    assert "order-50 " not in words(back)


def test_the_application_cannot_write_a_job_itself(app: Connection) -> None:
    for table in ("bulk_job", "bulk_row"):
        for right in ("INSERT", "UPDATE", "DELETE"):
            row = app.execute("SELECT has_table_privilege(%s, %s)", [f"recharges.{table}", right]).fetchone()
            assert row == (False,)


def test_the_sample_is_a_file_that_can_be_sold(visitor: Visitor) -> None:
    page = upload(visitor, visitor.open("/bulk/sample.csv").content)

    assert "2 rows" in words(page)
    assert Path(page.url.path).parts[1] == "bulk"


def test_who_started_and_stopped_a_job_is_on_record(
    visitor: Visitor, seller: SellerAtHand, app: Connection
) -> None:
    page = upload(visitor, written(numbers(3)), name="friday.csv")
    job = page.url.path.strip("/").split("/")[1]

    begun = start(visitor, page)
    start(visitor, page)
    visitor.answer(begun, f"{page.url.path}stop/")

    query = (
        "SELECT act, actor_id, after FROM audit.entry WHERE seller_id = %s AND subject_id = %s ORDER BY id"
    )
    told = {"rows": 3, "amount": 30_000, "file": "friday.csv"}
    assert app.execute(query, (seller.id, job)).fetchall() == [
        ("bulk_started", seller.user_id, told),
        ("bulk_stopped", seller.user_id, {"file": "friday.csv"}),
    ]
