"""Credit is asked for once, with what proves the transfer; its receipt is seen by who it concerns alone."""

import hashlib
import re
from http.client import HTTPConnection
from typing import Any

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.portal.conftest import GiveRole, Visit
from tests.portal.visitor import Visitor
from tests.support import pictures
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server
from topup import clock, ids, trips
from topup.credit import ask
from topup.credit.receipts import MAX_BYTES
from topup.trips import Connection

CREDIT, ASK = "/credit/", "/credit/ask/"
PNG = pictures.png(16, 16)
FORBIDDEN, NOT_FOUND, REFUSED = 403, 404, 422
GIVEN: Any = {"amount": "۱۲٬۵۰۰", "bank_reference": "۱۴۰۵ ۰۸ ۲۹", "note": "بانک ملت"}


def send(
    visitor: Visitor,
    path: str = ASK,
    *,
    page: httpx.Response | None = None,
    content: bytes = b"",
    **values: Any,
) -> httpx.Response:
    """The form of a page with a file, as a browser sends it."""
    open_page = page or visitor.open(path)
    inside = open_page.text.partition("<main")[2]
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside))
    token = {"csrfmiddlewaretoken": visitor.client.cookies["csrftoken"]}
    files = {"receipt": ("photo.png", content, "image/png")} if content else {"": ("", b"")}
    return visitor.client.post(path, data=hidden | token | values, files=files)


def requests_of(app: Connection, seller: SellerAtHand) -> list[tuple[Any, ...]]:
    return app.execute(
        "SELECT id::text, amount, bank_reference, note, state::text FROM credit.credit_request"
        " WHERE seller_id = %s ORDER BY id",
        (seller.id,),
    ).fetchall()


def receipt_of(app: Connection, request_id: str) -> tuple[Any, ...] | None:
    return app.execute(
        "SELECT media_type, bytes, sha256 FROM credit.receipt WHERE seller_id = %s AND request_id = %s",
        (ids.seller_of(request_id), request_id),
    ).fetchone()


def pending(app: Connection, seller: SellerAtHand, amount: int = 5_000) -> str:
    wish = ask.Ask(seller.id, ids.new(seller.id), amount, "", seller.user_id)
    trips.run(app, ask.steps(wish, now_us=clock.now_us()))
    return wish.id


def shown(page: httpx.Response) -> str:
    """The text of a page's content."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2]).split())


def test_what_was_typed_is_asked_for(visit: Visit, new_seller: NewSeller, app: Connection) -> None:
    seller = new_seller()

    page = send(visit(seller), content=PNG, **GIVEN)

    ((request_id, *stored),) = requests_of(app, seller)
    assert stored == [125_000, "1405 08 29", "بانک ملت", "pending"]
    assert page.url.path == f"{CREDIT}{request_id}/"
    assert receipt_of(app, request_id) == ("image/png", PNG, hashlib.sha256(PNG).digest())
    assert "Staff will look at it" in shown(page)


def test_the_same_form_asks_once(visit: Visit, new_seller: NewSeller, app: Connection) -> None:
    seller = new_seller()
    visitor = visit(seller)
    page = visitor.open(ASK)

    answers = [send(visitor, page=page, content=PNG, **GIVEN) for _ in range(3)]

    assert len({answer.url for answer in answers}) == 1
    assert len(requests_of(app, seller)) == 1


def test_two_forms_ask_twice(visit: Visit, new_seller: NewSeller, app: Connection) -> None:
    seller = new_seller()
    visitor = visit(seller)

    for _ in range(2):
        send(visitor, content=PNG, **GIVEN)

    assert len(requests_of(app, seller)) == 2


def test_a_form_that_was_changed_after_it_was_sent_is_asked_about(
    visit: Visit, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller()
    visitor = visit(seller)
    page = visitor.open(ASK)
    send(visitor, page=page, amount="100")

    again = send(visitor, page=page, amount="200")
    assert again.status_code == REFUSED
    assert "You sent this form already" in again.text
    assert [row[1] for row in requests_of(app, seller)] == [1_000]

    send(visitor, page=again, amount="200")
    assert [row[1] for row in requests_of(app, seller)] == [1_000, 2_000]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (pictures.JPEG, "image/jpeg"), (PNG, "image/png"), (pictures.WEBP, "image/webp"),
        (pictures.PDF, "application/pdf"),
    ],
)  # fmt: skip
def test_a_receipt_is_what_its_content_says(
    visit: Visit, new_seller: NewSeller, app: Connection, content: bytes, media_type: str
) -> None:
    seller = new_seller()
    visitor = visit(seller)
    send(visitor, content=content, amount="100")
    ((request_id, *_),) = requests_of(app, seller)

    answer = visitor.open(f"{CREDIT}{request_id}/receipt/")

    assert answer.content == content
    assert answer.headers["content-type"] == media_type
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    way = "attachment" if media_type.endswith("pdf") else "inline"
    assert answer.headers["content-disposition"].startswith(way)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither a picture"),
        (b"<script>alert(1)</script>", "neither a picture"),
        (b"GIF89a" + bytes(30), "neither a picture"),
        (pictures.JPEG + bytes(MAX_BYTES), "larger than 5 MB"),
    ],
)
def test_what_is_no_receipt_is_refused_and_nothing_is_asked(
    visit: Visit, new_seller: NewSeller, app: Connection, content: bytes, said: str
) -> None:
    seller = new_seller()

    page = send(visit(seller), content=content, amount="100")

    assert page.status_code == REFUSED
    assert said in page.text
    assert 'value="100"' in page.text
    assert requests_of(app, seller) == []


def test_a_body_that_no_form_sends_is_refused_before_it_is_read(server: Server) -> None:
    link = HTTPConnection(httpx.URL(server.url).netloc.decode(), timeout=30)
    link.putrequest("POST", ASK)
    link.putheader("Content-Length", str(2**33))
    link.endheaders()

    answer = link.getresponse()

    assert answer.status == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert "choose a smaller one" in answer.read().decode()
    link.close()


@pytest.mark.parametrize("amount", ["", "0", "-5", "12.345.6", "a lot", "9" * 30])
def test_an_amount_that_is_none_is_refused(
    visit: Visit, new_seller: NewSeller, app: Connection, amount: str
) -> None:
    seller = new_seller()

    page = send(visit(seller), amount=amount, note="kept")

    assert page.status_code == REFUSED
    assert "kept" in page.text
    assert requests_of(app, seller) == []


def test_a_receipt_may_come_later_and_once(visit: Visit, new_seller: NewSeller, app: Connection) -> None:
    seller = new_seller()
    request_id = pending(app, seller)
    visitor = visit(seller)
    path = f"{CREDIT}{request_id}/receipt/send/"
    page = visitor.open(f"{CREDIT}{request_id}/")

    first = send(visitor, path, page=page, content=PNG)
    second = send(visitor, path, page=page, content=pictures.PDF)

    assert "The receipt is with the request now." in first.text
    assert "This request has a receipt, or was decided meanwhile." in second.text
    assert receipt_of(app, request_id) == ("image/png", PNG, hashlib.sha256(PNG).digest())


def test_another_sellers_request_does_not_exist(visit: Visit, new_seller: NewSeller, app: Connection) -> None:
    request_id = pending(app, new_seller())
    visitor = visit(new_seller())
    visitor.open(ASK)

    token = {"csrfmiddlewaretoken": visitor.client.cookies["csrftoken"]}
    answers = [
        visitor.open(f"{CREDIT}{request_id}/"),
        visitor.open(f"{CREDIT}{request_id}/receipt/"),
        visitor.client.post(f"{CREDIT}{request_id}/cancel/", data=token),
        send(visitor, f"{CREDIT}{request_id}/receipt/send/", page=visitor.open(ASK), content=PNG),
    ]

    assert [answer.status_code for answer in answers] == [NOT_FOUND] * 4
    assert receipt_of(app, request_id) is None


def test_a_stranger_sees_no_receipt(visit: Visit, new_seller: NewSeller, app: Connection) -> None:
    request_id = pending(app, new_seller())

    assert visit().open(f"{CREDIT}{request_id}/receipt/").url.path == "/account/login/"


def test_a_request_is_cancelled_while_it_waits(visit: Visit, new_seller: NewSeller, app: Connection) -> None:
    seller = new_seller()
    request_id = pending(app, seller)
    visitor = visit(seller)
    page = visitor.open(f"{CREDIT}{request_id}/")

    answers = [visitor.answer(page, f"{CREDIT}{request_id}/cancel/") for _ in range(2)]

    assert "The request is cancelled." in answers[0].text
    assert "This request was decided meanwhile." in answers[1].text
    assert [row[4] for row in requests_of(app, seller)] == ["cancelled"]
    assert "Cancelled by your company" in shown(answers[1])


def test_a_rejection_says_why(
    visit: Visit, new_seller: NewSeller, app: Connection, api: Api, staff: StaffAtHand
) -> None:
    seller = new_seller()
    request_id = pending(app, seller)

    api(staff).post(f"/api/v1/credit-requests/{request_id}/reject", json={"reason": "<b>no</b> transfer"})
    page = visit(seller).open(f"{CREDIT}{request_id}/")

    assert "Rejected" in shown(page)
    assert "&lt;b&gt;no&lt;/b&gt; transfer" in page.text
    assert "Cancel the request" not in page.text


def test_the_steps_say_when_staff_looked(
    visit: Visit, new_seller: NewSeller, app: Connection, staff: StaffAtHand
) -> None:
    seller = new_seller()
    request_id = pending(app, seller)
    member, office = visit(seller), visit(staff)
    before = shown(member.open(f"{CREDIT}{request_id}/"))

    office.open(f"/console/credit/creditrequest/{request_id}/change/")
    office.open(f"/console/credit/creditrequest/{request_id}/change/")

    assert "Looked at by staff" not in before
    assert shown(member.open(f"{CREDIT}{request_id}/")).count("Looked at by staff") == 1


def test_staff_see_the_receipt_beside_the_decision(
    visit: Visit, new_seller: NewSeller, app: Connection, staff: StaffAtHand, give_role: GiveRole
) -> None:
    seller = new_seller()
    send(visit(seller), content=PNG, **GIVEN)
    ((request_id, *_),) = requests_of(app, seller)
    office = visit(staff)

    page = office.open(f"/console/credit/creditrequest/{request_id}/change/")

    assert f'src="/console/receipts/{request_id}/"' in page.text
    assert "1405 08 29" in page.text
    assert office.open(f"/console/receipts/{request_id}/").content == PNG


def test_a_member_sees_no_receipt_through_the_console(
    visit: Visit, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller()
    visitor = visit(seller)
    send(visitor, content=PNG, **GIVEN)
    ((request_id, *_),) = requests_of(app, seller)

    answer = visitor.open(f"/console/receipts/{request_id}/")

    assert answer.content != PNG
    assert not answer.url.path.startswith("/console/receipts")


@pytest.mark.parametrize("role", ["cashier", "viewer"])
def test_only_an_owner_asks_and_cancels(
    visit: Visit, new_seller: NewSeller, app: Connection, give_role: GiveRole, role: str
) -> None:
    seller = new_seller()
    request_id = pending(app, seller)
    give_role(seller.user_id, role)
    visitor = visit(seller)
    page = visitor.open(f"{CREDIT}{request_id}/")

    assert page.status_code == httpx.codes.OK
    assert "Cancel the request" not in page.text
    assert visitor.open(ASK).status_code == FORBIDDEN
    assert visitor.answer(page, f"{CREDIT}{request_id}/cancel/").status_code == FORBIDDEN
    assert [row[4] for row in requests_of(app, seller)] == ["pending"]


def test_the_list_has_pages_and_states(visit: Visit, new_seller: NewSeller, app: Connection) -> None:
    seller = new_seller(available=1_000)
    made = [pending(app, seller) for _ in range(30)]
    visitor = visit(seller)

    first = visitor.open(CREDIT, state="pending")
    older = first.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = visitor.open(CREDIT + older)

    listed = [re.findall(r'/credit/([0-9a-f-]{36})/"', page.text) for page in (first, second)]
    assert listed[0] + listed[1] == made[::-1]
    assert "No request in this state" in visitor.open(CREDIT, state="rejected").text
    assert visitor.open(CREDIT, state="nonsense").status_code == httpx.codes.OK


def test_an_empty_list_says_what_to_do(visit: Visit, new_seller: NewSeller) -> None:
    page = visit(new_seller()).open(CREDIT)

    assert "No credit was asked for yet" in page.text
    assert f'href="{ASK}"' in page.text


def test_the_previous_releases_function_still_asks(
    visit: Visit, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller()
    values = (seller.id, ids.new(seller.id), seller.user_id)
    app.execute("SELECT credit.ask_v1(%s, %s, 7000, 'IRR', 'old', %s, 1)", values)

    assert [row[1:4] for row in requests_of(app, seller)] == [(7_000, "", "old")]
    assert visit(seller).open(f"{CREDIT}{values[1]}/").status_code == httpx.codes.OK
