"""Whether the books are right after the load: a benchmark of a broken ledger is worthless.

Owns the two questions: does every book prove itself, and was exactly what was answered written.
"""

import httpx
import msgspec
import psycopg

# Every journal row is read and hashed again.
VERIFY_TIMEOUT_S = 900


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """What was found. `unsure` counts sales whose answer never came or was not read one by one."""

    books: int
    verified: bool
    answered: int
    unsure: int
    recharges: int
    movements: int

    @property
    def exact(self) -> bool:
        return self.answered <= self.recharges <= self.answered + self.unsure

    @property
    def holds(self) -> bool:
        return self.verified and self.exact and self.recharges == self.movements


def ask(*, url: str, staff_key: str, dsn: str, answered: int, unsure: int) -> Audit:
    """Ask the product for its proof, and the database for its rows."""
    proof = httpx.get(
        f"{url}/api/balance/verify/",
        headers={"Authorization": f"Token {staff_key}"},
        timeout=VERIFY_TIMEOUT_S,
        follow_redirects=True,
    )
    proof.raise_for_status()
    found = proof.json()
    return Audit(
        books=found["books"],
        verified=found["ok"] and all(each["status"] == "VERIFIED" for each in found["sellers"]),
        answered=answered,
        unsure=unsure,
        recharges=_count(dsn, "SELECT count(*) FROM recharges.recharge"),
        movements=_count(dsn, "SELECT count(*) FROM ledger.journal WHERE kind IN ('recharge', 'hold')"),
    )


def _count(dsn: str, query: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    number: int = row[0]
    return number


def sentence(audit: Audit) -> str:
    """The audit in words."""
    proved = "all are VERIFIED" if audit.verified else "NOT ALL ARE VERIFIED"
    relation = "=" if audit.recharges == audit.answered else "against"
    unsure = f" ({audit.unsure:,} sales had no answer that was counted)" if audit.unsure else ""
    verdict = "The books hold." if audit.holds else "THE BOOKS DO NOT HOLD: these figures are worthless."
    return (
        f"{audit.books:,} books, {proved}; {audit.recharges:,} recharges written {relation} "
        f"{audit.answered:,} answered with success{unsure}; {audit.movements:,} movements. {verdict}"
    )
