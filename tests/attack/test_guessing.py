"""Guessing gets nowhere: of a key it is stopped by address, and who has a good one does not notice.

Passwords and codes are locked out by user and address: tests/portal/test_login.py; that an unknown name costs
as many hashes as a wrong password: tests/api/test_tokens.py.
"""

import hmac
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.api.calls import V1, problem
from tests.conftest import HasKey, NewSeller
from tests.portal.conftest import Visit, visit
from tests.support.installation import Installation
from tests.support.server import Server, serving
from topup.addresses import source
from topup.sellers import keys

__all__ = ["visit"]

Calling = Callable[..., httpx.Client]
QUOTA = 5
LEFT_S = 20
"""Of a window, so that it does not end in the middle of a test."""
PATIENCE_S = 120
TIMEOUT_S = 60


@pytest.fixture(scope="module")
def guarded(installation: Installation) -> Iterator[Server]:
    with serving(installation, WRONG_KEYS_PER_MINUTE=str(QUOTA)) as started:
        yield started


@pytest.fixture
def calling(guarded: Server) -> Iterator[Calling]:
    """A client that calls from an address of its own, so that nobody else's guesses are counted to it."""
    with ExitStack() as stack:

        def make(address: str, who: HasKey | None = None) -> httpx.Client:
            headers = {} if who is None else {"Authorization": f"Token {who.key}"}
            transport = httpx.HTTPTransport(local_address=address)
            made = httpx.Client(base_url=guarded.url, headers=headers, transport=transport, timeout=TIMEOUT_S)
            return stack.enter_context(made)

        yield make


def guess(client: httpx.Client) -> httpx.Response:
    """A key of the right form that is nobody's."""
    made = keys.make(str(uuid.uuid4())).written()
    return client.get(f"{V1}/balance", headers={"Authorization": f"Token {made}"})


def guess_until_stopped(client: httpx.Client) -> httpx.Response:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        answer = guess(client)
        if answer.status_code == 429 and int(answer.headers["Retry-After"]) > LEFT_S:
            return answer
        time.sleep(0.05)  # a window that is nearly over is let pass
    raise AssertionError("guessing is never stopped")


def test_who_guesses_keys_is_stopped(calling: Calling) -> None:
    stranger = calling("127.0.0.2")

    refusal = problem(guess_until_stopped(stranger), 429, "rate_limited")

    assert f"More than {QUOTA}" in refusal["detail"]
    assert guess(stranger).status_code == 429
    assert guess(calling("127.0.0.3")).status_code == 401


def test_a_guess_that_would_be_right_is_not_told_once_they_are_stopped(
    calling: Calling, new_seller: NewSeller
) -> None:
    guessed = new_seller()

    guess_until_stopped(calling("127.0.0.4"))

    assert calling("127.0.0.4", guessed).get(f"{V1}/balance").status_code == 429


def test_who_was_here_with_a_good_key_is_served_on(calling: Calling, new_seller: NewSeller) -> None:
    client = calling("127.0.0.5", new_seller(available=20_000))
    sale = {"phone_number": "09121234567", "amount": 10_000}
    assert client.get(f"{V1}/balance").status_code == 200

    guess_until_stopped(calling("127.0.0.5"))

    assert client.get(f"{V1}/balance").status_code == 200
    assert client.post(f"{V1}/recharges", json=sale, headers={"Idempotency-Key": "a"}).status_code == 201


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_whoever_has_a_network_has_no_more_guesses_than_its_neighbour(address: str, counted: str) -> None:
    assert source(address) == counted


def test_secrets_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    monkeypatch.setattr(hmac, "compare_digest", lambda *both: compared.append(both))
    key = keys.make(str(uuid.uuid4()))

    key.matches(b"\0" * 32)

    assert compared == [(key.digest(), b"\0" * 32)]


def test_a_log_in_gets_a_session_that_nobody_knew_before(visit: Visit, new_seller: NewSeller) -> None:
    victim, visitor = new_seller(), visit()
    planted = "p" * 32
    visitor.client.cookies.set("sessionid", planted)

    visitor.log_in(victim)

    chosen = [cookie.value for cookie in visitor.client.cookies.jar if cookie.name == "sessionid"]
    assert planted not in chosen[-1:]
    assert httpx.get(visitor.client.base_url, cookies={"sessionid": planted}).status_code == 302


def test_a_session_ends_where_its_owner_logs_out(visit: Visit, new_seller: NewSeller) -> None:
    visitor = visit(new_seller())
    stolen = dict(visitor.client.cookies)

    visitor.client.post("/account/logout/", headers={"X-CSRFToken": visitor.client.cookies["csrftoken"]})

    assert (
        httpx.get(visitor.client.base_url, cookies=stolen).headers["Location"].startswith("/account/login/")
    )


def test_a_changed_password_ends_the_sessions_that_were_open_elsewhere(
    visit: Visit, new_seller: NewSeller
) -> None:
    seller = new_seller()
    here, elsewhere = visit(seller), visit(seller)

    changed = {"oldpassword": seller.password, "password1": "an-other-pass-9", "password2": "an-other-pass-9"}
    here.send("/account/password/", **changed)

    assert elsewhere.open("/").url.path == "/account/login/"
