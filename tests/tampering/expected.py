"""What `verify` must say of a change to each column of each table of money, and no column is without a row.

Owns that table. A change is SQL that a superuser runs past every guard; `ROWS` says to which row, by the
scene's own words. A column that is no money has the reason why a change of it is not the books' to tell.
"""

from typing import NamedTuple

from topup.ledger.proof import Flaw as Ledger
from topup.reconciliation.facts import Flaw

ANOTHER_HASH = "decode(repeat('ab', 32), 'hex')"
ANOTHER_ID = "gen_random_uuid()"


class Change(NamedTuple):
    """A change and what it is told as; `sealed`: only beside a seal that was made before it."""

    sql: str
    flaw: str
    row: str = ""
    sealed: bool = False


class NoMoney(NamedTuple):
    """A column that may change by itself."""

    because: str


STANDING = NoMoney("a rule for the next sale, which staff or the seller change; the audit log has who did")
COUNT = NoMoney("counts toward a day's limit, in the installation's zone; no balance follows from it")
RECORD = NoMoney("a record beside the books, of no movement; what the journal can say of it is checked")

ROWS = {
    "ledger.book": "true",
    "ledger.journal": "seq = 3",
    "ledger.adjustment": "id = '{raised}'",
    "ledger.idempotency": "operation = 'adjust' AND object_id = '{raised}'",
    "ledger.low_balance": "true",
    "ledger.book_rebuild": "true",
    "recharges.recharge": "id = '{instant}'",
    "credit.credit_request": "id = '{approved}'",
}
"""The row that is changed where a change names none. Every table of the ledger but the one that is fixed
(`ledger.move`), and every other with a column that names a movement."""

EXPECTED: dict[str, dict[str, Change | NoMoney]] = {
    "ledger.book": {
        "seller_id": Change("seller_id = 4294967295", Flaw.NO_BOOK),
        "currency": Change("currency = 'USD'", Ledger.BOOK_SEQ),
        "available": Change("available = available + 1, funded = funded + 1", Ledger.BOOK_SUMS),
        "held": Change("held = held + 1, sold = sold - 1", Ledger.BOOK_SUMS),
        "funded": Change("funded = funded + 1, adjusted = adjusted - 1", Ledger.BOOK_SUMS),
        "sold": Change("sold = sold + 1, available = available - 1", Ledger.BOOK_SUMS),
        "adjusted": Change("adjusted = adjusted + 1, available = available + 1", Ledger.BOOK_SUMS),
        "seq": Change("seq = seq - 1", Ledger.BOOK_SEQ),
        "head_hash": Change(f"head_hash = {ANOTHER_HASH}", Ledger.BOOK_HASH),
        "moved_at_us": Change("moved_at_us = moved_at_us + 1", Flaw.BOOK_TIME),
        "spent_today": COUNT,
        "spent_on": COUNT,
        "daily_limit": STANDING,
        "per_recharge_max": STANDING,
        "duplicate_window_s": STANDING,
        "key_epoch": STANDING,
        "active": STANDING,
        "low_balance_threshold": STANDING,
        "lockable": NoMoney("means nothing: a row lock needs a column that may be written"),
    },
    "ledger.journal": {
        "seller_id": Change("seller_id = 4294967295", Ledger.GAP),
        "currency": Change("currency = 'USD'", Ledger.GAP),
        "seq": Change("seq = 1000", Ledger.GAP),
        "amount": Change("amount = amount + 1", Ledger.VECTOR),
        "available": Change("available = available + 1, funded = funded + 1", Ledger.VECTOR),
        "held": Change("held = held + 1, funded = funded + 1", Ledger.VECTOR),
        "funded": Change("funded = funded + 1, adjusted = adjusted - 1", Ledger.VECTOR),
        "sold": Change("sold = sold + 1, adjusted = adjusted + 1", Ledger.VECTOR),
        "adjusted": Change("adjusted = adjusted + 1, funded = funded - 1", Ledger.VECTOR, "seq = 14"),
        "kind": Change("kind = 'release'", Ledger.VECTOR),
        "source_type": Change("source_type = 'adjustment'", Ledger.HASH),
        "source_id": Change(f"source_id = {ANOTHER_ID}", Ledger.HASH),
        "actor_type": Change("actor_type = 'system'", Ledger.HASH),
        "actor_id": Change("actor_id = actor_id + 1", Ledger.HASH),
        "created_at_us": Change("created_at_us = created_at_us + 1", Ledger.HASH),
        "hash": Change(f"hash = {ANOTHER_HASH}", Ledger.HASH),
    },
    "ledger.adjustment": {
        "seller_id": Change("seller_id = 4294967295", Flaw.FACT_MISSING),
        "id": Change(f"id = {ANOTHER_ID}", Flaw.FACT_MISSING),
        "amount": Change("amount = amount + 1", Flaw.FACT_DIFFERS),
        "currency": Change("currency = 'USD'", Flaw.FACT_DIFFERS),
        "seq": Change("seq = seq + 1", Flaw.MOVEMENT_MISSING),
        "actor_id": Change("actor_id = actor_id + 1", Flaw.FACT_DIFFERS),
        "created_at_us": Change("created_at_us = created_at_us + 1", Flaw.FACT_DIFFERS),
        "reason": Change("reason = 'another'", Flaw.SEAL_FACTS, sealed=True),
    },
    "ledger.idempotency": {
        "seller_id": Change("seller_id = 4294967295", Flaw.SEAL_FACTS, sealed=True),
        "operation": Change("operation = 'approve'", Flaw.SEAL_FACTS, sealed=True),
        "reference": Change("reference = 'another'", Flaw.SEAL_FACTS, sealed=True),
        "object_id": Change(f"object_id = {ANOTHER_ID}", Flaw.KEY),
        "request": Change("""request = '{{"amount": 1}}'""", Flaw.SEAL_FACTS, sealed=True),
    },
    "ledger.low_balance": {
        "seller_id": Change("seller_id = 4294967295", Flaw.SEAL_FACTS, sealed=True),
        "currency": Change("currency = 'USD'", Flaw.SEAL_FACTS, sealed=True),
        "seq": Change("seq = seq - 1", Flaw.WARNING),
        "threshold": Change("threshold = threshold + 1", Flaw.WARNING),
        "available": Change("available = available - 1", Flaw.WARNING),
    },
    "ledger.book_rebuild": {
        "seq": Change("seq = seq - 1", Flaw.REBUILD),
        "after_available": Change("after_available = after_available + 1", Flaw.REBUILD),
        "after_held": Change("after_held = after_held + 1", Flaw.REBUILD),
        "after_funded": Change("after_funded = after_funded + 1", Flaw.REBUILD),
        "after_sold": Change("after_sold = after_sold + 1", Flaw.REBUILD),
        "after_adjusted": Change("after_adjusted = after_adjusted + 1", Flaw.REBUILD),
        **dict.fromkeys(("seller_id", "id", "currency", "rebuilt_at_us", "rebuilt_by", "reason"), RECORD),
        **dict.fromkeys(("before_available", "before_held", "before_funded", "before_sold"), RECORD),
        "before_adjusted": RECORD,
    },
    "recharges.recharge": {
        "seller_id": Change("seller_id = 4294967295", Flaw.FACT_MISSING),
        "id": Change(f"id = {ANOTHER_ID}", Flaw.FACT_MISSING),
        "amount": Change("amount = amount + 1", Flaw.FACT_DIFFERS),
        "currency": Change("currency = 'USD'", Flaw.FACT_DIFFERS),
        "hold_seq": Change("hold_seq = hold_seq + 1", Flaw.MOVEMENT_MISSING, "id = '{accepted}'"),
        "settle_seq": Change("settle_seq = settle_seq + 1", Flaw.MOVEMENT_MISSING),
        "reverse_seq": Change("reverse_seq = reverse_seq - 1", Flaw.MOVEMENT_MISSING, "id = '{reversed}'"),
        "actor_id": Change("actor_id = actor_id + 1", Flaw.FACT_DIFFERS),
        "created_at_us": Change("created_at_us = created_at_us + 1", Flaw.FACT_DIFFERS),
        "updated_at_us": Change("updated_at_us = updated_at_us + 1", Flaw.FACT_DIFFERS),
        "state": Change("state = 'failed'", Flaw.FACT_DIFFERS),
        "phone_number": Change("phone_number = phone_number + 1", Flaw.SEAL_FACTS, sealed=True),
        "operator": Change("operator = 'mci'", Flaw.SEAL_FACTS, sealed=True),
        "operator_explicit": Change("operator_explicit = true", Flaw.SEAL_FACTS, sealed=True),
        "reference": Change("reference = 'another'", Flaw.SEAL_FACTS, sealed=True),
        "failure_code": Change("failure_code = 'x'", Flaw.SEAL_FACTS, "id = '{released}'", sealed=True),
        "reversal_reason": Change("reversal_reason = 'x'", Flaw.SEAL_FACTS, "id = '{reversed}'", sealed=True),
    },
    "credit.credit_request": {
        "seller_id": Change("seller_id = 4294967295", Flaw.FACT_MISSING),
        "id": Change(f"id = {ANOTHER_ID}", Flaw.FACT_MISSING),
        "amount": Change("amount = amount + 1", Flaw.FACT_DIFFERS),
        "currency": Change("currency = 'USD'", Flaw.FACT_DIFFERS),
        "credit_seq": Change("credit_seq = credit_seq - 1", Flaw.MOVEMENT_MISSING),
        "state": Change("state = 'rejected', credit_seq = NULL", Flaw.FACT_DIFFERS),
        "decided_by": Change("decided_by = decided_by + 1000", Flaw.FACT_DIFFERS),
        "decided_at_us": Change("decided_at_us = decided_at_us + 1", Flaw.FACT_DIFFERS),
        "requested_by": Change("requested_by = requested_by + 1000", Flaw.SEAL_FACTS, sealed=True),
        "created_at_us": Change("created_at_us = created_at_us + 1", Flaw.SEAL_FACTS, sealed=True),
        "note": Change("note = 'another'", Flaw.SEAL_FACTS, sealed=True),
        "reason": Change("reason = 'another'", Flaw.SEAL_FACTS, sealed=True),
        "bank_reference": Change("bank_reference = 'another'", Flaw.SEAL_FACTS, sealed=True),
    },
    "ledger.move": {
        "kind": NoMoney("eight kinds have eight rows, and its key refuses a ninth or two of one"),
        "from_account": Change("from_account = 'sold'", Flaw.MOVES, "kind = 'capture'"),
        "to_account": Change("to_account = 'held'", Flaw.MOVES, "kind = 'capture'"),
    },
}
"""Of each table of money, of each of its columns."""
