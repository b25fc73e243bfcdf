"""The console's queues of unknown recharges and of disputes: decided once, with evidence."""

import re
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
from topup import clock, ids
from topup.recharges.lifecycle import State

__all__ = ["place"]

REVIEWS = "/console/recharges/review/"
DISPUTES = "/console/recharges/dispute/"
PASSWORD = "a-password-of-the-tests"


@pytest.fixture(scope="module")
def browsers(place: Place) -> Iterator[list[Browser]]:
    """Two of staff, logged in."""
    made = [logged_in(place, name) for name in ("first", "second")]
    yield made
    for browser in made:
        browser.client.close()


def logged_in(place: Place, name: str, *, role: str = "") -> Browser:
    """A superuser, or who has this role and no more."""
    subprocess.run(
        place.installation.command("createsuperuser", "--noinput", "--username", name, "--email", "a@b.ir"),
        env=place.installation.environment(DJANGO_SUPERUSER_PASSWORD=PASSWORD),
        check=True,
        capture_output=True,
    )
    if role:
        lesser = "UPDATE sellers_user SET is_superuser = false, role = %s WHERE username = %s"
        place.owner.execute(lesser, (role, name))
    browser = Browser(place.server.url)
    assert browser.log_in(name, PASSWORD).url.path == "/console/"
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


def test_support_asks_again_and_decides_nothing(place: Place) -> None:
    recharge_id = sell(place)
    unknown(place, recharge_id, review=True)
    clerk = logged_in(place, "clerk", role="support")
    with closing(clerk.client):
        assert recharge_id in clerk.open(REVIEWS).text
        clerk.act(REVIEWS, "mark_failed", recharge_id, evidence="x")
        refused = [clerk.open(page_of(recharge_id, deed)) for deed in ("mark/failed", "reverse")]
        asked = clerk.post(page_of(recharge_id, "ask-again"), {})

    assert [answer.status_code for answer in refused] == [403, 403]
    assert "asked again" in messages(asked)
    assert place.state(recharge_id) is State.UNKNOWN


def test_the_page_of_a_recharge_tells_its_whole_life(place: Place, browsers: list[Browser]) -> None:
    recharge_id = succeeded(place)
    path = f"{V1}/recharges/{recharge_id}/disputes"
    place.shops[0].client.post(path, json={"reason": "it never came to me"})

    page = browsers[0].open(page_of(recharge_id)).text
    told = page.partition('class="timeline"')[2].partition("</ol>")[0]

    in_order = ["sold", "hold", "asked to deliver", "the operator delivered it", "capture", "it never came"]
    assert [word for word in in_order if word in told] == in_order
    assert "the operator&#x27;s words" in told


def test_an_unknown_recharge_is_decided_on_its_page(place: Place, browsers: list[Browser]) -> None:
    recharge_id = sell(place)
    unknown(place, recharge_id, review=True)
    mark = page_of(recharge_id, "mark/delivered")

    empty = browsers[0].send(mark, evidence=" ")
    done = browsers[0].send(mark, evidence="their log")
    again = browsers[0].post(mark, {"evidence": "their log"})

    assert "errorlist" in empty.text
    assert "marked delivered" in messages(done)
    assert "already decided" in messages(again)
    assert place.state(recharge_id) is State.SUCCEEDED
    assert_books_are_right(place)


def test_a_success_is_given_back_once_on_its_page(place: Place, browsers: list[Browser]) -> None:
    recharge_id = succeeded(place)

    done = browsers[0].send(page_of(recharge_id, "reverse"), reason="a wrong number")
    again = browsers[0].post(page_of(recharge_id, "reverse"), {"reason": "a wrong number"})

    assert "the price is available again" in messages(done)
    assert "only a recharge that succeeded" in messages(again)
    assert "a wrong number" in browsers[0].open(page_of(recharge_id)).text
    assert place.state(recharge_id) is State.REVERSED
    assert_books_are_right(place)


def test_the_dashboard_tells_what_waits_and_how_old_the_unknown_is(
    place: Place, browsers: list[Browser]
) -> None:
    waiting, old = sell(place), sell(place)
    unknown(place, waiting, review=True)
    unknown(place, old)
    place.owner.execute(
        "UPDATE recharges.errand SET unknown_since_us = unknown_since_us - 7200000000 WHERE recharge_id = %s",
        [old],
    )

    today = browsers[0].open("/console/today/").text

    rows = place.owner.execute("SELECT count(*) FROM recharges.review").fetchone()
    assert rows is not None
    assert f"under 1 hour: {rows[0] - 1} " in today
    assert re.search(r"1 to 6 hours: 1 · 1,000", today)
    assert re.search(
        r"Recharges to review</span><span class=.tile-value bad.>[1-9]", browsers[0].open("/console/").text
    )


def test_every_deed_is_in_the_audit_log_with_who_and_why(place: Place, browsers: list[Browser]) -> None:
    recharge_id = sell(place, amount=ABOVE_MINOR + 1)
    unknown(place, recharge_id, review=True)
    first, second = browsers

    first.act(REVIEWS, "query_again", recharge_id)
    for _ in range(2):
        first.act(REVIEWS, "mark_failed", recharge_id, evidence="no trace")
    first.act(REVIEWS, "withdraw", recharge_id)
    second.act(REVIEWS, "mark_failed", recharge_id, evidence="none here")
    first.act(REVIEWS, "mark_failed", recharge_id, evidence="none there")

    assert noted(place, recharge_id) == [
        ("first", "operator_asked", ""),
        ("first", "failure_proposed", "no trace"),
        ("first", "proposal_withdrawn", ""),
        ("second", "failure_proposed", "none here"),
        ("first", "recharge_decided", "none there"),
    ]


def test_a_webhook_is_sent_again_from_the_page_once_it_has_ended(
    place: Place, browsers: list[Browser]
) -> None:
    recharge_id = succeeded(place)
    delivery_id = delivered(place, recharge_id)
    page = page_of(recharge_id)

    assert "recharge.succeeded" in browsers[0].open(page).text
    assert "410 · 12" in browsers[0].open(page).text
    answers = [browsers[0].post(f"{page_of(recharge_id, 'resend')}{delivery_id}/", {}) for _ in range(2)]

    assert "sent again" in messages(answers[0])
    assert "on its way" in messages(answers[1])
    assert noted(place, delivery_id) == [("first", "webhook_resent", "")]


def page_of(recharge_id: str, deed: str = "change") -> str:
    return f"{RECHARGES}{recharge_id}/{deed}/"


def noted(place: Place, subject_id: str) -> list[tuple[str, str, str]]:
    """Who did what and why, oldest first."""
    rows = place.owner.execute(
        "SELECT u.username, e.act, split_part(e.reason, chr(10), 1) FROM audit.entry e"
        "  JOIN sellers_user u ON u.id = e.actor_id WHERE e.subject_id = %s ORDER BY e.id",
        [subject_id],
    )
    return [(row[0], row[1], row[2]) for row in rows.fetchall()]


def delivered(place: Place, recharge_id: str) -> str:
    """A delivery of the recharge's success, which its endpoint refused."""
    shop = place.shops[0].client
    endpoint = {"url": "https://seller.example/hook", "event_types": []}
    endpoint_id = shop.post(f"{V1}/webhook-endpoints", json=endpoint).json()["id"]
    delivery_id, now_us = ids.new(ids.seller_of(recharge_id)), clock.now_us()
    whose = (ids.seller_of(recharge_id), delivery_id)
    place.owner.execute(
        "INSERT INTO webhooks.delivery (seller_id, id, endpoint_id, event_id, type, payload, created_at_us,"
        " next_at_us, state, finished_at_us, attempts, tries)"
        " SELECT %s, %s, %s, ledger.movement_id(j.created_at_us, j.seq, j.seller_id), 'recharge.succeeded',"
        " '{}', %s, %s, 'failed', %s, 1, 1 FROM ledger.journal j"
        " WHERE j.seller_id = %s AND j.source_id = %s AND j.kind = 'capture'",
        [*whose, endpoint_id, now_us, now_us, now_us, whose[0], recharge_id],
    )
    answered = (*whose, 1, now_us, 12, 410)
    place.owner.execute(
        "INSERT INTO webhooks.delivery_attempt (seller_id, delivery_id, nr, at_us, took_ms, status)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        answered,
    )
    return delivery_id
