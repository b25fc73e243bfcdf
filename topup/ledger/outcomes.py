"""The closed set of things that can come of asking for a movement. Pure."""

from enum import StrEnum


class Outcome(StrEnum):
    """What came of one command. Interfaces match on these; one table turns them into HTTP."""

    POSTED = "posted"
    REPLAYED = "replayed"
    """The reference was used before, by the same command: nothing moved again."""

    INSUFFICIENT_BALANCE = "insufficient_balance"
    SELLER_SUSPENDED = "seller_suspended"
    PER_RECHARGE_MAX_EXCEEDED = "per_recharge_max_exceeded"
    DAILY_LIMIT_EXCEEDED = "daily_limit_exceeded"
    BALANCE_TOO_LARGE = "balance_too_large"
    """A sum in the book would pass 2^63-1."""
    STALE_KEY = "stale_key"
    """The seller's keys changed since the caller was authenticated: authenticate again."""
    NO_BOOK = "no_book"

    REFERENCE_MISMATCH = "reference_mismatch"
    """The reference was used before, by another command."""
    UNKNOWN_OPERATOR = "unknown_operator"
    OPERATOR_INACTIVE = "operator_inactive"
    AMOUNT_OUT_OF_RANGE = "amount_out_of_range"
    """Outside what the operator accepts in one recharge."""
    DUPLICATE_RECHARGE = "duplicate_recharge"
    """The same number and amount was sold within the seller's window, under another reference."""
    NOT_FOUND = "not_found"
    ALREADY_DECIDED = "already_decided"
    OWN_REQUEST = "own_request"
    """Nobody decides what they asked for."""
    PROPOSED = "proposed"
    """This approval is the first of two: nothing moved yet, a second person's will credit."""
    NOT_REVERSIBLE = "not_reversible"
    NOT_OPEN = "not_open"
    """The recharge is with its operator, or on its way there: nobody may settle it yet."""

    OVERLOADED = "overloaded"
    DATABASE_UNAVAILABLE = "database_unavailable"


DONE = frozenset({Outcome.POSTED, Outcome.REPLAYED})
"""The outcomes after which the effect stands in the database."""
