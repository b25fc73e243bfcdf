"""The console's queues of unknown recharges and of disputes: decided once, with evidence."""

import subprocess
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.console.browser import RECHARGES, Browser, fields, messages
from tests.recharges.driving import (
    ABOVE_MINOR,
    V1,
    assert_books_are_right,
    life,
    place,
    sell,
    succeeded,
    unknown,
)
from tests.recharges.place import Place
from topup.recharges.lifecycle import State

__all__ = ["place"]

REVIEWS = "/admin/recharges/review/"
DISPUTES = "/admin/recharges/dispute/"
PASSWORD = "a-password-of-the-tests"


@pytest.fixture(scope="module")
def browsers(place: Place) -> Iterator[list[Browser]]:
    """Two of staff, logged in."""
    made = [logged_in(place, name) for name in ("first", "second")]
    yield made
    for browser in made:
        browser.client.close()


def logged_in(place: Place, name: str) -> Browser:
    subprocess.run(
        place.installation.command("createsuperuser", "--noinput", "--username", name, "--email", "a@b.ir"),
        env=place.installation.environment(DJANGO_SUPERUSER_PASSWORD=PASSWORD),
        check=True,
        capture_output=True,
    )
    browser = Browser(place.server.url)
    assert browser.log_in(name, PASSWORD).url.path == "/admin/"
    return browser


def test_the_queue_begins_with_what_waits_for_staff(place: Place, browsers: list[Browser]) -> None:
    waiting, asked = sell(place), sell(place)
    unknown(place, waiting, review=True)
    unknown(place, asked)

    first = browsers[0].open(REVIEWS).text
    every = browsers[0].open(REVIEWS, queue="all").text

    assert waiting in first
    assert asked not in first
    assert asked in every


@pytest.mark.parametrize("path", [REVIEWS, RECHARGES])
def test_a_page_shows_every_word_with_the_operator(place: Place, browsers: list[Browser], path: str) -> None:
    recharge_id = sell(place)
    unknown(place, recharge_id, review=True)

    page = browsers[0].open(f"{path}{recharge_id}/change/").text

    assert "what came, as it came" in page
    assert recharge_id.replace("-", "") + "01" in page
    assert "processing" in page


@pytest.mark.parametrize(("action", "state"), [("mark_delivered", "succeeded"), ("mark_failed", "failed")])
def test_marking_asks_for_evidence_first(
    place: Place, browsers: list[Browser], action: str, state: str
) -> None:
    recharge_id = sell(place)
    unknown(place, recharge_id, review=True)

    question = browsers[0].act(REVIEWS, action, recharge_id)
    empty = browsers[0].post(REVIEWS, fields(question.text) | {"evidence": " "})
    assert "errorlist" in empty.text
    assert place.state(recharge_id) is State.UNKNOWN
    answers = [browsers[0].act(REVIEWS, action, recharge_id, evidence="their log") for _ in range(2)]

    assert "marked" in messages(answers[0])
    assert "already decided" in messages(answers[1])
    assert life(place, recharge_id)["events"][-1]["evidence"] == "their log"
    assert place.state(recharge_id) == state


def test_a_large_failure_takes_two_people(place: Place, browsers: list[Browser]) -> None:
    recharge_id = sell(place, amount=ABOVE_MINOR + 1)
    unknown(place, recharge_id, review=True)
    first, second = browsers

    assert "somebody else" in messages(first.act(REVIEWS, "mark_failed", recharge_id, evidence="no trace"))
    assert "nobody decides" in messages(first.act(REVIEWS, "mark_failed", recharge_id, evidence="no trace"))
    assert place.state(recharge_id) is State.UNKNOWN
    assert "withdrawn" in messages(first.act(REVIEWS, "withdraw", recharge_id))
    second.act(REVIEWS, "mark_failed", recharge_id, evidence="no trace")
    assert "marked failed" in messages(first.act(REVIEWS, "mark_failed", recharge_id, evidence="none"))

    assert place.state(recharge_id) is State.FAILED
    assert_books_are_right(place)


def test_asking_again_makes_the_query_due(place: Place, browsers: list[Browser]) -> None:
    waiting, on_its_way = sell(place), sell(place)
    unknown(place, waiting, review=True)

    assert "asked again" in messages(browsers[0].act(REVIEWS, "query_again", waiting))
    assert "on its way" in messages(browsers[0].act(REVIEWS, "query_again", on_its_way))
    assert life(place, waiting)["next_check_at"] is not None


@pytest.mark.parametrize(("action", "state"), [("reverse_recharges", "reversed"), ("refuse", "refused")])
def test_a_dispute_is_answered_once(place: Place, browsers: list[Browser], action: str, state: str) -> None:
    path = f"{V1}/recharges/{succeeded(place)}/disputes"
    dispute_id = place.shops[0].client.post(path, json={"reason": "it never came"}).json()["id"]
    assert dispute_id in browsers[0].open(DISPUTES).text

    assert 'name="reason"' in browsers[0].act(DISPUTES, action, dispute_id).text
    more = {"reason": "we looked", "evidence": "their log"}
    answers = [browsers[0].act(DISPUTES, action, dispute_id, **more) for _ in range(2)]

    assert "already decided" in messages(answers[1])
    assert place.shops[0].read(f"{V1}/disputes/{dispute_id}")["status"] == state
    assert "we looked" in browsers[0].open(f"{DISPUTES}{dispute_id}/change/").text
    assert_books_are_right(place)


def test_what_is_not_there_is_said(place: Place, browsers: list[Browser]) -> None:
    nothing = "01920000-0000-7000-8000-00000000000a"

    assert "no such thing" in messages(browsers[0].act(REVIEWS, "mark_failed", nothing, evidence="x"))
    assert "no such" in messages(browsers[0].act(DISPUTES, "refuse", nothing, reason="x", evidence="y"))


def test_who_may_only_look_decides_nothing(place: Place) -> None:
    with closing(logged_in(place, "clerk").client) as client:
        place.owner.execute("UPDATE sellers_user SET is_superuser = false WHERE username = 'clerk'")
        assert client.get(REVIEWS).status_code == client.get(DISPUTES).status_code == 403
