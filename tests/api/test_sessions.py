"""Who is logged in to the pages may use the API with the session, and proves that it meant to."""

import httpx
import pytest

from tests.api.calls import V1, balance, created, problem, sell
from tests.conftest import Api
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand


def session_for(client: httpx.Client, user_id: int) -> str:
    """Log a user in as a page does, and return the CSRF token."""
    from django.contrib.auth import SESSION_KEY, get_user_model  # noqa: PLC0415  # needs an installation
    from django.contrib.auth import login as django_login  # noqa: PLC0415
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415
    from django.http import HttpRequest  # noqa: PLC0415
    from django.middleware.csrf import get_token  # noqa: PLC0415

    request = HttpRequest()
    request.session = SessionStore()
    user = get_user_model().objects.get(pk=user_id)
    django_login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert SESSION_KEY in request.session
    get_token(request)
    request.session.save()
    token = str(request.META["CSRF_COOKIE"])
    client.cookies.update({"sessionid": str(request.session.session_key), "csrftoken": token})
    return token


@pytest.fixture
def browser(api: Api) -> httpx.Client:
    return api()


def test_a_session_reads_without_a_key(browser: httpx.Client, seller: SellerAtHand) -> None:
    session_for(browser, seller.user_id)

    assert balance(browser)["available"] == 1_000_000


def test_a_session_sells_with_its_csrf_token(browser: httpx.Client, seller: SellerAtHand) -> None:
    browser.headers["X-CSRFToken"] = session_for(browser, seller.user_id)

    assert created(sell(browser))["balance_after"] == 995_000


@pytest.mark.parametrize("token", [None, "", "x" * 32, "wrong"])
def test_a_session_moves_nothing_without_its_csrf_token(
    browser: httpx.Client, seller: SellerAtHand, token: str | None
) -> None:
    session_for(browser, seller.user_id)
    if token is not None:
        browser.headers["X-CSRFToken"] = token

    problem(sell(browser), 403, "csrf_failed")
    problem(browser.post(f"{V1}/credit-requests", json={"amount": 1}), 403, "csrf_failed")
    assert balance(browser)["version"] == 1


def test_a_form_on_another_site_moves_nothing(browser: httpx.Client, seller: SellerAtHand) -> None:
    browser.headers["X-CSRFToken"] = session_for(browser, seller.user_id)
    browser.headers["Origin"] = "https://elsewhere.example"

    problem(sell(browser), 403, "csrf_failed")


def test_a_page_of_this_site_may_sell(browser: httpx.Client, seller: SellerAtHand) -> None:
    browser.headers["X-CSRFToken"] = session_for(browser, seller.user_id)
    browser.headers["Origin"] = str(browser.base_url).rstrip("/")

    created(sell(browser))


def test_staff_who_logged_in_to_the_console_may_adjust(
    browser: httpx.Client, staff: StaffAtHand, seller: SellerAtHand
) -> None:
    page = browser.get("/account/login/")
    form = {"login": staff.username, "password": staff.password}
    form["csrfmiddlewaretoken"] = page.cookies["csrftoken"]
    assert browser.post("/account/login/", data=form).headers["Location"] == "/console/"
    browser.headers["X-CSRFToken"] = browser.cookies["csrftoken"]

    body = {"seller_id": seller.id, "amount": 1, "reason": "by hand"}

    created(browser.post(f"{V1}/adjustments", json=body))


@pytest.mark.parametrize(
    "cookie", ["sessionid=nobody", "sessionid=", "x", 'sessionid="a;b', "=;=", "sessionid=%00"]
)
def test_a_session_that_is_none_is_nobody(browser: httpx.Client, cookie: str) -> None:
    answer = browser.get(f"{V1}/balance", headers={"Cookie": cookie})

    problem(answer, 401, "unauthenticated")


def test_a_key_counts_before_a_session(browser: httpx.Client, seller: SellerAtHand) -> None:
    session_for(browser, seller.user_id)

    answer = browser.get(f"{V1}/balance", headers={"Authorization": "Token wrong"})

    problem(answer, 401, "unauthenticated")


def test_a_suspended_seller_reads_but_sells_nothing_by_session(
    browser: httpx.Client, deciding: httpx.Client, seller: SellerAtHand
) -> None:
    browser.headers["X-CSRFToken"] = session_for(browser, seller.user_id)
    deciding.patch(f"{V1}/sellers/{seller.id}", json={"status": "suspended"})

    problem(sell(browser), 403, "seller_suspended")
    assert balance(browser)["available"] == 1_000_000
