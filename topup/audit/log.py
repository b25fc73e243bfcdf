"""Writing the audit log: one entry, in the transaction of what it tells of.

Owns the closed set of acts and the form of an entry. It must never hold a secret: what is written here is
shown to staff and stays for ever.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg.types.json import Jsonb

from topup import clock, ids, sqlfiles
from topup.telemetry import context
from topup.trips import Statement

SQL = sqlfiles.load(Path(__file__).with_name("queries.sql"))
NOBODY = 0
"""The actor where no person is known: a command, the first start."""
NO_SELLER = 0
MAX_REASON = 500

Values = Mapping[str, Any]  # JSON values by the name of what they are


class Act(StrEnum):
    """What people do here. A word stays: rows have it for ever."""

    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"
    CREDIT_PROPOSED = "credit_proposed"
    CREDIT_APPROVED = "credit_approved"
    CREDIT_REJECTED = "credit_rejected"
    BALANCE_ADJUSTED = "balance_adjusted"
    RECHARGE_REVERSED = "recharge_reversed"
    SELLER_REGISTERED = "seller_registered"
    SELLER_RENAMED = "seller_renamed"
    STANDING_CHANGED = "standing_changed"
    ADDRESSES_CHANGED = "addresses_changed"
    OPERATOR_CHANGED = "operator_changed"
    USER_ADDED = "user_added"
    USER_CHANGED = "user_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # the name of an act
    KEY_ISSUED = "key_issued"
    KEY_REVOKED = "key_revoked"
    BALANCE_PROVED = "balance_proved"
    EXPORTED = "exported"
    PORTAL_LOOKED_AT = "portal_looked_at"
    OPERATOR_ASKED = "operator_asked"
    FAILURE_PROPOSED = "failure_proposed"
    PROPOSAL_WITHDRAWN = "proposal_withdrawn"
    RECHARGE_DECIDED = "recharge_decided"
    DISPUTE_REFUSED = "dispute_refused"
    CASE_CLOSED = "case_closed"
    CONNECTION_CHANGED = "connection_changed"
    MAPPING_CHANGED = "mapping_changed"
    SETTLEMENT_IMPORTED = "settlement_imported"
    WEBHOOK_RESENT = "webhook_resent"
    BULK_STARTED = "bulk_started"
    BULK_STOPPED = "bulk_stopped"
    BULK_RESUMED = "bulk_resumed"
    BOOK_REBUILT = "book_rebuilt"
    ENDPOINT_ADDED = "endpoint_added"
    ENDPOINT_CHANGED = "endpoint_changed"
    ENDPOINT_REMOVED = "endpoint_removed"
    ENDPOINT_SECRET_MADE = "endpoint_secret_made"  # noqa: S105  # the name of an act
    TWO_FACTOR_ON = "two_factor_on"
    TWO_FACTOR_OFF = "two_factor_off"
    RECOVERY_CODES_MADE = "recovery_codes_made"


def note(
    act: Act,
    *,
    subject_type: str,
    subject_id: object,
    seller_id: int | None = None,
    by: int | None = None,
    reason: str = "",
    before: Values | None = None,
    after: Values | None = None,
    at_us: int | None = None,
) -> Statement:
    """What writes an entry. `by` is a user's number; None is whoever the request is of, or nobody.

    Of `before` and `after` only what differs is kept.
    """
    seller = seller_id or NO_SELLER
    actor = context.who().get("user_id", NOBODY) if by is None else by
    before, after = _differing(before, after)
    values = (str(act), subject_type, str(subject_id), reason[:MAX_REASON], context.request_id())
    moment_us = clock.now_us() if at_us is None else at_us
    return (SQL["note"], (seller, ids.new(seller), moment_us, actor, *values, _json(before), _json(after)))


def write(act: Act, **told: Any) -> None:  # as `note` takes it
    """Write an entry on Django's connection, in its transaction where it is in one."""
    connection.ensure_connection()
    own: psycopg.Connection[Any] = connection.connection
    statement, values = note(act, **told)
    psycopg.RawCursor(own).execute(statement, values, prepare=False, binary=True)


def _differing(before: Values | None, after: Values | None) -> tuple[Values | None, Values | None]:
    if before is None or after is None:
        return before, after
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in names}, {name: after.get(name) for name in names}


def _json(values: Values | None) -> Jsonb | None:
    return None if values is None else Jsonb(dict(values))
