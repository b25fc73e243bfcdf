"""A session is known to every server, and ended in every one by a log-out, Redis or no Redis."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from typing import Any

import httpx
import pytest

from tests.support.redis_at_hand import RedisAtHand
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server

HOME = "/console/"
THIEF = "a-session-of-a-thief"


@pytest.fixture
def browsers(
    serve: Callable[..., Server], redis: RedisAtHand, staff: StaffAtHand
) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """One session of a member of staff at two servers."""
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(httpx.Client(base_url=serve(REDIS_URL=redis.url).url, timeout=30))
            for _ in range(2)
        )
        form = {"login": staff.username, "password": staff.password, "next": HOME}
        assert sent(one, "/account/login/", form).status_code == httpx.codes.FOUND
        other.cookies.update(one.cookies)
        yield one, other


def sent(browser: httpx.Client, path: str, form: dict[str, str]) -> httpx.Response:
    page = browser.get("/account/login/" if "login" in path else HOME).text
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found is not None
    return browser.post(path, data={**form, "csrfmiddlewaretoken": found.group(1)})


def logged_in(browser: httpx.Client) -> bool:
    return browser.get(HOME).status_code == httpx.codes.OK


def test_a_session_is_known_to_the_other_server_without_the_database(
    browsers: tuple[httpx.Client, httpx.Client], redis: RedisAtHand
) -> None:
    assert all(logged_in(browser) for browser in browsers * 3)
    assert redis.client.keys("topup:1:session:*")


def test_a_session_that_was_copied_in_redis_logs_nobody_in(
    browsers: tuple[httpx.Client, httpx.Client], redis: RedisAtHand
) -> None:
    one, other = browsers
    assert logged_in(one)
    kept, name = (
        "topup:1:session:" + sha256(key.encode()).hexdigest() for key in (one.cookies["sessionid"], THIEF)
    )
    for end in ("", ":token"):
        value: Any = redis.client.get(kept + end)
        assert value
        redis.client.set(name + end, value)

    other.cookies.clear()
    other.cookies.set("sessionid", THIEF, domain="127.0.0.1")

    assert not logged_in(other)


def test_a_log_out_holds_at_once_at_the_other_server(
    browsers: tuple[httpx.Client, httpx.Client],
) -> None:
    one, other = browsers
    assert logged_in(other)

    sent(one, "/account/logout/", {})

    assert not logged_in(other)


@pytest.mark.parametrize("trouble", ["stop", "hang", "flush"])
def test_a_session_goes_on_without_redis_and_ends_without_it(
    browsers: tuple[httpx.Client, httpx.Client], redis: RedisAtHand, trouble: str
) -> None:
    one, other = browsers
    getattr(redis, trouble)()
    assert logged_in(one)
    assert logged_in(other)

    sent(one, "/account/logout/", {})

    assert not logged_in(other)
