"""What the sellers were told beside what the product holds: any difference is a discrepancy.

Owns the sellers' own accounts, kept from answers alone: opening balance, sales, credits, closing
balance, one by one; and the recharges in the database beside the ids in the answers. It trusts no sum
of the product.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import httpx
import msgspec
import psycopg

from bench.crowd.tally import CREATED, Credited, Sold, Tally

REQUEST_LIMIT_S = 60


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One seller, as its own program kept it. Amounts in minor units."""

    key_number: int
    opening: int
    credited: int
    sold: int
    closing: int

    @property
    def difference(self) -> int:
        return self.closing - (self.opening + self.credited - self.sold)


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What was told beside what is held. `told` are 201s of different keys, `written` rows."""

    accounts: int
    wrong_accounts: list[Account]
    told: int
    told_apart: int
    written: int
    missing: int
    unknown: int

    @property
    def discrepancies(self) -> int:
        named_twice = self.told - self.told_apart
        return len(self.wrong_accounts) + named_twice + self.missing + self.unknown


def keep(
    opening: Sequence[int], closing: Sequence[int], *, sold: Iterable[Sold], credited: Iterable[Credited]
) -> list[Account]:
    """An account a key, in the keys' order."""
    sales: Counter[int] = Counter()
    credits_: Counter[int] = Counter()
    for sale in sold:
        sales[sale.key_number] += sale.amount
    for credit in credited:
        credits_[credit.key_number] += credit.amount
    return [
        Account(key_number=place, opening=first, credited=credits_[place], sold=sales[place], closing=last)
        for place, (first, last) in enumerate(zip(opening, closing, strict=True))
    ]


def compare(accounts: Sequence[Account], *, told: Sequence[str], written: Iterable[str]) -> Comparison:
    """Every account, and every id that was told beside every id that is in the database."""
    apart, rows = set(told), set(written)
    return Comparison(
        accounts=len(accounts),
        wrong_accounts=[account for account in accounts if account.difference],
        told=len(told),
        told_apart=len(apart),
        written=len(rows),
        missing=len(apart - rows),
        unknown=len(rows - apart),
    )


def balances(*, url: str, keys: Sequence[str]) -> list[int]:
    """What each seller is told to have."""
    with httpx.Client(base_url=url, timeout=REQUEST_LIMIT_S) as client:
        return [_available(client, key) for key in keys]


def _available(client: httpx.Client, key: str) -> int:
    answer = client.get("/api/v1/balance", headers=_headers(key))
    answer.raise_for_status()
    available: int = answer.json()["available"]
    return available


def written(dsn: str) -> list[str]:
    """The ids of all recharges."""
    with psycopg.connect(dsn) as connection:
        return [str(row[0]) for row in connection.execute("SELECT id FROM recharges.recharge")]


def settle(tally: Tally, *, url: str, keys: Sequence[str], staff_key: str) -> int:
    """Ask again about everything whose answer was lost, and add what is found to the tally.

    The same key has one effect, so a sale is sent again as it was. Returns how much was open.
    """
    with httpx.Client(base_url=url, timeout=REQUEST_LIMIT_S) as client:
        for sale in tally.unsure_sales:
            headers = {**_headers(keys[sale.key_number]), "Idempotency-Key": sale.reference}
            body = {"phone_number": sale.phone_number, "amount": sale.amount}
            answer = client.post("/api/v1/recharges", json=body, headers=headers)
            if answer.status_code == CREATED:
                tally.sold.append(Sold(sale.key_number, answer.json()["id"], sale.amount))
            elif answer.is_server_error:
                answer.raise_for_status()
        for approval in tally.unsure_approvals:
            answer = client.get(f"/api/v1/credit-requests/{approval.request_id}", headers=_headers(staff_key))
            answer.raise_for_status()
            if answer.json()["status"] == "approved":
                tally.credited.append(Credited(approval.key_number, approval.amount))
    return len(tally.unsure_sales) + len(tally.unsure_approvals)


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Token {key}"}
