"""A statement: opening + movements = closing, over any range, in JSON and CSV, however long."""

import csv
import io
import socket
from contextlib import ExitStack, closing
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import Api, HasKey, NewSeller
from tests.support import posting
from tests.support.samples import a_command
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server
from tests.support.tampering import tampering
from topup.ledger import direct
from topup.ledger.core import Kind
from topup.ledger.statement import MAX_MOVEMENTS, PAGE_MOVEMENTS
from topup.spreadsheet import cell
from topup.trips import Connection

PATH = "/api/v1/statement"
MAX_OPEN_PER_USER = 2
MORE_THAN_BUFFERS = 60_000
"""Movements that make more JSON than all buffers between the server and a client that reads nothing."""
Statement = dict[str, Any]  # a JSON object


def move(connection: Connection, seller: SellerAtHand, *moves: tuple[Kind, int]) -> None:
    commands = [a_command(kind, amount, seller_id=seller.id) for kind, amount in moves]
    direct.post(connection, commands, posting.Moves(), zone="UTC")


def a_life(connection: Connection, seller: SellerAtHand) -> None:
    """Every kind of movement, one after the other, each at a time of its own."""
    for each in [
        (Kind.CREDIT, 1_000), (Kind.RECHARGE, 100), (Kind.HOLD, 50), (Kind.CAPTURE, 20), (Kind.RELEASE, 30),
        (Kind.REVERSAL, 100), (Kind.ADJUSTMENT, 7), (Kind.DEDUCTION, 9),
    ]:  # fmt: skip
        move(connection, seller, each)


def many(connection: Connection, seller: SellerAtHand, count: int) -> None:
    for begin in range(0, count, 2_000):
        move(connection, seller, *[(Kind.CREDIT, 1)] * min(2_000, count - begin))


def statement(client: httpx.Client, **parameters: Any) -> Statement:  # values of a query
    answer = client.get(PATH, params=parameters)
    assert answer.status_code == httpx.codes.OK, answer.text
    return dict(answer.json())


def assert_it_adds_up(read: Statement) -> None:
    opening, closing_, totals = read["opening"], read["closing"], read["totals"]
    balance, version = opening["available"], opening["version"]
    for movement in read["movements"]:
        assert movement["balance_before"] == balance
        assert movement["version"] == version + 1
        balance, version = movement["balance_after"], movement["version"]
    assert (balance, version) == (closing_["available"], closing_["version"])
    gained = totals["credited"] + totals["released"] + totals["reversed"] + totals["adjusted"]
    assert opening["available"] + gained - totals["sold"] - totals["held"] == closing_["available"]
    assert opening["held"] + totals["held"] - totals["captured"] - totals["released"] == closing_["held"]


def test_without_a_range_it_is_the_whole_book(api: Api, app: Connection, new_seller: NewSeller) -> None:
    seller = new_seller()
    a_life(app, seller)

    read = statement(api(seller))

    assert_it_adds_up(read)
    names = ["seller_id", "currency", "from", "to", "opening", "movements", "closing", "totals", "seal"]
    assert list(read) == names
    assert (read["seller_id"], read["currency"], read["from"]) == (seller.id, "IRR", None)
    assert read["opening"] == {"available": 0, "held": 0, "version": 0}
    assert read["closing"] == {"available": 978, "held": 0, "version": 8}
    assert read["movements"] == api(seller).get("/api/v1/transactions").json()["data"][::-1]


def test_every_range_adds_up_and_follows_the_one_before(
    api: Api, app: Connection, new_seller: NewSeller
) -> None:
    seller, client = new_seller(), api
    a_life(app, seller)
    whole = statement(client(seller))
    times = [movement["created_at"] for movement in whole["movements"]]

    for begin, middle, end in zip(times, times[2:], times[5:], strict=False):
        first = statement(client(seller), **{"from": begin, "to": middle})
        second = statement(client(seller), **{"from": middle, "to": end})
        assert_it_adds_up(first)
        assert_it_adds_up(second)
        assert first["closing"] == second["opening"]
        assert len(first["movements"]) == 2


def test_the_beginning_belongs_to_it_and_the_end_does_not(
    api: Api, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller()
    a_life(app, seller)
    third = statement(api(seller))["movements"][2]["created_at"]

    up_to = statement(api(seller), to=third)
    since = statement(api(seller), **{"from": third})

    assert [movement["version"] for movement in up_to["movements"]] == [1, 2]
    assert since["movements"][0]["version"] == 3
    assert statement(api(seller), **{"from": third, "to": third})["movements"] == []


def test_a_time_is_read_with_its_zone(api: Api, new_seller: NewSeller) -> None:
    seller = new_seller(available=1_000)
    (credit,) = statement(api(seller))["movements"]
    in_tehran = datetime.fromisoformat(credit["created_at"]).astimezone().isoformat()

    read = statement(api(seller), **{"from": in_tehran})

    assert read["movements"] == [credit]
    assert read["from"] == credit["created_at"]


def test_a_book_that_never_moved_has_an_empty_statement(api: Api, new_seller: NewSeller) -> None:
    read = statement(api(new_seller()))

    nothing = {"available": 0, "held": 0, "version": 0}
    assert (read["opening"], read["movements"], read["closing"]) == (nothing, [], nothing)
    assert set(read["totals"].values()) == {0}


@pytest.mark.parametrize("more", [-1, 0, 1, PAGE_MOVEMENTS])
def test_pages_join_without_a_seam(more: int, api: Api, app: Connection, new_seller: NewSeller) -> None:
    seller, count = new_seller(), PAGE_MOVEMENTS + more
    many(app, seller, count)

    read = statement(api(seller))

    assert_it_adds_up(read)
    assert [movement["version"] for movement in read["movements"]] == list(range(1, count + 1))


def test_csv_says_the_same_as_json(api: Api, app: Connection, new_seller: NewSeller) -> None:
    seller = new_seller()
    a_life(app, seller)
    read = statement(api(seller))

    answer = api(seller).get(PATH, params={"format": "csv", "to": read["to"]})
    lines = list(csv.DictReader(io.StringIO(answer.text, newline="")))

    assert [line["type"] for line in (lines[0], lines[-1])] == ["opening", "closing"]
    assert (lines[-1]["balance_after"], lines[-1]["created_at"]) == ("978", read["to"])
    flat = [movement | {f"source_{key}": value for key, value in movement["source"].items()}
            for movement in read["movements"]]  # fmt: skip
    assert lines[1:-1] == [{name: str(movement.get(name, "")) for name in lines[0]} for movement in flat]


def test_csv_is_a_file_as_rfc_4180_has_it(api: Api, new_seller: NewSeller) -> None:
    seller = new_seller(available=1_000)

    answer = api(seller).get(PATH, params={"format": "csv", "to": "2200-03-01T00:00:00Z"})

    assert answer.headers["Content-Type"] == "text/csv; header=present; charset=utf-8"
    name = f"statement-{seller.id}-22000301T000000Z.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.content.startswith(b"version,type,created_at,")
    assert answer.content.count(b"\r\n") == answer.content.count(b"\n") == 4


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_is_a_formula_for_a_spreadsheet(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell("1=1") == "1=1"
    assert cell(-5) == -5


@pytest.mark.parametrize(
    ("field", "written", "says"),
    [
        ("from", "yesterday", "RFC 3339"),
        ("to", "2026-01-31", "RFC 3339"),
        ("from", "2026-01-31T00:00:00", "time zone"),
        ("to", "1700000000", "RFC 3339"),
        ("from", "2026-01-31T00:00:00 03:30", "%2B"),
        ("from", "2199-01-01T00:00:00Z", "later than the end"),
        ("to", "1969-12-31T23:59:59Z", "1970"),
        ("from", "0001-01-01T00:00:00+14:00", "1970"),
        ("to", "9999-12-31T23:59:59-14:00", "9999"),
        ("format", "xml", "xml"),
        ("seller_id", "x", "int"),
    ],
)
def test_what_will_not_do_is_named(
    field: str, written: str, says: str, api: Api, new_seller: NewSeller
) -> None:
    answer = api(new_seller()).get(PATH, params={field: written})

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert says in error["message"]


def test_a_seller_reads_its_own_and_staff_name_one(
    api: Api, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller, other = new_seller(available=5), new_seller()

    assert statement(api(staff), seller_id=seller.id)["closing"]["available"] == 5
    assert statement(api(seller), seller_id=seller.id)["seller_id"] == seller.id
    assert api(other).get(PATH, params={"seller_id": seller.id}).json()["code"] == "not_found"
    assert api(staff).get(PATH, params={"seller_id": 2**32 - 1}).json()["code"] == "not_found"
    assert api(staff).get(PATH).json()["errors"][0]["code"] == "required"
    assert api().get(PATH).json()["code"] == "unauthenticated"


def test_sales_while_it_is_read_are_not_in_it(api: Api, app: Connection, new_seller: NewSeller) -> None:
    seller = new_seller()
    many(app, seller, 5 * PAGE_MOVEMENTS)

    with api(seller).stream("GET", PATH) as answer:
        pieces = answer.iter_bytes()
        first = next(pieces)
        many(app, seller, PAGE_MOVEMENTS)
        rest = b"".join(pieces)

    read = httpx.Response(200, content=first + rest).json()
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert_it_adds_up(read)
    assert read["closing"]["version"] == 5 * PAGE_MOVEMENTS


def hang(server: Server, who: HasKey) -> socket.socket:
    """A client that asks for a statement, reads how the answer begins, and then nothing."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.connect((urlsplit(server.url).hostname, urlsplit(server.url).port))
    client.sendall(
        f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {who.key}\r\n\r\n".encode()
    )
    assert client.recv(12) == b"HTTP/1.1 200"
    return client


def test_a_client_that_hangs_up_gives_its_place_back(
    api: Api, app: Connection, new_seller: NewSeller, server: Server
) -> None:
    seller = new_seller()
    many(app, seller, MORE_THAN_BUFFERS)

    with ExitStack() as stack:
        for _ in range(MAX_OPEN_PER_USER):
            stack.enter_context(closing(hang(server, seller)))
        refused = api(seller).get(PATH)
        assert refused.json()["code"] == "rate_limited"
        assert refused.headers["Retry-After"]
        assert statement(api(new_seller()))["closing"]["version"] == 0

    assert_soon_readable(api(seller))


def assert_soon_readable(client: httpx.Client, *, attempts: int = 200) -> None:
    """The server hears of a hang-up a moment after it."""
    answers = (client.get(PATH, params={"to": "2000-01-01T00:00:00Z"}) for _ in range(attempts))
    assert any(answer.status_code == httpx.codes.OK for answer in answers)


def halving(count: int) -> list[int]:
    """The versions that a search by halving looks at on its way to the last of so many."""
    low, seen = 0, []
    while low < count:
        low += (count - low + 1) // 2
        seen.append(low)
    return seen


def test_a_range_that_is_too_long_is_refused_before_it_begins(
    api: Api, superuser: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller()
    change = (
        f"UPDATE ledger.book SET seq = {MAX_MOVEMENTS + 1} WHERE seller_id = {{seller}};"
        "INSERT INTO ledger.journal SELECT {seller}, seq, 1, 1, 0, 1, 0, 0, 1, 0, gen_random_uuid(),"
        " 'credit', 'credit_request', 'user', 'IRR', decode(repeat('00', 32), 'hex')"
        f" FROM unnest(ARRAY{halving(MAX_MOVEMENTS + 1)}) AS seq"
    )

    with tampering(superuser, seller.id, change):
        answer = api(seller).get(PATH)

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.json()["errors"][0]["code"] == "too_many"
    assert "1,000,001 movements" in answer.json()["detail"]


def test_a_book_that_does_not_add_up_gets_no_closing(
    api: Api, superuser: Connection, new_seller: NewSeller, server: Server
) -> None:
    seller = new_seller(available=1_000)
    change = "UPDATE ledger.journal SET available = 1001, funded = 1001 WHERE seller_id = {seller}"

    with tampering(superuser, seller.id, change), pytest.raises(httpx.RemoteProtocolError):
        api(seller).get(PATH)

    assert (
        f"seller {seller.id}: after (1000, 0, 1), movement 1 is stored with 1001 available" in server.tail()
    )
    assert_it_adds_up(statement(api(seller)))


def test_the_document_has_it(api: Api) -> None:
    operation = api().get("/api/openapi.json").json()["paths"][PATH]["get"]

    names = {parameter["name"] for parameter in operation["parameters"]}
    assert names == {"from", "to", "format", "seller_id"}
    assert set(operation["responses"]["200"]["content"]) == {"application/json", "text/csv"}
