"""A seller's money as it should be, with every kind of movement, and the log of the clients who moved it.

Owns the making of it by hand, from the accountant's model: nothing of the product has a part in it. It is
laid into temporary tables that have the columns of the real ones and none of their constraints, so that a
test can damage it in any way.
"""

import json
import uuid
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults.books import Connection
from tests.faults.client_log import Entry
from tests.support.model import NOTHING_BEFORE, Line, Model, seal

SELLER = 7
PHONE = 989123456789
TABLES = {
    "book": "ledger",
    "journal": "ledger",
    "adjustment": "ledger",
    "recharge": "recharges",
    "credit_request": "credit",
}
CREDIT, PRICE = 1_000_000, 5_000


class Written(NamedTuple):
    """A fact to be written: its table and the columns that matter."""

    table: str
    columns: dict[str, Any]  # values of any type


class TrueHistory:
    """Every step of it; `facts`, `lines` and `entries` are what it left."""

    def __init__(self) -> None:
        self.model = Model(SELLER)
        self.lines: list[Line] = []
        self.facts: list[Written] = []
        self.entries: list[Entry] = []
        self._credit()
        for name in ("first", "second", "third"):
            self._sale(name, "succeeded")
        self._sale("gone-back", "reversed")
        for name, state in (("captured", "succeeded"), ("released", "failed"), ("open", "processing")):
            self._held_sale(name, state)
        self._adjust("adjustment", 700)
        self._adjust("deduction", -300)
        self._tell("refused", "invoke", "refused")
        self._tell("unknown", "invoke", "unknown", "refused")

    def _move(self, kind: str, amount: int, source: str, source_id: str) -> int:
        """One more line; its number."""
        assert self.model.ask(kind, amount, day=date.min) is None
        number = len(self.lines) + 1
        line = Line(number, kind, amount, self.model.sums, source, source_id, "user", 3, 10**15 + number, b"")
        before = self.lines[-1].sealed if self.lines else NOTHING_BEFORE
        self.lines.append(line._replace(sealed=seal(SELLER, "IRR", line, before)))
        return number

    def _credit(self) -> None:
        request = str(uuid.uuid4())
        number = self._move("credit", CREDIT, "credit_request", request)
        columns = {"id": request, "amount": CREDIT, "state": "approved", "credit_seq": number}
        self.facts.append(Written("credit_request", columns))
        waiting = {"id": str(uuid.uuid4()), "amount": CREDIT, "state": "pending", "credit_seq": None}
        self.facts.append(Written("credit_request", waiting))
        asked = Entry("invoke", "approval", SELLER, request, CREDIT, "", {})
        self.entries += [asked, asked._replace(what="ok")]

    def _sale(self, name: str, state: str) -> None:
        made = str(uuid.uuid4())
        number = self._move("recharge", PRICE, "recharge", made)
        back = self._move("reversal", PRICE, "recharge", made) if state == "reversed" else None
        self._recharge(name, made, state, None, number, back)
        self._answered(name, made, number)

    def _held_sale(self, name: str, state: str) -> None:
        made = str(uuid.uuid4())
        hold = self._move("hold", PRICE, "recharge", made)
        kind = {"succeeded": "capture", "failed": "release"}.get(state)
        settle = self._move(kind, PRICE, "recharge", made) if kind else None
        self._recharge(name, made, state, hold, settle, None)
        self._answered(name, made, hold)

    def _recharge(
        self, name: str, made: str, state: str, hold: int | None, settle: int | None, reverse: int | None
    ) -> None:
        columns = {"id": made, "reference": name, "phone_number": PHONE, "amount": PRICE, "state": state}
        numbers = {"hold_seq": hold, "settle_seq": settle, "reverse_seq": reverse}
        self.facts.append(Written("recharge", columns | numbers))

    def _adjust(self, kind: str, amount: int) -> None:
        made = str(uuid.uuid4())
        number = self._move(kind, abs(amount), "adjustment", made)
        self.facts.append(Written("adjustment", {"id": made, "amount": amount, "seq": number}))

    def _answered(self, name: str, made: str, number: int) -> None:
        available = self.lines[number - 1].sums.available
        answer = {
            "id": made,
            "version": number,
            "phone_number": f"+{PHONE}",
            "amount": PRICE,
            "balance_before": available + PRICE,
            "balance_after": available,
        }
        self._tell(name, "invoke", "ok", answer=answer)

    def _tell(self, name: str, *whats: str, answer: dict[str, Any] | None = None) -> None:  # a JSON object
        for what in whats:
            told = answer or {} if what == "ok" else {}
            self.entries.append(Entry(what, "recharge", SELLER, name, PRICE, f"+{PHONE}", told))  # type: ignore[arg-type]  # words of it


def lay(connection: Connection, history: TrueHistory) -> None:
    """The history in temporary tables of this connection, which stand before the real ones."""
    for table, schema in TABLES.items():
        connection.execute(f"CREATE TEMP TABLE {table} AS TABLE {schema}.{table} WITH NO DATA".encode())
    for line in history.lines:
        _insert(connection, "journal", _of_line(line))
    last = history.lines[-1]
    sums = {"seq": last.number, "head_hash": last.sealed, **last.sums._asdict()}
    _insert(connection, "book", {"currency": "IRR", **sums})
    for fact in history.facts:
        _insert(connection, fact.table, fact.columns)


def _of_line(line: Line) -> dict[str, Any]:  # values of any type
    named = line._asdict()
    sums: dict[str, Any] = named.pop("sums")._asdict()
    renamed = {"number": "seq", "moment_us": "created_at_us", "sealed": "hash"}
    return {renamed.get(name, name): value for name, value in named.items()} | sums | {"currency": "IRR"}


def _insert(connection: Connection, table: str, columns: dict[str, Any]) -> None:  # values of any type
    columns = {"seller_id": SELLER, **columns}
    places = ", ".join(["%s"] * len(columns))
    connection.execute(
        f"INSERT INTO pg_temp.{table} ({', '.join(columns)}) VALUES ({places})".encode(),
        list(columns.values()),
    )


def write_log(path: Path, entries: list[Entry]) -> Path:
    """The entries as clients leave them."""
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="ascii")
    return path
