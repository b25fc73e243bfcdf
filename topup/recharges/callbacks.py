"""Callbacks: what operators tell by themselves, kept as it came, and what follows from it.

Owns what is kept of one, for how long, and what it may do: a signed and definite one settles the
recharge, and anything else about an open recharge makes its query due at once. One that nobody signed
must never move money.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from topup import clock, ids, sqlfiles
from topup.clock import US_PER_SECOND
from topup.gateways import contract
from topup.gateways.contract import MAX_EVIDENCE, Answer, Notice, Result
from topup.ledger import literals
from topup.ledger.families import Posting
from topup.ledger.outcomes import DONE, Outcome
from topup.recharges import cases, errands, settle
from topup.recharges.cases import NO_SELLER
from topup.recharges.lifecycle import State
from topup.recharges.pursuit import Verb
from topup.recharges.settle import Settlement
from topup.trips import Row, Rows, Statement

SQL = sqlfiles.load(Path(__file__).with_name("callbacks.sql"))

MAX_BODY_BYTES = 64 * 1024
"""Of one callback: operators send a hundredth of it."""
MAX_REFERENCE = 100
"""Characters of a reference that are kept; ours have 34."""
MAX_HEADERS = 4_000
"""Characters of headers that are kept, as lines."""
MAX_UNSIGNED_KEPT = 1_000
"""Callbacks without a signature that are kept of one operator and seller: at most 64 MB of bodies."""
SIGNED_KEPT_S = 90 * 86_400
"""Evidence for as long as operators and sellers argue about a month."""
UNSIGNED_KEPT_S = 7 * 86_400
"""Long enough to see that an operator's signing is not set up."""
LEFT_AFTER_S = 10
"""After which the process that kept a callback is taken to have ended before it was followed up."""
MAX_LEFT = 100
"""Callbacks that one sweep follows up, one after the other."""
MAX_FORGOTTEN = 1_000
"""Callbacks that one sweep forgets, in one transaction."""

KEPT_HEADERS = frozenset(
    {"content-type", "content-length", "user-agent", "date", "request-id", "x-request-id", "webhook-id"}
)
KEPT_ENDINGS = ("signature", "timestamp")
"""What a signature can be checked by again. No other header is kept: it may be a secret."""
_REFERENCE = re.compile(rb"(?<![0-9A-Za-z])[0-9a-f]{32}[0-9]{2}(?![0-9A-Za-z])")
_STATES = {Result.DELIVERED: State.SUCCEEDED, Result.REFUSED: State.FAILED}
_AWAY = frozenset({Outcome.OVERLOADED, Outcome.DATABASE_UNAVAILABLE})


class Note(StrEnum):
    """What followed from a callback."""

    NOT_OURS = "it names no order of this operator"
    SETTLED = "it settled the recharge"
    AGREED = "the recharge had ended so before"
    CONTRADICTED = "the recharge had ended otherwise: a case is open"
    ASKED = "the operator is asked at once"
    NOTHING = "the recharge waits for no answer"


class Attempted(NamedTuple):
    """The submit that a reference names: who carried it, to whom, and whether none came after it."""

    gateway: str
    operator: str
    is_last: bool


class Callback(NamedTuple):
    """A callback as it is kept. `recharge_id` is None, and `seller_id` NO_SELLER, where it names no order
    of the operator that it came for."""

    seller_id: int
    id: str
    operator: str
    recharge_id: str | None
    reference: str | None
    signed: bool
    result: Result
    code: str | None
    operator_reference: str | None
    body: bytes
    received_at_us: int

    @property
    def answer(self) -> Answer:
        evidence = self.body[: 4 * MAX_EVIDENCE].decode("utf-8", "replace")
        return contract.kept(Answer(self.result, self.code, self.operator_reference, evidence))


Ask = Callable[[list[Statement]], Awaitable[Rows]]
Post = Callable[[Settlement], Awaitable[Posting]]


def reference_in(body: bytes) -> str | None:
    """What looks like a reference of ours, wherever it stands. It only tells which gateway to read with."""
    found = _REFERENCE.search(body)
    return found[0].decode() if found else None


def find_attempt(reference: str | None) -> Statement:
    """What reads as `attempted` the submit that a reference names; no row for what names none."""
    recharge_id = None if reference is None else errands.recharge_of(reference)
    if recharge_id is None:
        return (SQL["attempted"], (NO_SELLER, None, None))
    return (SQL["attempted"], (ids.seller_of(recharge_id), recharge_id, reference))


def attempted(rows: Iterable[Row]) -> Attempted | None:
    return next((Attempted(*row) for row in rows), None)


def gateway_now(operator: str) -> Statement:
    """What reads the gateway that an operator has now; no row for what is no operator."""
    return (SQL["gateway_of_operator"], (operator,))


def heard(notice: Notice, *, operator: str, attempt: Attempted | None, body: bytes, now_us: int) -> Callback:
    """A notice as it is kept. `attempt` is the submit to this operator that it names, if any."""
    recharge_id = errands.recharge_of(notice.reference) if attempt and notice.reference else None
    seller_id = NO_SELLER if recharge_id is None else ids.seller_of(recharge_id)
    answer = contract.kept(notice.answer)
    reference = None if notice.reference is None else _clean(notice.reference)[:MAX_REFERENCE]
    return Callback(
        seller_id=seller_id,
        id=ids.new(seller_id),
        operator=operator,
        recharge_id=recharge_id,
        reference=reference,
        signed=notice.signed,
        result=answer.result,
        code=answer.code,
        operator_reference=answer.operator_reference,
        body=body,
        received_at_us=now_us,
    )


def keep(callback: Callback, *, gateway: str | None, headers: Mapping[str, str]) -> Statement:
    """What keeps a callback, and answers whether it is new."""
    digest = hashlib.sha256((b"signed " if callback.signed else b"unsigned ") + callback.body).digest()
    values = (
        callback.id,
        callback.recharge_id,
        callback.signed,
        str(callback.result),
        callback.operator,
        gateway,
        callback.reference,
        callback.code,
        callback.operator_reference,
        _useful(headers),
        digest,
        callback.body,
        callback.received_at_us,
        MAX_UNSIGNED_KEPT,
    )
    return (SQL["keep_callback"], (callback.seller_id, *values))


async def follow_up(callback: Callback, *, ask: Ask, post: Post) -> Note | None:
    """Do what a kept callback says; None where the database could not take it, and it stays to be done.

    Doing it twice does nothing twice. Raises what `ask` and `post` raise.
    """
    wish, posting = None, None
    if callback.recharge_id is not None and callback.signed:
        (rows,) = await ask([find_attempt(callback.reference)])
        wish = settlement(callback, attempted(rows))
        posting = None if wish is None else await post(wish)
        if posting is not None and posting.outcome in _AWAY:
            return None
    note = _note(callback, wish, posting)
    effects = _effects(callback, wish, posting, note, now_us=clock.now_us())
    if note is Note.ASKED:
        (((hastened,),),) = await ask(effects)
        note, effects = (Note.ASKED if hastened else Note.NOTHING), []
    await ask([*effects, (SQL["close_callback"], (callback.seller_id, callback.id, note))])
    return note


def settlement(callback: Callback, attempt: Attempted | None) -> Settlement | None:
    """The settlement that a signed callback asks for, or None where it is unclear.

    A refusal of an earlier attempt says nothing of the last one, which may yet be delivered.
    """
    to = _STATES.get(callback.result)
    if to is None or attempt is None or callback.recharge_id is None:
        return None
    if to is State.FAILED and not attempt.is_last:
        return None
    answer = callback.answer
    return Settlement(
        seller_id=callback.seller_id,
        recharge_id=callback.recharge_id,
        to=to,
        cause=f"callback_{callback.result}",
        failure=None if to is State.SUCCEEDED else answer.code or "refused",
        verb=Verb.CALLBACK,
        answer=answer,
        begun_at_us=callback.received_at_us,
    )


def _note(callback: Callback, wish: Settlement | None, posting: Posting | None) -> Note:
    if callback.recharge_id is None:
        return Note.NOT_OURS
    if wish is None or posting is None or posting.outcome is Outcome.NOT_OPEN:
        return Note.ASKED
    if posting.outcome in DONE:
        return Note.SETTLED if posting.outcome is Outcome.POSTED else Note.AGREED
    return Note.CONTRADICTED if settle.contradiction(wish, posting) else Note.NOTHING


def _effects(
    callback: Callback, wish: Settlement | None, posting: Posting | None, note: Note, *, now_us: int
) -> list[Statement]:
    if note is Note.ASKED and callback.recharge_id is not None:
        return [errands.hasten(seller_id=callback.seller_id, recharge_id=callback.recharge_id, now_us=now_us)]
    kind = settle.contradiction(wish, posting) if wish and posting else None
    if kind is None:
        return []
    # The words are those of the worker's own cases: a query and a callback that say the same open one.
    return [
        cases.opening(
            seller_id=callback.seller_id,
            kind=kind,
            subject=f"{callback.reference}: {callback.result}",
            recharge_id=callback.recharge_id,
            operator=callback.operator,
            evidence=callback.answer.evidence,
            at_us=now_us,
        )
    ]


def left_behind(*, now_us: int) -> Statement:
    """What reads as `kept` the callbacks that their process did not follow up."""
    return (SQL["new_callbacks"], (now_us - LEFT_AFTER_S * US_PER_SECOND, MAX_LEFT))


def kept(row: Row) -> Callback:
    return Callback(*row)._replace(result=Result(row[6]), body=bytes(row[9]))


def too_old(*, now_us: int) -> Statement:
    """What reads the (seller, id) of callbacks that are to be forgotten."""
    moments = (now_us - SIGNED_KEPT_S * US_PER_SECOND, now_us - UNSIGNED_KEPT_S * US_PER_SECOND)
    return (SQL["old_callbacks"], (*moments, MAX_FORGOTTEN))


def forget(rows: list[Row]) -> Statement:
    """What forgets these, which must be some."""
    sellers, identifiers = literals.numbers(row[0] for row in rows), literals.words(row[1] for row in rows)
    return (SQL["forget_callbacks"], (rows[0][0], sellers, identifiers))


def _useful(headers: Mapping[str, str]) -> str:
    lines = (
        f"{name}: {value}"
        for name, value in headers.items()
        if name in KEPT_HEADERS or name.endswith(KEPT_ENDINGS)
    )
    return _clean("\n".join(lines))[:MAX_HEADERS]


def _clean(text: str) -> str:
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
