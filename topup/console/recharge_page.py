"""What a recharge's page shows: one timeline of everything that happened, and what may be done now.

Owns what is read for it, each part with a limit, and the order of the timeline. It must never change
anything, and shows what operators and endpoints answered as it came.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from topup import trips
from topup.console import columns, reading, words
from topup.console.wording import Title
from topup.ledger import literals, on_django
from topup.recharges import reverse, review, timeline
from topup.recharges.lifecycle import State
from topup.recharges.review import Proposal
from topup.recharges.rules import Recharge
from topup.recharges.timeline import Attempt, Event, Life
from topup.sellers.models import User
from topup.trips import Row

MAX_DISPUTES, MAX_CASES, MAX_EVENTS, MAX_DELIVERIES = 20, 20, 50, 100
"""Of one recharge; the lists have the others."""
TONES: dict[str, str] = {
    "succeeded": "good", "delivered": "good", "failed": "bad", "refused": "bad", "unknown": "warn",
    "reversed": "warn", "open": "warn", "pending": "subtle",
}  # fmt: skip
"""How a word of a state is coloured; the word says it too."""
OPENED, EVENT, ATTEMPT, MOVEMENT, CLOSED = range(5)
"""Of what has the same moment, which comes first."""


class Entry(NamedTuple):
    """One line of the timeline. `icon` is a name in the font; `raw` is shown as it came; `url` leads on."""

    at_us: int
    rank: int
    icon: str
    title: Title
    about: str = ""
    who: Title = ""
    raw: str = ""
    tone: str = ""
    url: str = ""

    @property
    def at(self) -> str:
        return columns.when(self.at_us)


class Delivery(NamedTuple):
    """One webhook about the recharge, with what its endpoint answered."""

    id: str
    type: str
    state: Title
    tone: str
    url: str
    at: str
    ended: bool
    attempts: list[tuple[str, str, str]]


class Whole(NamedTuple):
    """What was read of one recharge."""

    recharge: Recharge
    life: Life
    proposal: Proposal | None
    movements: list[Row]
    disputes: list[Row]
    cases: list[Row]


def about(*, seller_id: int, recharge_id: str) -> dict[str, Any]:  # what the template reads
    """Nothing where there is no such recharge."""
    whole = _read(seller_id, recharge_id)
    if whole is None:
        return {}
    found = whole.recharge
    state = State(found.state)
    names = _names(whole)
    return {
        "recharge": found,
        "amount": columns.money(found.amount, found.currency),
        "phone": columns.phone_number(found),
        "state": words.RECHARGE_STATES[state],
        "tone": TONES.get(state, ""),
        "in_review": whole.life.in_review,
        "next_check": None
        if whole.life.next_check_at_us is None
        else columns.when(whole.life.next_check_at_us),
        "unknown": state is State.UNKNOWN,
        "succeeded": state is State.SUCCEEDED,
        "proposal": whole.proposal,
        "proposer": names.get(whole.proposal.by, "") if whole.proposal else "",
        "open_dispute": next((each[0] for each in whole.disputes if each[1] == "open"), None),
        "timeline": sorted(_entries(whole, names), key=lambda each: each[:2]),
        "deliveries": _deliveries(whole),
    }


def _read(seller_id: int, recharge_id: str) -> Whole | None:
    key = (seller_id, recharge_id)
    found, proposed, *of_life = trips.run(
        on_django.own_connection(),
        [
            reverse.read(*key),
            review.read_proposal(seller_id=seller_id, recharge_id=recharge_id),
            *timeline.reads(seller_id=seller_id, recharge_id=recharge_id),
        ],
    )
    if not found:
        return None
    recharge = Recharge(*found[0])
    return Whole(
        recharge=recharge,
        life=timeline.life(recharge, of_life),
        proposal=Proposal(*proposed[0]) if proposed else None,
        movements=reading.rows("movements_of_recharge", *key),
        disputes=reading.rows("disputes_of_recharge", *key, MAX_DISPUTES),
        cases=reading.rows("cases_of_recharge", *key, MAX_CASES),
    )


def _names(whole: Whole) -> dict[int, str]:
    """The names of the people in it, by their numbers."""
    wanted = {each.actor_id for each in whole.life.events if each.actor_type == "user"}
    wanted |= {whole.proposal.by} if whole.proposal else set()
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "username"))


def _entries(whole: Whole, names: dict[int, str]) -> Iterator[Entry]:
    yield from (_event(each, names) for each in whole.life.events)
    for attempt in whole.life.attempts:
        yield from _attempt(attempt)
    yield from (_movement(row, whole.recharge.currency) for row in whole.movements)
    for row in whole.disputes:
        yield from _dispute(row)
    yield from (_case(row) for row in whole.cases)
    if whole.proposal is not None:
        by, at_us, evidence = whole.proposal
        yield Entry(at_us, OPENED, "how_to_vote", words.ACTS["failure_proposed"], evidence, names.get(by, ""))


def _event(event: Event, names: dict[int, str]) -> Entry:
    state = _said(words.RECHARGE_STATES, event.to_state)
    who = (
        names.get(event.actor_id, str(event.actor_id))
        if event.actor_type == "user"
        else words.ACTORS["system"]
    )
    cause = _said(words.CAUSES, event.cause)
    tone = TONES.get(event.to_state, "")
    return Entry(event.at_us, EVENT, "flag", state, str(cause), who, event.evidence, tone)


def _attempt(attempt: Attempt) -> Iterator[Entry]:
    """What was asked, and what was answered, each at its moment."""
    asked = _said(words.VERBS, attempt.verb)
    yield Entry(
        attempt.begun_at_us,
        ATTEMPT,
        "upload",
        asked,
        f"{columns.number(attempt.nr)} · {attempt.gateway} · {attempt.reference}",
    )
    if attempt.answered_at_us is None or attempt.result is None:
        return
    result = _said(words.RESULTS, attempt.result)
    more = " · ".join(filter(None, (columns.number(attempt.nr), attempt.code, attempt.operator_reference)))
    tone = TONES.get(attempt.result, "")
    yield Entry(attempt.answered_at_us, ATTEMPT, "download", result, more, raw=attempt.evidence, tone=tone)


def _movement(row: Row, currency: str) -> Entry:
    seq, kind, amount, available, held, at_us, movement_id = row
    after = {"available": columns.money(available, currency), "held": columns.money(held, currency)}
    text = f"{columns.money(amount, currency)} · {words.ACCOUNTS['available']} {after['available']}"
    version = _("version %(version)s") % {"version": columns.number(seq)}
    text += f" · {words.ACCOUNTS['held']} {after['held']} · {version}"
    url = columns.page("ledger_movement", movement_id)
    return Entry(at_us, MOVEMENT, "swap_horiz", _said(words.KINDS, kind), text, url=url)


def _dispute(row: Row) -> Iterator[Entry]:
    dispute_id, state, reason, opened_at_us, answer, answered_at_us = row
    title, url = words.SOURCES["dispute"], columns.page("recharges_dispute", dispute_id)
    yield Entry(opened_at_us, OPENED, "gavel", title, reason, tone="warn", url=url)
    if answered_at_us is not None:
        said = f"{words.DISPUTE_STATES[state]}: {answer}"
        yield Entry(answered_at_us, CLOSED, "gavel", title, said, url=url)


def _case(row: Row) -> Entry:
    case_id, kind, state, subject, opened_at_us = row
    said = f"{_said(words.CASE_KINDS, kind)} · {_said(words.CASE_STATES, state)} · {subject}"
    url = columns.page("recharges_case", case_id)
    return Entry(opened_at_us, OPENED, "folder_open", words.SOURCES["case"], said, tone="warn", url=url)


def _deliveries(whole: Whole) -> list[Delivery]:
    """The webhooks about it and about its disputes."""
    seller_id, recharge_id = whole.recharge.seller_id, whole.recharge.id
    things = literals.words([recharge_id, *(row[0] for row in whole.disputes)])
    told = reading.rows("events_about", seller_id, things, recharge_id, MAX_EVENTS)
    events = [row[0] for row in told] + [row[6] for row in whole.movements]
    rows = reading.rows("deliveries_of_events", seller_id, literals.words(events), MAX_DELIVERIES)
    made = literals.words(row[0] for row in rows)
    answers: dict[str, list[tuple[str, str, str]]] = {}
    for attempt in reading.rows("attempts_of_deliveries", seller_id, made) if rows else []:
        answers.setdefault(attempt[0], []).append(_answered(attempt))
    return [_delivery(row, answers.get(row[0], [])) for row in rows]


def _said(table: Mapping[str, Title], word: str) -> Title:
    """A word of a closed set as people say it; one that is newer than the table, as it is."""
    return table.get(word, word)


def _answered(row: Row) -> tuple[str, str, str]:
    """When, what came of it, and the words of the answer."""
    _delivery_id, _nr, at_us, took_ms, status, error, answer = row
    return columns.when(at_us), f"{status or error} · {columns.number(took_ms)} ms", answer


def _delivery(row: Row, attempts: list[tuple[str, str, str]]) -> Delivery:
    delivery_id, type_, state, _attempts, _next_at_us, created_at_us, url = row
    return Delivery(
        id=delivery_id,
        type=type_,
        state=_said(words.DELIVERY_STATES, state),
        tone=TONES.get(state, ""),
        url=url or columns.EMPTY,
        at=columns.when(created_at_us),
        ended=state != "pending",
        attempts=attempts,
    )
