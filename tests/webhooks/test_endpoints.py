"""A seller says where it wants to be told, and sees what was sent there; nobody else does."""

import pytest

from tests.api import calls
from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import StaffAtHand
from tests.webhooks.conftest import Listening
from tests.webhooks.hooks import DELIVERIES, ENDPOINTS
from topup.webhooks.endpoints import BY_ITS_SELLER, MAX_ENDPOINTS

ELSEWHERE = "https://shop.example/hook"


def test_the_secret_is_shown_once(new_seller: NewSeller, listening: Listening) -> None:
    hooks = listening(new_seller())

    assert hooks.secret.startswith("whsec_")
    assert "secret" not in hooks.read()
    assert hooks.secret not in hooks.client.get(ENDPOINTS).text


def test_an_endpoint_is_what_was_asked_for(new_seller: NewSeller, api: Api, listening: Listening) -> None:
    hooks = listening(new_seller(), types=["recharge.failed", "balance.low", "recharge.failed"])
    changed = hooks.change(url=ELSEWHERE, description="the till", event_types=[])

    assert (changed["url"], changed["description"], changed["event_types"]) == (ELSEWHERE, "the till", [])
    assert hooks.change(description="")["url"] == ELSEWHERE
    assert hooks.read() == hooks.client.get(ENDPOINTS).json()["data"][0]


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/hook", "http://[::1]/", "http://169.254.169.254/latest", "ftp://shop.example/", "shop",
     "https://user:password@shop.example/", ""],
)  # fmt: skip
def test_an_address_that_we_never_ask_is_refused(new_seller: NewSeller, api: Api, url: str) -> None:
    answer = api(new_seller()).post(ENDPOINTS, json={"url": url})

    assert calls.problem(answer, 422, "validation_error")["errors"][0]["field"] == "url"


def test_a_type_that_is_none_is_refused(new_seller: NewSeller, api: Api) -> None:
    answer = api(new_seller()).post(ENDPOINTS, json={"url": ELSEWHERE, "event_types": ["recharge.done"]})

    calls.problem(answer, 422, "validation_error")


def test_a_seller_has_a_bounded_number_of_endpoints(new_seller: NewSeller, api: Api) -> None:
    client = api(new_seller())
    answers = [client.post(ENDPOINTS, json={"url": ELSEWHERE}) for _ in range(MAX_ENDPOINTS + 1)]
    for made in answers[:-1]:
        client.delete(f"{ENDPOINTS}/{made.json()['id']}")

    assert [answer.status_code for answer in answers[:-1]] == [201] * MAX_ENDPOINTS
    assert calls.problem(answers[-1], 422, "validation_error")["errors"][0]["code"] == "too_many"


def test_another_sellers_endpoint_does_not_exist(
    new_seller: NewSeller, api: Api, listening: Listening
) -> None:
    hooks, other = listening(new_seller()), api(new_seller())
    delivery = hooks.test()

    for answer in (
        other.get(hooks.path),
        other.patch(hooks.path, json={"status": "disabled"}),
        other.delete(hooks.path),
        other.post(f"{hooks.path}/rotate-secret"),
        other.post(f"{hooks.path}/test"),
        other.get(f"{hooks.path}/deliveries"),
        other.post(f"{DELIVERIES}/{delivery['id']}/replay"),
    ):
        calls.problem(answer, 404, "not_found")
    assert hooks.read()["status"] == "enabled"


def test_staff_have_no_endpoints(api: Api, staff: StaffAtHand) -> None:
    calls.problem(api(staff).post(ENDPOINTS, json={"url": ELSEWHERE}), 403, "forbidden")


def test_a_disabled_endpoint_hears_nothing_until_it_is_enabled(
    new_seller: NewSeller, api: Api, listening: Listening
) -> None:
    hooks = listening(new_seller())

    assert hooks.change(status="disabled")["disabled_because"] == BY_ITS_SELLER
    calls.problem(hooks.client.post(f"{hooks.path}/test"), 422, "validation_error")
    assert hooks.change(status="enabled")["disabled_because"] is None
    assert hooks.test()["status"] == "pending"


def test_a_deleted_endpoint_is_gone(new_seller: NewSeller, listening: Listening) -> None:
    hooks = listening(new_seller())

    assert hooks.client.delete(hooks.path).status_code == 204
    calls.problem(hooks.client.get(hooks.path), 404, "not_found")


def test_deliveries_come_in_pages_newest_first(new_seller: NewSeller, listening: Listening) -> None:
    hooks = listening(new_seller())
    sent = [hooks.test()["id"] for _ in range(5)][::-1]
    first = hooks.client.get(f"{hooks.path}/deliveries?limit=2").json()
    rest = hooks.client.get(f"{hooks.path}/deliveries?starting_after={first['data'][-1]['id']}").json()

    assert [each["id"] for each in first["data"] + rest["data"]] == sent
    assert (first["has_more"], rest["has_more"]) == (True, False)
