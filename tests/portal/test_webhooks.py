"""Webhooks in the portal: what is added there is told and signed, and no other seller gets to it."""

import re
import uuid
from collections.abc import Iterator

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from tests.conftest import Api, NewSeller
from tests.portal.conftest import GiveRole, Visit
from tests.portal.visitor import Visitor
from tests.support.installation import Installation
from tests.support.sellers_at_hand import SellerAtHand
from tests.support.server import Server, serving
from tests.webhooks.at_work import ALLOWED, delivering, eventually
from tests.webhooks.receiver import Receiver, receiving
from topup import ids
from topup.trips import Connection

LIST = "/settings/webhooks/"
SECRET = re.compile(r'id="new-secret"[^>]*value="(whsec_[^"]+)"')
PATH = re.compile(rf'href="({LIST}[0-9a-f-]{{36}}/)"')
REPLAY = re.compile(r'action="(/settings/webhooks/deliveries/[0-9a-f-]{36}/replay/)"')
Owner = tuple[SellerAtHand, Visitor]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.fixture(scope="module")
def telling(installation: Installation) -> Iterator[Server]:
    """A server that may tell addresses of the loopback."""
    with serving(installation, **ALLOWED) as started:
        yield started


@pytest.fixture
def owner_visits(visit: Visit, new_seller: NewSeller, telling: Server, owner: Connection) -> Iterator[Owner]:
    seller = new_seller(available=1_000_000)
    yield seller, visit(seller, on=telling)
    owner.execute("DELETE FROM webhooks.endpoint WHERE seller_id = %s", (seller.id,))


def send(visitor: Visitor, page: str, to: str, **values: str | list[str]) -> httpx.Response:
    """A form of a page that is sent to another address."""
    return visitor.answer(visitor.open(page), to, **values)


def add(visitor: Visitor, url: str, **more: str | list[str]) -> tuple[str, str]:
    """The path of a new endpoint and its secret."""
    page = send(visitor, LIST, f"{LIST}add/", url=url, description="", **more)
    secret, path = SECRET.search(page.text), PATH.search(page.text)
    assert secret, page.text
    assert path, page.text
    return path[1], secret[1]


def test_a_test_is_sent_signed_and_shown(
    owner_visits: Owner, receiver: Receiver, installation: Installation
) -> None:
    _, visitor = owner_visits
    path, secret = add(visitor, receiver.url())

    send(visitor, path, f"{path}test/")
    with delivering(installation):
        eventually(lambda: ">delivered<" in visitor.open(path).text)

    (message,) = receiver.at()
    assert Webhook(secret).verify(message.body, message.headers)
    assert message.type == "webhook.test"


def test_what_failed_is_shown_with_its_answer_and_sent_again(
    owner_visits: Owner, receiver: Receiver, installation: Installation
) -> None:
    _, visitor = owner_visits
    path, _ = add(visitor, receiver.url())
    send(visitor, path, f"{path}test/")
    with delivering(installation):
        eventually(lambda: ">delivered<" in visitor.open(path).text)

    found = REPLAY.search(visitor.open(path).text)
    assert found
    send(visitor, path, found[1])
    with delivering(installation):
        eventually(lambda: len(receiver.at()) == 2)

    first, second = receiver.at()
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])


def test_only_the_events_that_were_chosen_are_told(
    owner_visits: Owner, receiver: Receiver, installation: Installation, api: Api
) -> None:
    seller, visitor = owner_visits
    add(visitor, receiver.url("/sales"), types=["recharge.succeeded"])
    add(visitor, receiver.url("/disputes"), types=["dispute.opened"])

    sale = {"phone_number": "09121234567", "amount": 5_000}
    api(seller).post("/api/v1/recharges", json=sale, headers={"Idempotency-Key": "one"}).raise_for_status()
    with delivering(installation):
        eventually(lambda: receiver.types("/sales") == ["recharge.succeeded"])

    assert receiver.types("/disputes") == []


def test_a_form_that_is_sent_twice_adds_one(owner_visits: Owner, receiver: Receiver) -> None:
    _, visitor = owner_visits
    form = visitor.open(LIST)

    first = visitor.answer(form, f"{LIST}add/", url=receiver.url(), description="")
    second = visitor.answer(form, f"{LIST}add/", url=receiver.url(), description="")

    assert SECRET.search(first.text)
    assert not SECRET.search(second.text)
    assert len(PATH.findall(visitor.open(LIST).text)) == 1


def test_another_secret_is_made_once_by_one_form(owner_visits: Owner, receiver: Receiver) -> None:
    _, visitor = owner_visits
    path, first = add(visitor, receiver.url())
    form = visitor.open(f"{path}secret/")

    once = visitor.answer(form, f"{path}secret/")
    again = visitor.answer(form, f"{path}secret/")

    found = SECRET.search(once.text)
    assert found
    assert found[1] != first
    assert not SECRET.search(again.text)
    assert "It was changed lately" in again.text


@pytest.mark.parametrize(
    "url", ["ftp://shop.example/", "http://10.0.0.1/", "https://user:word@shop.example/", "shop.example"]
)
def test_an_address_that_we_never_send_to_is_refused(owner_visits: Owner, url: str) -> None:
    _, visitor = owner_visits

    page = send(visitor, LIST, f"{LIST}add/", url=url, description="")

    assert page.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "We do not send there" in page.text
    assert not PATH.search(visitor.open(LIST).text)


def test_the_eleventh_is_too_many(owner_visits: Owner, receiver: Receiver) -> None:
    _, visitor = owner_visits
    form = visitor.open(LIST)
    for _ in range(10):
        add(visitor, receiver.url())

    page = visitor.answer(form, f"{LIST}add/", url=receiver.url(), description="")

    assert page.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "There are 10 endpoints" in page.text


def test_one_that_is_off_is_told_nothing_until_it_is_on(owner_visits: Owner, receiver: Receiver) -> None:
    _, visitor = owner_visits
    path, _ = add(visitor, receiver.url())

    off = send(visitor, path, f"{path}switch/", enabled="false")
    refused = send(visitor, path, f"{path}test/")
    on = send(visitor, path, f"{path}switch/", enabled="true")

    assert "Nothing is sent there" in off.text
    assert "switched off" in refused.text
    assert "Nothing is sent there" not in on.text


def test_one_that_is_deleted_is_gone(owner_visits: Owner, receiver: Receiver) -> None:
    _, visitor = owner_visits
    path, _ = add(visitor, receiver.url())

    page = visitor.send(f"{path}delete/")

    assert page.url.path == LIST
    assert visitor.open(path).status_code == httpx.codes.NOT_FOUND


def test_what_is_changed_is_kept(owner_visits: Owner, receiver: Receiver) -> None:
    _, visitor = owner_visits
    path, _ = add(visitor, receiver.url())

    page = visitor.send(path, url=receiver.url("/other"), description="the till", types=["balance.low"])

    assert receiver.url("/other") in page.text
    assert re.findall(r'value="([a-z_.]+)"[^>]*checked', page.text) == ["balance.low"]


@pytest.mark.parametrize("to", ["", "secret/", "delete/"])
def test_another_sellers_endpoint_is_not_there(
    owner_visits: Owner, receiver: Receiver, visit: Visit, new_seller: NewSeller, to: str
) -> None:
    _, visitor = owner_visits
    path, _ = add(visitor, receiver.url())
    stranger = visit(new_seller())

    asked = stranger.open(path + to)
    sent = stranger.answer(stranger.open("/account/password/"), path + to, since="0")

    assert (asked.status_code, sent.status_code) == (httpx.codes.NOT_FOUND,) * 2


def test_nothing_is_replayed_that_is_not_ones_own(visit: Visit, new_seller: NewSeller) -> None:
    visitor = visit(new_seller())

    answer = send(visitor, LIST, f"{LIST}deliveries/{uuid.UUID(ids.new(1))}/replay/")

    assert answer.status_code == httpx.codes.NOT_FOUND


@pytest.mark.parametrize("role", ["cashier", "viewer"])
def test_webhooks_are_for_owners(visit: Visit, new_seller: NewSeller, give_role: GiveRole, role: str) -> None:
    seller = new_seller()
    give_role(seller.user_id, role)

    assert visit(seller).open(LIST).status_code == httpx.codes.FORBIDDEN


@pytest.mark.parametrize("role", ["cashier", "viewer"])
def test_a_key_that_is_no_owners_adds_none_over_the_api(
    api: Api, new_seller: NewSeller, give_role: GiveRole, role: str
) -> None:
    seller = new_seller()
    give_role(seller.user_id, role)

    answer = api(seller).post("/api/v1/webhook-endpoints", json={"url": "https://shop.example/"})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_every_type_of_event_has_words(installation: Installation) -> None:
    from topup.portal.pages.settings.webhook_forms import EVENTS  # noqa: PLC0415  # Django is set up now
    from topup.webhooks.events import Type  # noqa: PLC0415

    assert set(EVENTS) == set(Type)


def test_what_is_done_to_an_endpoint_is_on_record_without_its_secret(
    owner_visits: Owner, receiver: Receiver, app: Connection
) -> None:
    seller, visitor = owner_visits
    path, secret = add(visitor, receiver.url())
    send(visitor, path, path, url=receiver.url(), description="till", types="recharge.failed")
    visitor.send(f"{path}secret/")
    visitor.send(f"{path}delete/")

    query = "SELECT act, actor_id, before, after FROM audit.entry WHERE seller_id = %s AND subject_id = %s"
    endpoint = path.strip("/").split("/")[-1]
    entries = app.execute(f"{query} ORDER BY id".encode(), (seller.id, endpoint)).fetchall()

    assert [entry[0] for entry in entries] == [
        "endpoint_added", "endpoint_changed", "endpoint_secret_made", "endpoint_removed",
    ]  # fmt: skip
    assert {entry[1] for entry in entries} == {seller.user_id}
    assert entries[1][3] == {"description": "till", "types": ["recharge.failed"]}
    assert secret not in str(entries)
