"""What a file and our books say of one recharge, and what follows. Pure.

Owns every rule of the comparison. It moves nothing and opens nothing: it says what to settle, what to
ask again, and which cases to open.
"""

from enum import IntEnum, StrEnum
from typing import NamedTuple

from topup.money import with_separators
from topup.recharges.case_kinds import Kind
from topup.recharges.lifecycle import State


class Verdict(StrEnum):
    """Under which name a recharge, or a line that is none of ours, is counted."""

    MATCHED = "matched"
    OURS_ONLY = "ours_only"
    THEIRS_ONLY = "theirs_only"
    AMOUNT_DIFFERS = "amount_differs"
    STATE_DIFFERS = "state_differs"
    SETTLED = "settled"
    """Unknown until now; the file says what became of it, and it was settled so."""
    STILL_OPEN = "still_open"
    """The file does not decide it: its operator is asked again."""
    WAITING = "waiting"
    """Sold around midnight: the file of the day beside it, once imported, tells whether it is missing."""


class Theirs(NamedTuple):
    """What the lines of a file say of one recharge. `least` and `most` are the amounts delivered, None
    where none was or where they can't be read; `attempt` is the latest one said to have failed."""

    seller_id: int
    recharge_id: str
    nr: int
    lines: int
    delivered: int
    failed: int
    least: int | None
    most: int | None
    attempt: int | None
    at_us: int | None
    reference: str
    operator_reference: str | None
    phone_number: str | None


class Ours(NamedTuple):
    """A recharge of ours. `last_submit` is its latest attempt while it is open."""

    amount: int
    state: State
    operator: str
    last_submit: int | None


class Finding(NamedTuple):
    """What follows from a comparison. `kind` is the case to open, `to` the state to settle in."""

    verdict: Verdict
    kind: Kind | None = None
    to: State | None = None
    why: str = ""
    part: str = ""
    """Which of several cases about one recharge this is."""
    ours: bool = True
    """Whether it is about a recharge of ours."""


def compare(theirs: Theirs, ours: Ours | None, *, operator: str, authoritative: bool) -> list[Finding]:
    """The findings about one recharge, the first of which is how it is counted."""
    if ours is None:
        unknown = Finding(Verdict.THEIRS_ONLY, Kind.SETTLEMENT_THEIRS_ONLY, why="we know no such recharge")
        return [unknown._replace(ours=False)]
    if ours.operator != operator:
        why = f"we sold it through {ours.operator}"
        return [Finding(Verdict.THEIRS_ONLY, Kind.SETTLEMENT_THEIRS_ONLY, why=why)]
    if not theirs.delivered and not theirs.failed:
        return [Finding(Verdict.STILL_OPEN if _is_open(ours) else Verdict.MATCHED)]
    first = (
        _compare_delivered(theirs, ours, authoritative)
        if theirs.delivered
        else _compare_failed(theirs, ours, authoritative)
    )
    if theirs.delivered > 1:
        why = f"delivered {theirs.delivered} times by the file, and sold once"
        return [first, Finding(Verdict.THEIRS_ONLY, Kind.SETTLEMENT_THEIRS_ONLY, why=why, part="again")]
    return [first]


def _compare_delivered(theirs: Theirs, ours: Ours, authoritative: bool) -> Finding:  # noqa: FBT001  # one of three facts, in the order of `compare`
    if theirs.least != ours.amount or theirs.most != ours.amount:
        why = f"sold for {with_separators(ours.amount)}, and the file has {_amounts(theirs)}"
        return Finding(Verdict.AMOUNT_DIFFERS, Kind.SETTLEMENT_AMOUNT_DIFFERS, why=why)
    if ours.state in (State.SUCCEEDED, State.REVERSED):  # what was given back had been delivered
        return Finding(Verdict.MATCHED)
    if _is_open(ours) and ours.state is not State.ACCEPTED and authoritative:
        return Finding(Verdict.SETTLED, to=State.SUCCEEDED)
    return _differs(ours, "delivered")


def _compare_failed(theirs: Theirs, ours: Ours, authoritative: bool) -> Finding:  # noqa: FBT001  # as above
    if ours.state in (State.FAILED, State.REVERSED):
        return Finding(Verdict.MATCHED)
    if _is_open(ours) and theirs.attempt is not None and theirs.attempt != ours.last_submit:
        return Finding(Verdict.STILL_OPEN)  # an earlier attempt failed, which says nothing of the latest
    if ours.state is State.UNKNOWN and authoritative:
        return Finding(Verdict.SETTLED, to=State.FAILED)
    return _differs(ours, "failed")


def _differs(ours: Ours, said: str) -> Finding:
    verdict = Verdict.STILL_OPEN if _is_open(ours) else Verdict.STATE_DIFFERS
    return Finding(
        verdict, Kind.SETTLEMENT_STATE_DIFFERS, why=f"{ours.state} with us, and {said} by the file"
    )


def _is_open(ours: Ours) -> bool:
    return ours.state in (State.ACCEPTED, State.PROCESSING, State.UNKNOWN)


def _amounts(theirs: Theirs) -> str:
    if theirs.least is None or theirs.most is None:
        return "an amount that can't be read"
    least, most = with_separators(theirs.least), with_separators(theirs.most)
    return least if least == most else f"{least} and {most}"


class Midnights(NamedTuple):
    """The day of a file, in microseconds, and what is known of the days beside it.

    What was sold within `margin_us` of a midnight may be in the file of either day, so it is missing
    only where both have been imported and neither has it.
    """

    start_us: int
    end_us: int
    margin_us: int
    day_before_imported: bool
    day_after_imported: bool

    def verdict_of_missing(self, created_at_us: int) -> Verdict | None:
        """What a recharge that succeeded and is in no file counts as; None where it is another day's."""
        inside = self.start_us <= created_at_us < self.end_us
        other_imported = self._other_imported(created_at_us)
        if other_imported is None:
            return Verdict.OURS_ONLY if inside else None
        if other_imported:
            return Verdict.OURS_ONLY
        return Verdict.WAITING if inside else None

    def _other_imported(self, created_at_us: int) -> bool | None:
        """Whether the other day whose file may have it is imported; None where no other day's may."""
        if abs(created_at_us - self.start_us) < self.margin_us:
            return self.day_before_imported
        if abs(created_at_us - self.end_us) <= self.margin_us:
            return self.day_after_imported
        return None


class Exit(IntEnum):
    """The exit status of `settle import`. A program that only wants to know asks whether it is 0."""

    ALL_MATCHED = 0
    DIFFERENCES = 2
    NOT_IMPORTED = 3
