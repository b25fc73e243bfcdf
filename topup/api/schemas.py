"""The objects of the API, to the field, as `docs/reference/api.md` fixes them."""

from typing import Annotated, Any

import msgspec

from topup import clock, ids, phones
from topup.credit.adjust import Adjusted
from topup.credit.ask import MAX_BANK_REFERENCE
from topup.credit.decide import MAX_TEXT, CreditRequest
from topup.gateways.settings import DEFAULT_MAX_IN_FLIGHT, MAX_IN_FLIGHT
from topup.ledger.core import MOVES, Kind
from topup.money import PositiveMinor, SignedMinor
from topup.recharges import disputes, lifecycle, review, timeline
from topup.recharges.review import Proposal, Review, Verdict
from topup.recharges.rules import Recharge
from topup.recharges.timeline import Life

NO_NUL = r"^[^\x00]*$"  # PostgreSQL keeps every character but this one
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT, pattern=NO_NUL)]
BankReference = Annotated[
    str,
    msgspec.Meta(
        max_length=MAX_BANK_REFERENCE,
        pattern=NO_NUL,
        description="The bank's tracking number of the transfer",
    ),
]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT, pattern=NO_NUL)]
PhoneNumber = Annotated[
    str,
    msgspec.Meta(
        max_length=phones.MAX_CHARACTERS,
        description="As people write it; kept as E.164",
        examples=["09123456789", "+989123456789", "۰۹۱۲۳۴۵۶۷۸۹"],
    ),
]
Limit = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A request's body: a field that is not named here is refused."""


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """Part of an answer."""


class RechargeIn(Input, frozen=True):
    phone_number: PhoneNumber
    amount: PositiveMinor
    operator: (
        Annotated[str, msgspec.Meta(max_length=20, description="Wins over the number's prefix")] | None
    ) = None
    allow_duplicate: Annotated[
        bool, msgspec.Meta(description="Sell though the same number and amount was sold within the window")
    ] = False


class BatchItemIn(Input, frozen=True):
    phone_number: PhoneNumber
    amount: PositiveMinor
    reference: Annotated[str, msgspec.Meta(description="The item's idempotency key")]
    operator: Annotated[str, msgspec.Meta(max_length=20)] | None = None
    allow_duplicate: Annotated[
        bool, msgspec.Meta(description="Sell though the same number and amount was sold within the window")
    ] = False


class RechargeOut(Output, frozen=True):
    id: str
    reference: str
    status: str
    is_final: bool
    phone_number: str
    operator: str
    operator_source: str
    amount: int
    currency: str
    balance_before: int
    balance_after: int
    version: int
    failure: str | None
    created_at: str
    updated_at: str


def recharge(row: Recharge) -> RechargeOut:
    created_at = clock.rfc3339(row.created_at_us)
    return RechargeOut(
        id=row.id,
        reference=row.reference,
        status=row.state,
        is_final=row.state not in lifecycle.NOT_FINAL,
        phone_number=phones.show(row.phone_number),
        operator=row.operator,
        operator_source="explicit" if row.operator_explicit else "prefix",
        amount=row.amount,
        currency=row.currency,
        balance_before=row.balance_after + row.amount,
        balance_after=row.balance_after,
        version=row.version,
        failure=row.failure_code,
        created_at=created_at,
        updated_at=created_at if row.updated_at_us == row.created_at_us else clock.rfc3339(row.updated_at_us),
    )


class Actor(Output, frozen=True):
    type: str
    id: int


class EventOut(Output, frozen=True, rename={"from_state": "from", "to_state": "to"}):
    id: str
    from_state: str | None
    to_state: str
    cause: str
    actor: Actor
    evidence: str | None
    at: str


class AttemptOut(Output, frozen=True):
    nr: int
    verb: str
    gateway: str
    reference: str
    result: str | None
    code: str | None
    operator_reference: str | None
    begun_at: str
    answered_at: str | None
    evidence: str


class ProposalOut(Output, frozen=True):
    by: int
    evidence: str
    at: str


class RechargeLifeOut(RechargeOut, frozen=True):
    """A recharge with what happened to it. Only staff see `attempts`, evidence, and a proposal."""

    next_check_at: str | None
    in_review: bool
    events: list[EventOut]
    attempts: list[AttemptOut] | msgspec.UnsetType = msgspec.UNSET
    proposal: ProposalOut | msgspec.UnsetType | None = msgspec.UNSET


def recharge_life(row: Recharge, life: Life, proposal: Proposal | None, *, to_staff: bool) -> RechargeLifeOut:
    return RechargeLifeOut(
        **msgspec.structs.asdict(recharge(row)),
        next_check_at=_moment(life.next_check_at_us),
        in_review=life.in_review,
        events=[_event(event, to_staff=to_staff) for event in life.events],
        attempts=[_attempt(attempt) for attempt in life.attempts] if to_staff else msgspec.UNSET,
        proposal=_proposal(proposal) if to_staff else msgspec.UNSET,
    )


def _event(event: timeline.Event, *, to_staff: bool) -> EventOut:
    return EventOut(
        id=event.id,
        from_state=event.from_state,
        to_state=event.to_state,
        cause=event.cause,
        actor=Actor(type=event.actor_type, id=event.actor_id),
        evidence=(event.evidence or None) if to_staff else None,
        at=clock.rfc3339(event.at_us),
    )


def _attempt(attempt: timeline.Attempt) -> AttemptOut:
    return AttemptOut(
        nr=attempt.nr,
        verb=attempt.verb,
        gateway=attempt.gateway,
        reference=attempt.reference,
        result=attempt.result,
        code=attempt.code,
        operator_reference=attempt.operator_reference,
        begun_at=clock.rfc3339(attempt.begun_at_us),
        answered_at=_moment(attempt.answered_at_us),
        evidence=attempt.evidence,
    )


def _proposal(proposal: Proposal | None) -> ProposalOut | None:
    if proposal is None:
        return None
    return ProposalOut(by=proposal.by, evidence=proposal.evidence, at=clock.rfc3339(proposal.at_us))


def _moment(moment_us: int | None) -> str | None:
    return None if moment_us is None else clock.rfc3339(moment_us)


class ReviewOut(RechargeOut, frozen=True):
    """A recharge in the queue of staff."""

    seller_id: int
    gateway: str
    unknown_since: str | None
    in_review_since: str
    attempts: int
    proposal: ProposalOut | None


def reviewed(row: Review) -> ReviewOut:
    return ReviewOut(
        **msgspec.structs.asdict(recharge(row.recharge)),
        seller_id=row.recharge.seller_id,
        gateway=row.gateway,
        unknown_since=_moment(row.unknown_since_us),
        in_review_since=clock.rfc3339(row.review_since_us),
        attempts=row.attempts,
        proposal=_proposal(row.proposal),
    )


Evidence = Annotated[str, msgspec.Meta(min_length=1, max_length=review.MAX_EVIDENCE, pattern=NO_NUL)]


class ResolutionIn(Input, frozen=True):
    outcome: Verdict
    evidence: Evidence


class DisputeIn(Input, frozen=True):
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=disputes.MAX_REASON, pattern=NO_NUL)]


class RefusalIn(Input, frozen=True):
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=disputes.MAX_REASON, pattern=NO_NUL)]
    evidence: Annotated[str, msgspec.Meta(min_length=1, max_length=disputes.MAX_EVIDENCE, pattern=NO_NUL)]


class DisputeEventOut(Output, frozen=True):
    type: str
    by: int
    at: str


class DisputeOut(Output, frozen=True):
    id: str
    seller_id: int
    recharge_id: str
    status: str
    reason: str
    answer: str | None
    evidence: str | None
    opened_by: int
    opened_at: str
    answered_by: int | None
    answered_at: str | None
    events: list[DisputeEventOut]


def dispute(row: disputes.Dispute) -> DisputeOut:
    return msgspec.convert(disputes.shown(row), DisputeOut)


class CallbackOut(Output, frozen=True):
    received: bool


class CreditRequestIn(Input, frozen=True):
    amount: PositiveMinor
    note: Text = ""
    bank_reference: BankReference = ""


class DecisionIn(Input, frozen=True):
    reason: Reason


class CreditRequestOut(Output, frozen=True):
    id: str
    seller_id: int
    amount: int
    currency: str
    status: str
    note: str
    bank_reference: str
    reason: str
    requested_by: int
    proposed_by: int | None
    decided_by: int | None
    decided_at: str | None
    created_at: str


def credit_request(row: CreditRequest) -> CreditRequestOut:
    return CreditRequestOut(
        id=row.id,
        seller_id=row.seller_id,
        amount=row.amount,
        currency=row.currency,
        status=row.state,
        note=row.note,
        bank_reference=row.bank_reference,
        reason=row.reason,
        requested_by=row.requested_by,
        proposed_by=row.proposed_by,
        decided_by=row.decided_by,
        decided_at=None if row.decided_at_us is None else clock.rfc3339(row.decided_at_us),
        created_at=clock.rfc3339(row.created_at_us),
    )


class AdjustmentIn(Input, frozen=True):
    seller_id: int
    amount: SignedMinor
    reason: Reason


class AdjustmentOut(Output, frozen=True):
    id: str
    seller_id: int
    amount: int
    currency: str
    reason: str
    balance_before: int
    balance_after: int
    version: int
    created_at: str


def adjustment(row: Adjusted) -> AdjustmentOut:
    return AdjustmentOut(
        id=row.id,
        seller_id=row.seller_id,
        amount=row.amount,
        currency=row.currency,
        reason=row.reason,
        balance_before=row.balance_after - row.amount,
        balance_after=row.balance_after,
        version=row.version,
        created_at=clock.rfc3339(row.created_at_us),
    )


class Source(Output, frozen=True):
    type: str
    id: str


class TransactionOut(Output, frozen=True, rename={"from_account": "from", "to_account": "to"}):
    id: str
    seller_id: int
    version: int
    type: str
    from_account: str
    to_account: str
    amount: int
    currency: str
    balance_before: int
    balance_after: int
    held_after: int
    source: Source
    created_at: str


def transaction(row: tuple[Any, ...]) -> TransactionOut:  # the columns of `list_movements`
    seller_id, currency, seq, kind, amount, available, held, source_type, source_id, at_us = row
    giver, taker = MOVES[Kind(kind)]
    change = amount * ((taker == "available") - (giver == "available"))
    return TransactionOut(
        id=ids.compose(moment_us=at_us, tail=seq, seller_id=seller_id),
        seller_id=seller_id,
        version=seq,
        type="adjustment" if kind == Kind.DEDUCTION else kind,
        from_account=giver,
        to_account=taker,
        amount=amount,
        currency=currency,
        balance_before=available - change,
        balance_after=available,
        held_after=held,
        source=Source(type=source_type, id=source_id),
        created_at=clock.rfc3339(at_us),
    )


class BalanceOut(Output, frozen=True):
    currency: str
    available: int
    held: int
    total: int
    version: int
    low_balance_threshold: int | None
    as_of: str


class BalanceChangeIn(Input, frozen=True):
    low_balance_threshold: Annotated[
        PositiveMinor | None, msgspec.Meta(description="Tell when `available` goes under this; null: never")
    ]


class SellerIn(Input, frozen=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=NO_NUL)]
    username: Annotated[str, msgspec.Meta(min_length=1, max_length=150, pattern=NO_NUL)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    email: Annotated[str, msgspec.Meta(max_length=254, pattern=NO_NUL)] = ""


class SellerChangeIn(Input, frozen=True):
    """What is left out stays as it is; a limit of null is no limit, a window of null the default one."""

    status: Annotated[str, msgspec.Meta(pattern="^(active|suspended)$")] | msgspec.UnsetType = msgspec.UNSET
    daily_limit: Limit | msgspec.UnsetType | None = msgspec.UNSET
    per_recharge_max: Limit | msgspec.UnsetType | None = msgspec.UNSET
    duplicate_window_s: Annotated[int, msgspec.Meta(ge=0, le=604800)] | msgspec.UnsetType | None = (
        msgspec.UNSET
    )
    allowed_ips: Annotated[list[str], msgspec.Meta(max_length=100)] | msgspec.UnsetType = msgspec.UNSET


class SellerOut(Output, frozen=True):
    id: int
    name: str
    status: str
    currency: str
    available: int
    held: int
    version: int
    daily_limit: int | None
    per_recharge_max: int | None
    duplicate_window_s: int | None
    low_balance_threshold: int | None
    allowed_ips: list[str]
    created_at: str


class TokenIn(Input, frozen=True):
    username: Annotated[str, msgspec.Meta(max_length=150, pattern=NO_NUL)]
    password: Annotated[str, msgspec.Meta(max_length=128)]
    label: Annotated[str, msgspec.Meta(max_length=60, pattern=NO_NUL)] = ""
    expires_in_s: Annotated[int, msgspec.Meta(ge=60, le=10 * 365 * 86400)] | None = None


class TokenOut(Output, frozen=True, omit_defaults=True):
    id: str
    label: str
    created_at: str
    expires_at: str | None
    token: str | msgspec.UnsetType = msgspec.UNSET


class OperatorOut(Output, frozen=True):
    code: str
    name: dict[str, str]
    prefixes: list[str]
    gateway: str
    min: int
    max: int
    status: str


class OperatorChangeIn(Input, frozen=True):
    status: Annotated[str, msgspec.Meta(pattern="^(active|inactive)$")] | msgspec.UnsetType = msgspec.UNSET
    min: PositiveMinor | msgspec.UnsetType = msgspec.UNSET
    max: PositiveMinor | msgspec.UnsetType = msgspec.UNSET
    gateway: (
        Annotated[str, msgspec.Meta(max_length=20, description="The way that recharges take from now on")]
        | msgspec.UnsetType
    ) = msgspec.UNSET


SecretText = Annotated[str, msgspec.Meta(description="Kept sealed and never told again; null removes it")]


class ConnectionIn(Input, frozen=True):
    """How a gateway reaches an operator. `secrets` holds only those that change."""

    configuration: dict[str, Any] = {}  # a JSON object, whose fields are the gateway's own
    max_in_flight: Annotated[
        int, msgspec.Meta(ge=1, le=MAX_IN_FLIGHT, description="Requests to the operator at once")
    ] = DEFAULT_MAX_IN_FLIGHT
    allowed_hosts: Annotated[
        list[str], msgspec.Meta(description="Hosts that may have a private address, or be asked without TLS")
    ] = []
    secrets: dict[str, SecretText | None] = {}


class ConnectionOut(Output, frozen=True):
    operator: str
    gateway: str
    configuration: dict[str, Any]  # a JSON object
    max_in_flight: int
    allowed_hosts: list[str]
    secrets: Annotated[list[str], msgspec.Meta(description="The names of those that are set")]
    version: Annotated[int, msgspec.Meta(description="0 while nothing was ever set")]
    updated_at: str | None


class BookProof(Output, frozen=True):
    seller_id: int
    version: int
    current: int
    calculated: int
    status: str


class VerificationOut(Output, frozen=True):
    ok: bool
    books: int
    checked_at: str
    sellers: list[BookProof]


class ProblemOut(Output, frozen=True):
    """RFC 9457, with the members that this API adds."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    retryable: bool
    errors: list[dict[str, str]]
