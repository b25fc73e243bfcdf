"""Logging in: a password, then a code where one is set up; guessing is locked out by user and address."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from types import ModuleType

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.portal.conftest import Visit
from tests.portal.visitor import LOGIN, Visitor
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server
from topup.trips import Connection

WRONG = "not-the-password"
FAILURES_MAX = 5
STEP_S = 30
CODES = 10


def code_of(secret: str, *, steps: int = 0) -> str:
    """What an authenticator app shows for a secret, now or some steps of 30 s from now (RFC 6238)."""
    counter = (int(time.time()) // STEP_S + steps).to_bytes(8, "big")
    digest = hmac.digest(base64.b32decode(secret), counter, hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 1_000_000:06}"


def switch_on(visitor: Visitor, who: SellerAtHand | StaffAtHand) -> tuple[str, list[str]]:
    """Set two-factor login up by its pages; returns the secret and the recovery codes."""
    page = visitor.open("/account/two-factor/totp/activate/")
    if "reauthenticate" in page.url.path:
        page = visitor.send(str(page.url.raw_path, "ascii"), password=who.password)
    secret = page.text.split('class="reference">')[1].split("<")[0]
    done = visitor.answer(page, "/account/two-factor/totp/activate/", code=code_of(secret))
    assert done.url.path == "/account/two-factor/recovery-codes/"
    return secret, [each.split("<")[0] for each in done.text.split('<li><bdi dir="ltr">')[1:]]


def test_a_wrong_password_and_an_unknown_user_are_told_alike(visit: Visit, new_seller: NewSeller) -> None:
    seller = new_seller()
    known = visit().log_in(seller, password=WRONG)
    unknown = visit().send(LOGIN, login=f"{seller.username}-nobody", password=WRONG)

    assert "The username or the password is wrong." in known.text
    assert "The username or the password is wrong." in unknown.text


def test_guessing_is_locked_out_even_with_the_right_password(visit: Visit, new_seller: NewSeller) -> None:
    seller = new_seller()
    visitor = visit()
    for _ in range(FAILURES_MAX):
        visitor.log_in(seller, password=WRONG)

    answer = visitor.log_in(seller)

    assert answer.status_code == httpx.codes.TOO_MANY_REQUESTS
    assert "Too many attempts" in answer.text
    assert "sessionid" not in visitor.client.cookies


def test_other_users_at_the_same_address_are_not_locked_out(visit: Visit, new_seller: NewSeller) -> None:
    guessed, other = new_seller(), new_seller()
    visitor = visit()
    for _ in range(FAILURES_MAX):
        visitor.log_in(guessed, password=WRONG)

    assert visitor.log_in(other).url.path == "/"


def test_a_capital_letter_makes_no_other_user_to_guess_at(visit: Visit, new_seller: NewSeller) -> None:
    seller = new_seller()
    visitor = visit()
    for written in (seller.username.upper(), seller.username.title(), *[seller.username] * 3):
        visitor.send(LOGIN, login=written, password=WRONG)

    assert visitor.log_in(seller).status_code == httpx.codes.TOO_MANY_REQUESTS


def test_guessing_over_the_api_is_locked_out_by_the_same_count(
    visit: Visit, api: Api, new_seller: NewSeller
) -> None:
    seller = new_seller()
    guess = {"username": seller.username, "password": WRONG}
    for _ in range(FAILURES_MAX):
        assert api().post("/api/v1/tokens", json=guess).status_code == httpx.codes.UNAUTHORIZED

    right = {"username": seller.username, "password": seller.password}

    assert api().post("/api/v1/tokens", json=right).status_code == httpx.codes.UNAUTHORIZED
    assert visit().log_in(seller).status_code == httpx.codes.TOO_MANY_REQUESTS


def test_a_password_alone_opens_nothing_where_a_code_is_set_up(visit: Visit, new_seller: NewSeller) -> None:
    seller = new_seller()
    secret, _ = switch_on(visit(seller), seller)
    visitor = visit()

    asked = visitor.log_in(seller)

    assert asked.url.path == "/account/two-factor/authenticate/"
    assert visitor.open("/").url.path != "/"
    # The code of now opened the door when it was set up; the next one is not used yet.
    done = visitor.send("/account/two-factor/authenticate/", code=code_of(secret, steps=1))
    assert done.url.path == "/"


def test_a_recovery_code_opens_once(visit: Visit, new_seller: NewSeller) -> None:
    seller = new_seller()
    _, codes = switch_on(visit(seller), seller)
    paths = []

    for _ in range(2):
        visitor = visit()
        visitor.log_in(seller)
        paths.append(visitor.send("/account/two-factor/authenticate/", code=codes[0]).url.path)

    assert paths == ["/", "/account/two-factor/authenticate/"]


def test_recovery_codes_are_shown_once(visit: Visit, new_seller: NewSeller) -> None:
    seller = new_seller()
    visitor = visit(seller)
    _, codes = switch_on(visitor, seller)

    again = visitor.open("/account/two-factor/recovery-codes/").text
    file = visitor.open("/account/two-factor/recovery-codes/download/")

    assert len(codes) == CODES
    assert not any(code in again for code in codes)
    assert f"{CODES} of them are not used yet." in again
    assert file.status_code == httpx.codes.FORBIDDEN


def test_what_codes_are_made_of_is_sealed(visit: Visit, new_seller: NewSeller, app: Connection) -> None:
    seller = new_seller()
    secret, _ = switch_on(visit(seller), seller)

    kept = app.execute("SELECT data FROM mfa_authenticator WHERE user_id = %s", (seller.user_id,)).fetchall()

    sealed = [str(row[0].get("secret", row[0].get("seed"))) for row in kept]
    assert [each.startswith("sealed:") for each in sealed] == [True, True]
    assert secret not in str(kept)


def test_a_secret_from_before_there_was_a_seal_still_opens(
    visit: Visit, new_seller: NewSeller, owner: Connection
) -> None:
    seller = new_seller()
    secret, _ = switch_on(visit(seller), seller)
    change = "UPDATE mfa_authenticator SET data = jsonb_build_object('secret', %s::text)"
    owner.execute(f"{change} WHERE user_id = %s AND type = 'totp'".encode(), (secret, seller.user_id))
    visitor = visit()
    visitor.log_in(seller)

    done = visitor.send("/account/two-factor/authenticate/", code=code_of(secret, steps=1))

    assert done.url.path == "/"


def test_a_secret_sealed_under_a_lost_key_lets_nobody_in(
    visit: Visit, new_seller: NewSeller, serve: Callable[..., Server]
) -> None:
    seller = new_seller()
    secret, _ = switch_on(visit(seller), seller)
    visitor = visit(on=serve(SECRET_KEY="another-" + "y" * 50))
    visitor.log_in(seller)

    answer = visitor.send("/account/two-factor/authenticate/", code=code_of(secret, steps=1))

    assert answer.status_code == httpx.codes.OK
    assert "This code is wrong or was used before." in answer.text


def test_what_one_changes_of_ones_own_login_is_on_record(
    visit: Visit, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller()
    visitor, changed = visit(seller), "another-password-of-the-tests"
    switch_on(visitor, seller)
    visitor.send("/account/two-factor/recovery-codes/generate/")
    visitor.send("/account/two-factor/totp/deactivate/")
    visitor.send("/account/password/", oldpassword=seller.password, password1=changed, password2=changed)

    query = "SELECT act FROM audit.entry WHERE seller_id = %s AND actor_id = %s ORDER BY id"
    acts = [row[0] for row in app.execute(query, (seller.id, seller.user_id)).fetchall()]

    assert acts[-4:] == ["two_factor_on", "recovery_codes_made", "two_factor_off", "password_changed"]


def test_codes_can_not_be_guessed_on_and_on(visit: Visit, new_seller: NewSeller) -> None:
    seller = new_seller()
    switch_on(visit(seller), seller)
    visitor = visit()
    visitor.log_in(seller)

    pages = [visitor.send("/account/two-factor/authenticate/", code=f"{turn:06}").text for turn in range(7)]

    assert "Too many codes were wrong" in pages[-1]


def test_a_password_makes_no_key_past_the_second_factor(
    visit: Visit, api: Api, new_seller: NewSeller
) -> None:
    seller = new_seller()
    switch_on(visit(seller), seller)

    answer = api().post("/api/v1/tokens", json={"username": seller.username, "password": seller.password})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_user_that_is_switched_off_does_not_get_in(
    visit: Visit, new_seller: NewSeller, owner: Connection
) -> None:
    seller = new_seller()
    owner.execute("UPDATE sellers_user SET is_active = false WHERE id = %s", (seller.user_id,))

    answer = visit().log_in(seller)

    assert answer.url.path == "/account/inactive/"


@pytest.mark.parametrize("path", ["/account/signup/", "/account/email/", "/account/password/reset/"])
def test_nobody_signs_up_or_asks_for_mail(visit: Visit, path: str) -> None:
    assert visit().open(path).status_code == httpx.codes.NOT_FOUND


def test_a_changed_password_is_the_one_that_opens(
    visit: Visit, new_seller: NewSeller, people: ModuleType
) -> None:
    seller = new_seller()
    changed = "another-password-of-the-tests"
    values = {"oldpassword": people.PASSWORD, "password1": changed, "password2": changed}

    answer = visit(seller).send("/account/password/", **values)

    assert "The password is changed." in answer.text
    assert visit().log_in(seller, password=changed).url.path == "/"
