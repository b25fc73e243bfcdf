"""Cases: two sides say different things of one fact, and staff must look. Opened once, closed once.

Owns what a case is and its statements. It must never move money or change a recharge: what staff decide
goes through the door like everything else.
"""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from topup import ids, sqlfiles
from topup.audit import log
from topup.audit.log import Act
from topup.ledger import literals
from topup.recharges.case_kinds import Kind
from topup.trips import Rows, Statement

SQL = sqlfiles.load(Path(__file__).with_name("cases.sql"))

NO_SELLER = 0
"""The seller of a case about something that none of ours sold."""
MAX_SUBJECT = 300
"""Characters of what a case is about; longer ones would make two cases one, so they are refused."""
MAX_EVIDENCE = 16_000
"""Characters of evidence that are kept: as many as of an operator's answer."""
MAX_RESOLUTION = 500
"""Characters of how it was resolved."""
MAX_OPENINGS = 500
"""Cases of one statement: more evidence than that is too long for one message."""


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Opening(NamedTuple):
    """A case to be opened. `subject` says what it is about, in words that are the same each time the
    same thing is found: (seller_id, kind, subject) is opened once, for ever."""

    seller_id: int
    kind: str
    subject: str
    recharge_id: str | None
    operator: str
    evidence: str
    at_us: int


class Case(NamedTuple):
    """A case as it stands."""

    seller_id: int
    id: str
    kind: str
    subject: str
    recharge_id: str | None
    operator: str
    evidence: str
    state: str
    opened_at_us: int
    closed_at_us: int | None
    closed_by: int | None
    resolution: str | None


def opening(
    *,
    seller_id: int,
    kind: str,
    subject: str,
    recharge_id: str | None,
    operator: str,
    evidence: str,
    at_us: int,
) -> Statement:
    """What opens a case, in the transaction of what it is about; one that is there already is left alone.

    A race with another opening of the same case is settled inside the statement: it raises no 23505.
    """
    return openings([Opening(seller_id, Kind(kind), subject, recharge_id, operator, evidence, at_us)])


def openings(cases: Sequence[Opening]) -> Statement:
    """What opens up to MAX_OPENINGS cases, and answers how many of them are new."""
    assert 0 < len(cases) <= MAX_OPENINGS, len(cases)
    return (
        SQL["open_cases"],
        (
            cases[0].seller_id,
            literals.numbers(case.seller_id for case in cases),
            literals.words(ids.new(case.seller_id) for case in cases),
            literals.words(Kind(case.kind) for case in cases),
            literals.texts(_kept(case.subject) for case in cases),
            literals.words(case.recharge_id or "NULL" for case in cases),
            literals.texts(case.operator for case in cases),
            literals.texts(_kept(case.evidence)[:MAX_EVIDENCE] for case in cases),
            literals.numbers(case.at_us for case in cases),
        ),
    )


def read(*, seller_id: int, case_id: str) -> Statement:
    """What reads a `Case`."""
    return (SQL["get_case"], (seller_id, case_id))


def close(*, seller_id: int, case_id: str, by: int, resolution: str, now_us: int) -> Statement:
    """What closes an open case, and answers whether it was open. `by` is the staff user."""
    told: dict[str, Any] = {"seller_id": seller_id, "by": by, "reason": resolution, "at_us": now_us}
    _, noted = log.note(Act.CASE_CLOSED, subject_type="case", subject_id=case_id, **told)
    return (SQL["close_case"], (seller_id, case_id, by, resolution, now_us, *noted))


def count_open() -> Statement:
    """What counts the open cases of all sellers; read with `by_kind`. For gauges, not for a request."""
    return (SQL["count_open_cases"], ())


def by_kind(rows: Rows) -> dict[Kind, int]:
    """How many are open of each kind, also where that is none."""
    return dict.fromkeys(Kind, 0) | {Kind(kind): count for kind, count in rows[0]}


def _kept(text: str) -> str:
    """A text as PostgreSQL keeps it: an operator may send what no text has."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
