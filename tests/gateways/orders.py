"""Orders as the worker gives them to a gateway, each for a recharge of its own."""

import itertools
import secrets

from topup import clock
from topup.gateways.contract import Order

PRICE = 50_000
_places = itertools.count(1)


def new_recharge() -> str:
    """The beginning of the references of one recharge."""
    return f"{next(_places):08x}{secrets.token_hex(12)}"


def order(
    digits: str = "100", *, recharge: str | None = None, attempt: int = 1, amount: int = PRICE
) -> Order:
    """An order for a number that ends with these digits."""
    recharge = recharge or new_recharge()
    return Order(
        reference=f"{recharge}{attempt:02d}",
        recharge_id=recharge,
        operator="mci",
        phone_number=int(f"989123456{digits}"),
        amount=amount,
        currency="IRR",
        submitted_at_us=clock.now_us(),
    )
