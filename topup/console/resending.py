"""Sending a webhook once more, from a page: the same bytes under the same id, on record.

Owns the one statement. What is sent, and when, is the worker's; a delivery that is on its way goes on.
"""

from topup import clock, ids
from topup.audit import log
from topup.audit.log import Act
from topup.console import reading
from topup.ledger.outcomes import Outcome


def resend(*, delivery_id: str, by: int) -> Outcome:
    """POSTED: it is sent again; NOT_OPEN: it has not ended, or there is none such."""
    seller_id, now_us = ids.seller_of(delivery_id), clock.now_us()
    _, noted = log.note(
        Act.WEBHOOK_RESENT,
        subject_type="webhook_delivery",
        subject_id=delivery_id,
        seller_id=seller_id,
        by=by,
        at_us=now_us,
    )
    ((sent,),) = reading.rows("resend", seller_id, delivery_id, now_us, *noted)
    return Outcome.POSTED if sent else Outcome.NOT_OPEN
