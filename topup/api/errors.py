"""Every error that the API answers with, in one table, and the way from an outcome to it.

The form is RFC 9457, `application/problem+json`. A test proves that the table covers every outcome.
"""

import logging
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from topup.ledger.cures import Cure, cure
from topup.ledger.families import Posting
from topup.ledger.outcomes import Outcome

log = logging.getLogger(__name__)


class Code(StrEnum):
    MALFORMED_JSON = "malformed_json"
    MISSING_IDEMPOTENCY_KEY = "missing_idempotency_key"
    INVALID_IDEMPOTENCY_KEY = "invalid_idempotency_key"
    UNAUTHENTICATED = "unauthenticated"
    INSUFFICIENT_BALANCE = "insufficient_balance"
    FORBIDDEN = "forbidden"
    SELLER_SUSPENDED = "seller_suspended"
    CSRF_FAILED = "csrf_failed"
    IP_NOT_ALLOWED = "ip_not_allowed"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    BODY_TOO_LARGE = "body_too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    ALREADY_DECIDED = "already_decided"
    DUPLICATE_RECHARGE = "duplicate_recharge"
    NOT_REVERSIBLE = "not_reversible"
    NOT_OPEN = "not_open"
    VALIDATION_ERROR = "validation_error"
    UNKNOWN_FIELD = "unknown_field"
    IDEMPOTENCY_MISMATCH = "idempotency_mismatch"
    LIMIT_EXCEEDED = "limit_exceeded"
    UNKNOWN_OPERATOR = "unknown_operator"
    RATE_LIMITED = "rate_limited"
    INTERNAL_ERROR = "internal_error"
    OVERLOADED = "overloaded"
    DATABASE_UNAVAILABLE = "database_unavailable"


class Meaning(NamedTuple):
    """What a code says: its HTTP status, its title, and whether the same request may succeed later."""

    status: int
    title: str
    retryable: bool = False


MEANINGS: dict[Code, Meaning] = {
    Code.MALFORMED_JSON: Meaning(400, "The body is not JSON"),
    Code.MISSING_IDEMPOTENCY_KEY: Meaning(400, "The Idempotency-Key header is missing"),
    Code.INVALID_IDEMPOTENCY_KEY: Meaning(400, "The Idempotency-Key header is not valid"),
    Code.UNAUTHENTICATED: Meaning(401, "Authentication is required"),
    Code.INSUFFICIENT_BALANCE: Meaning(402, "The balance does not cover this"),
    Code.FORBIDDEN: Meaning(403, "You may not do this"),
    Code.SELLER_SUSPENDED: Meaning(403, "The seller is suspended"),
    Code.CSRF_FAILED: Meaning(403, "The CSRF check failed"),
    Code.IP_NOT_ALLOWED: Meaning(403, "This address may not use the key"),
    Code.NOT_FOUND: Meaning(404, "There is no such thing"),
    Code.METHOD_NOT_ALLOWED: Meaning(405, "This method is not allowed here"),
    Code.BODY_TOO_LARGE: Meaning(413, "The body is too large"),
    Code.UNSUPPORTED_MEDIA_TYPE: Meaning(415, "The body must be JSON"),
    Code.ALREADY_DECIDED: Meaning(409, "The request is already decided"),
    Code.DUPLICATE_RECHARGE: Meaning(409, "The same number and amount was sold a moment ago"),
    Code.NOT_REVERSIBLE: Meaning(409, "The recharge can't be reversed"),
    Code.NOT_OPEN: Meaning(409, "The recharge is not waiting for this"),
    Code.VALIDATION_ERROR: Meaning(422, "Some fields are not valid"),
    Code.UNKNOWN_FIELD: Meaning(422, "The body has a field that is not known"),
    Code.IDEMPOTENCY_MISMATCH: Meaning(422, "The key was used for another request"),
    Code.LIMIT_EXCEEDED: Meaning(422, "A limit would be exceeded"),
    Code.UNKNOWN_OPERATOR: Meaning(422, "No operator serves this"),
    Code.RATE_LIMITED: Meaning(429, "Too many requests", retryable=True),
    Code.INTERNAL_ERROR: Meaning(500, "An error on our side", retryable=True),
    Code.OVERLOADED: Meaning(503, "Too much is waiting", retryable=True),
    Code.DATABASE_UNAVAILABLE: Meaning(503, "The database is not available", retryable=True),
}
DOCS = "/docs/errors#"
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 1


class Problem(Exception):
    """An error on its way to the client. `detail` says what to do; `errors` name fields."""

    def __init__(
        self,
        code: Code,
        detail: str,
        *,
        errors: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        **members: Any,  # extra members of the problem, JSON values
    ) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.errors = errors or []
        self.members = members
        self.headers = dict(headers or {})
        if MEANINGS[code].retryable:
            self.headers.setdefault("Retry-After", str(RETRY_AFTER_S))

    @property
    def status(self) -> int:
        return MEANINGS[self.code].status

    def body(self, request_id: str) -> dict[str, Any]:  # a JSON object
        meaning = MEANINGS[self.code]
        return {
            "type": f"{DOCS}{self.code}",
            "title": meaning.title,
            "status": meaning.status,
            "detail": self.detail,
            "code": str(self.code),
            "request_id": request_id,
            "retryable": meaning.retryable,
            "errors": self.errors,
            **self.members,
        }


def invalid(field: str, message: str, code: str = "invalid") -> Problem:
    """One field that won't do."""
    return Problem(
        Code.VALIDATION_ERROR,
        f"{field}: {message}",
        errors=[{"field": field, "code": code, "message": message}],
    )


def not_found(what: str) -> Problem:
    return Problem(Code.NOT_FOUND, f"There is no such {what}, or it is not yours.")


def internal(error: Exception, request_id: str) -> Problem:
    """An error that nobody expected: logged here, and told without its text.

    Where another transaction was first, and the route knows no answer of its own to that, a retry finds one.
    """
    if cure(error) is Cure.AGAIN:
        return Problem(*OUTCOMES[Outcome.OVERLOADED])
    log.error("request %s failed", request_id, exc_info=error)
    return Problem(
        Code.INTERNAL_ERROR, "It is logged under this request id. A retry with the same key is safe."
    )


OUTCOMES: dict[Outcome, tuple[Code, str]] = {
    Outcome.INSUFFICIENT_BALANCE: (Code.INSUFFICIENT_BALANCE, "Ask for credit, or send a smaller amount."),
    Outcome.SELLER_SUSPENDED: (Code.SELLER_SUSPENDED, "Selling is suspended; ask the staff why."),
    Outcome.PER_RECHARGE_MAX_EXCEEDED: (Code.LIMIT_EXCEEDED, "More than one recharge of this seller may be."),
    Outcome.DAILY_LIMIT_EXCEEDED: (Code.LIMIT_EXCEEDED, "More than what is left of today's limit."),
    Outcome.BALANCE_TOO_LARGE: (Code.VALIDATION_ERROR, "The balance would pass 2^63-1."),
    Outcome.STALE_KEY: (Code.UNAUTHENTICATED, "The key was changed meanwhile; send the request again."),
    Outcome.NO_BOOK: (Code.NOT_FOUND, "There is no such seller."),
    Outcome.UNKNOWN_OPERATOR: (Code.UNKNOWN_OPERATOR, "Name one of GET /operators in `operator`."),
    Outcome.OPERATOR_INACTIVE: (Code.UNKNOWN_OPERATOR, "This operator is not sold at present."),
    Outcome.AMOUNT_OUT_OF_RANGE: (Code.VALIDATION_ERROR, "Outside the operator's range; see GET /operators."),
    Outcome.REFERENCE_MISMATCH: (Code.IDEMPOTENCY_MISMATCH, "Use a new key for a new request."),
    Outcome.NOT_FOUND: (Code.NOT_FOUND, "There is no such thing, or it is not yours."),
    Outcome.ALREADY_DECIDED: (Code.ALREADY_DECIDED, "It was decided before; nothing was changed."),
    Outcome.OWN_REQUEST: (Code.FORBIDDEN, "Nobody decides what they asked for."),
    Outcome.DUPLICATE_RECHARGE: (
        Code.DUPLICATE_RECHARGE,
        "If both are meant, send it again with allow_duplicate: true.",
    ),
    Outcome.NOT_REVERSIBLE: (Code.NOT_REVERSIBLE, "Only a recharge that succeeded can be reversed, once."),
    Outcome.NOT_OPEN: (Code.NOT_OPEN, "It has not gone to its operator yet; look at it again in a moment."),
    Outcome.OVERLOADED: (Code.OVERLOADED, "Nothing happened. Send the same request again after Retry-After."),
    Outcome.DATABASE_UNAVAILABLE: (
        Code.DATABASE_UNAVAILABLE,
        "Send the same request with the same Idempotency-Key after Retry-After: it has one effect.",
    ),
}
"""Every outcome but POSTED and REPLAYED, which are no errors."""


def refusal(posting: Posting, *, amount: int, currency: str) -> Problem:
    """The problem that tells a refused posting. `amount` is what was asked for, in minor units."""
    code, advice = OUTCOMES[posting.outcome]
    if code is Code.INSUFFICIENT_BALANCE:
        return Problem(code, advice, available=posting.available, required=amount, currency=currency)
    if code is Code.LIMIT_EXCEEDED:
        return Problem(code, advice, limit=posting.limit, remaining=posting.remaining, currency=currency)
    if code is Code.DUPLICATE_RECHARGE:
        return Problem(code, advice, earlier_id=posting.fact)
    if code is Code.IDEMPOTENCY_MISMATCH:
        return mismatch(posting.differing)
    if code is Code.VALIDATION_ERROR:
        return invalid("amount", advice, code=str(posting.outcome))
    return Problem(code, advice)


def mismatch(fields: tuple[str, ...]) -> Problem:
    named = [
        {"field": field, "code": "differs", "message": "differs from the first request"} for field in fields
    ]
    return Problem(
        Code.IDEMPOTENCY_MISMATCH,
        f"This key was used before with another {' and '.join(fields)}. Use a new key for a new request.",
        errors=named,
    )
