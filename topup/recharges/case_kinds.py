"""What a case may be about: the closed set of kinds, as the database has it too. Pure."""

from enum import StrEnum


class Kind(StrEnum):
    CONTRADICTING_ANSWER = "contradicting_answer"
    """The operator said another thing of a recharge that is final."""
    LATE_SUCCESS = "late_success"
    """Delivered after its price was given back."""
    LATE_FAILURE = "late_failure"
    """Said to have failed after it was sold."""
    REVERSAL_REFUSED = "reversal_refused"
    """Our books gave the price back, and the operator does not."""
    REVERSAL_UNANSWERED = "reversal_unanswered"
    SETTLEMENT_OURS_ONLY = "settlement_ours_only"
    """We sold it, and the operator's file does not have it."""
    SETTLEMENT_THEIRS_ONLY = "settlement_theirs_only"
    """The operator's file has it, and we do not know it."""
    SETTLEMENT_AMOUNT_DIFFERS = "settlement_amount_differs"
    SETTLEMENT_STATE_DIFFERS = "settlement_state_differs"
