"""Telling sellers what no movement tells: an event is written in the transaction of its fact.

Owns the statement alone. Who is told, and when, is the worker's business.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from topup import ids, sqlfiles
from topup.ledger import literals
from topup.trips import Statement
from topup.webhooks.events import Type

SQL = sqlfiles.load(Path(__file__).with_name("queries.sql"))


def telling(
    *,
    seller_id: int,
    type_: Type,
    about: str,
    at_us: int,
    shown: Mapping[str, Any] | None = None,  # a JSON object
) -> Statement:
    """What tells this event, in the transaction of its fact.

    `about` is the id of the thing that it is about. `shown` is that thing as the API shows it, as it
    stands then; only of a recharge or a credit request it may be left out.
    """
    event_id = ids.new(seller_id)
    return (
        SQL["tell"],
        (
            seller_id,
            literals.numbers([seller_id]),
            literals.words([event_id]),
            literals.texts([type_]),
            literals.words([about]),
            literals.numbers([at_us]),
            literals.nullable_texts([None if shown is None else msgspec.json.encode(shown).decode()]),
        ),
    )
