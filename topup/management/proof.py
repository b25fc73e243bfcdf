"""The accounting check, sold through our own HTTP API: 1,000,000 of credit, 60 sales of 5,000.

It knows only what a client knows. The balance it reads must be what the sum says, and what the
journal says when it is added up again.
"""

import secrets
from collections.abc import Callable

import msgspec

from topup.management.client import ApiError, Client
from topup.management.demo import Demo

CREDIT_MINOR = 1_000_000
SALES = 60
PRICE_MINOR = 5_000
PHONE_NUMBER = "+989121234567"


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What the API said. It holds when all three figures agree."""

    expected_minor: int
    balance_minor: int
    journal_minor: int

    @property
    def holds(self) -> bool:
        return self.expected_minor == self.balance_minor == self.journal_minor


def sell(
    client: Client, *, demo: Demo, progress: Callable[[str], None], pause: Callable[[float], None]
) -> Proof:
    """Ask for credit, approve it, sell, and read the books. Raises ApiError."""
    seller, staff = demo.sellers[0], demo.admin
    before = _balance(client, seller.token)
    asked = client.call("POST", "/api/v1/credit-requests", token=seller.token, body={"amount": CREDIT_MINOR})
    client.call("POST", f"/api/v1/credit-requests/{asked['id']}/approve", token=staff.token)
    # A proof that was interrupted is begun again, with keys of its own.
    run = secrets.token_hex(4)
    for number in range(1, SALES + 1):
        body = {"phone_number": PHONE_NUMBER, "amount": PRICE_MINOR}
        client.call("POST", "/api/v1/recharges", token=seller.token, body=body, key=f"proof-{run}-{number}")
        progress(f"{number} of {SALES} sold")
        pause(0)
    return _read(client, token=seller.token, expected_minor=before + CREDIT_MINOR - SALES * PRICE_MINOR)


def look(client: Client, *, demo: Demo) -> Proof:
    """Only read the books of the first seller. Raises ApiError."""
    token = demo.sellers[0].token
    return _read(client, token=token, expected_minor=_balance(client, token))


def _read(client: Client, *, token: str, expected_minor: int) -> Proof:
    verified = client.call("GET", "/api/balance/verify/", token=token)
    try:
        (book,) = verified["sellers"]
        journal_minor = int(book["calculated"])
    except (KeyError, TypeError, ValueError) as error:
        raise ApiError(f"GET /api/balance/verify/ answered something else: {verified}") from error
    return Proof(
        expected_minor=expected_minor,
        balance_minor=_balance(client, token),
        journal_minor=journal_minor,
    )


def _balance(client: Client, token: str) -> int:
    return int(client.call("GET", "/api/v1/balance", token=token)["available"])
