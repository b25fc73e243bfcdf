"""Where STAFF_TWO_FACTOR is required, the console opens to who has set a second factor up, to nobody else."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.portal.test_login import switch_on
from tests.portal.visitor import Visitor
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server

SET_UP = "/account/two-factor/totp/activate/"


@pytest.fixture
def strict(serve: Callable[..., Server]) -> Iterator[Callable[[StaffAtHand], Visitor]]:
    """Logs somebody in where a second factor is required."""
    server = serve(STAFF_TWO_FACTOR="required")
    with ExitStack() as stack:

        def logged_in(who: StaffAtHand) -> Visitor:
            visitor = Visitor(server.url)
            stack.enter_context(visitor.client)
            visitor.log_in(who)
            return visitor

        yield logged_in


@pytest.mark.parametrize("path", ["/console/", "/console/sellers/seller/", "/console/today/"])
def test_staff_without_one_are_led_to_set_it_up(
    strict: Callable[[StaffAtHand], Visitor], new_staff: Callable[[], StaffAtHand], path: str
) -> None:
    answer = strict(new_staff()).open(path)

    assert SET_UP in [each.url.path for each in answer.history]
    assert "The console opens when two-factor login is switched on." in answer.text


def test_the_console_opens_once_it_is_set_up(
    strict: Callable[[StaffAtHand], Visitor], new_staff: Callable[[], StaffAtHand]
) -> None:
    who = new_staff()
    visitor = strict(who)

    switch_on(visitor, who)

    assert visitor.open("/console/").url.path == "/console/"


def test_nothing_is_done_without_it(
    strict: Callable[[StaffAtHand], Visitor], new_staff: Callable[[], StaffAtHand]
) -> None:
    visitor = strict(new_staff())

    token = {"csrfmiddlewaretoken": visitor.client.cookies["csrftoken"]}
    answer = visitor.client.post("/console/sellers/seller/add/", data=token | {"name": "mine"})

    assert SET_UP in [each.url.path for each in answer.history]


def test_nobody_is_asked_for_one_where_it_is_off(
    server: Server, new_staff: Callable[[], StaffAtHand]
) -> None:
    visitor = Visitor(server.url)
    with visitor.client:
        assert visitor.log_in(new_staff()).url.path == "/console/"


def test_the_session_of_one_without_it_opens_no_api_either(
    strict: Callable[[StaffAtHand], Visitor], new_staff: Callable[[], StaffAtHand]
) -> None:
    who = new_staff()
    visitor = strict(who)

    before = visitor.client.get("/api/v1/sellers")
    switch_on(visitor, who)

    assert (before.status_code, before.json()["code"]) == (403, "forbidden")
    assert visitor.client.get("/api/v1/sellers").status_code == 200
