"""Keys: made from a password, shown once, and worth nothing from the moment they are revoked."""

import re
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.http import HttpRequest
from django.test.utils import override_settings

from tests.api.calls import NOBODY, V1, created, fields, ok, problem, sell
from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server


class CountingHasher(PBKDF2PasswordHasher):
    """The product's own hash with one round, counted."""

    iterations = 1
    made = 0

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        type(self).made += 1
        return str(super().encode(password, salt, iterations))


def log_in(client: httpx.Client, who: SellerAtHand | StaffAtHand, **changes: Any) -> httpx.Response:  # JSON
    body = {"username": who.username, "password": who.password, **changes}
    return client.post(f"{V1}/tokens", json=body)


def with_key(client: httpx.Client, key: str) -> httpx.Client:
    return httpx.Client(base_url=client.base_url, headers={"Authorization": f"Bearer {key}"}, timeout=30)


def test_a_password_makes_a_key_that_works(api: Api, seller: SellerAtHand) -> None:
    answer = log_in(api(), seller, label="till 4")

    token = created(answer)
    assert token.keys() == {"id", "token", "label", "created_at", "expires_at"}
    assert re.fullmatch(r"tk_[0-9a-f]{32}_[A-Za-z0-9_-]{43}", token["token"])
    assert (token["label"], token["expires_at"]) == ("till 4", None)
    assert "no-store" in answer.headers["Cache-Control"]
    with with_key(api(), token["token"]) as client:
        assert sell(client).status_code == 201


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(api: Api, seller: SellerAtHand) -> None:
    client = api()
    client.headers["Request-Id"] = "one"

    wrong, unknown = log_in(client, seller, password="x"), log_in(client, seller, username="nobody-at-all")

    problem(wrong, 401, "unauthenticated")
    assert wrong.content == unknown.content


def test_an_unknown_name_costs_as_many_hashes_as_a_wrong_password(seller: SellerAtHand) -> None:
    """What takes as long can't be told apart; how long is for no test to say."""

    def hashes(username: str) -> int:
        CountingHasher.made = 0
        with override_settings(PASSWORD_HASHERS=[f"{__name__}.CountingHasher"]):
            found = authenticate(HttpRequest(), username=username, password="x")
        assert found is None
        return CountingHasher.made

    hashes(seller.username)  # a hash of other rounds than these is made anew once
    assert hashes("nobody-at-all") == hashes(seller.username) == 1


def test_a_secret_is_shown_once(api: Api, seller: SellerAtHand, selling: httpx.Client) -> None:
    token = created(log_in(api(), seller))

    page = selling.get(f"{V1}/tokens")

    (listed,) = [row for row in ok(page)["data"] if row["id"] == token["id"]]
    assert listed.keys() == {"id", "label", "created_at", "expires_at"}
    assert token["token"].split("_", 2)[2] not in page.text


def test_only_a_hash_of_a_secret_is_kept(api: Api, seller: SellerAtHand, app: Any) -> None:
    secret = created(log_in(api(), seller))["token"].split("_", 2)[2]

    rows = app.execute("SELECT k::text FROM sellers_apikey k WHERE user_id = %s", [seller.user_id]).fetchall()

    assert rows
    assert not any(secret in row for (row,) in rows)


def test_a_revoked_key_is_refused_at_the_next_request(api: Api, seller: SellerAtHand) -> None:
    token = created(log_in(api(), seller))
    with with_key(api(), token["token"]) as client:
        assert client.delete(f"{V1}/tokens/{token['id']}").status_code == 204

        answer = client.get(f"{V1}/balance")

        problem(answer, 401, "unauthenticated")
        assert client.delete(f"{V1}/tokens/{token['id']}").status_code == 401


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_revoked_key_sells_nothing_although_it_is_remembered(
    api: Api, serve: Callable[..., Server], new_seller: NewSeller, workers: str
) -> None:
    server = serve(API_WORKERS=workers)
    owner = new_seller(available=1_000_000)
    token = created(log_in(api(on=server), owner))
    clients = [with_key(api(on=server), token["token"]) for _ in range(8)]  # both workers have some
    assert {sell(client).status_code for client in clients} == {201}

    api(owner, on=server).delete(f"{V1}/tokens/{token['id']}")

    assert {sell(client).status_code for client in clients} == {401}
    assert sell(api(owner, on=server)).status_code == 201  # another key of the same user
    for client in clients:
        client.close()


def test_a_batch_with_a_revoked_key_sells_nothing(api: Api, seller: SellerAtHand) -> None:
    token = created(log_in(api(), seller))
    with with_key(api(), token["token"]) as client:
        assert sell(client).status_code == 201
        api(seller).delete(f"{V1}/tokens/{token['id']}")
        item = {"phone_number": "09123456789", "amount": 1, "reference": "after"}

        answer = client.post(f"{V1}/recharges/batch", json={"items": [item]})

    if answer.status_code == 200:
        assert [result["status"] for result in answer.json()["results"]] == [401]
    else:
        problem(answer, 401, "unauthenticated")


def test_a_key_of_another_is_not_found(api: Api, seller: SellerAtHand, new_seller: NewSeller) -> None:
    stranger = api(new_seller())
    token = created(log_in(api(), seller))
    stranger.headers["Request-Id"] = "one"

    answer = stranger.delete(f"{V1}/tokens/{token['id']}")

    problem(answer, 404, "not_found")
    assert answer.content == stranger.delete(f"{V1}/tokens/{NOBODY}").content
    with with_key(api(), token["token"]) as client:
        assert client.get(f"{V1}/balance").status_code == 200


def test_a_key_ends_when_it_was_to_end(api: Api, seller: SellerAtHand, owner: Any) -> None:
    token = created(log_in(api(), seller, expires_in_s=60))
    with with_key(api(), token["token"]) as client:
        assert sell(client).status_code == 201
        past = "UPDATE sellers_apikey SET expires_at = now() - interval '1 s' WHERE id = %s"
        owner.execute(past, [token["id"]])

        problem(client.get(f"{V1}/transactions"), 401, "unauthenticated")


def test_a_remembered_key_ends_when_it_was_to_end(api: Api, seller: SellerAtHand, owner: Any) -> None:
    token = created(log_in(api(), seller, expires_in_s=60))
    soon = "UPDATE sellers_apikey SET expires_at = now() + interval '2 s' WHERE id = %s"
    owner.execute(soon, [token["id"]])
    with with_key(api(), token["token"]) as client:
        assert sell(client).status_code == 201

        time.sleep(2.1)

        problem(client.get(f"{V1}/balance"), 401, "unauthenticated")
        problem(sell(client), 401, "unauthenticated")


@pytest.mark.parametrize("seconds", [0, 59, -1, 10**12, "60", 1.5])
def test_a_key_lives_a_minute_to_ten_years(api: Api, seller: SellerAtHand, seconds: object) -> None:
    answer = log_in(api(), seller, expires_in_s=seconds)

    assert fields(problem(answer, 422, "validation_error")) == ["expires_in_s"]


def test_nobody_has_more_than_fifty_keys(api: Api, seller: SellerAtHand, people: Any) -> None:
    from django.utils import timezone  # noqa: PLC0415  # Django is set up by the installation

    user = people.User.objects.get(id=seller.user_id)
    for _ in range(49):
        people.tokens.issue(user=user, label="spare", now=timezone.now())

    problem(log_in(api(), seller), 422, "validation_error")

    spare = ok(api(seller).get(f"{V1}/tokens"))["data"]
    assert len(spare) == 50
    api(seller).delete(f"{V1}/tokens/{spare[0]['id']}")
    created(log_in(api(), seller))


@pytest.mark.parametrize("scheme", ["Token", "Bearer", "token", "BEARER"])
def test_a_key_is_presented_in_either_scheme(api: Api, seller: SellerAtHand, scheme: str) -> None:
    client = api()
    client.headers["Authorization"] = f"{scheme} {seller.key}"

    assert client.get(f"{V1}/balance").status_code == 200
    assert sell(client).status_code == 201
    assert sell(client).status_code == 201  # remembered by now


def test_a_member_who_left_is_refused_at_the_next_request(
    api: Api, new_seller: NewSeller, owner: Any
) -> None:
    left = new_seller(available=100_000)
    owner.execute("UPDATE sellers_user SET is_active = false WHERE id = %s", [left.user_id])

    problem(api(left).get(f"{V1}/balance"), 401, "unauthenticated")
    problem(log_in(api(), left), 401, "unauthenticated")
