"""A day in the past with recharges of its own, files about it, and the command as a shell runs it.

Every test has a day that no other has, because what a file lacks is looked for among all sellers.
"""

import itertools
import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import NewSeller
from tests.support.installation import Installation
from tests.support.posting import PRICE, a_sale
from topup import clock, ids, trips
from topup.credit import decide
from topup.gateways.contract import Answer, Result
from topup.ledger import direct, door
from topup.ledger.families import F, Family, Posting, W
from topup.ledger.outcomes import Outcome
from topup.recharges import errands
from topup.recharges.errands import Candidate, Record
from topup.recharges.pursuit import Continue, Step, Verb
from topup.recharges.rules import Recharge
from topup.recharges.sell import Sales
from topup.trips import Connection

ZONE = "Asia/Tehran"
FIRST_DAY = date(2025, 1, 1)
HOUR_US = 3_600 * clock.US_PER_SECOND
COMMAND_TIMEOUT_S = 120
MAPPING = {
    "reference": "Ref", "amount": "Amount", "state": "Status", "delivered": ["OK"], "failed": ["NOK"],
    "operator_reference": "Trace", "phone_number": "Msisdn", "time": "Time",
}  # fmt: skip
HEADER = "Ref,Amount,Status,Trace,Msisdn,Time"
_days = itertools.count()

Row = Sequence[object]


@dataclass
class Ran:
    """What a run of the command came to."""

    status: int
    told: dict[str, Any]  # a JSON object
    errors: str


@dataclass
class Scene:
    """A day, an operator, and one seller who sold on that day."""

    app: Connection
    installation: Installation
    folder: Path
    seller: int
    member: int
    staff: int
    operator: str = "mci"
    day: date = field(default_factory=lambda: FIRST_DAY + timedelta(days=3 * next(_days)))

    def at_us(self, hour: float = 12, day: date | None = None) -> int:
        start = datetime.combine(day or self.day, datetime.min.time(), ZoneInfo(ZONE))
        return clock.to_us(start) + int(hour * HOUR_US)

    def fund(self, amount: int, at_us: int) -> None:
        """Credit as it came about then, before which this seller moved nothing."""
        note = bank_reference = ""
        request = ids.new(self.seller)
        asked = (self.seller, request, amount, "IRR", note, self.member, at_us, bank_reference)
        trips.run(self.app, [(decide.SQL["ask"], asked)])
        (posting,) = self.post([decide.Approval(self.seller, request, self.staff)], decide.Approvals(), at_us)
        assert posting.outcome is Outcome.POSTED, posting

    def sell(self, count: int = 1, at_us: int | None = None, **changes: Any) -> list[Recharge]:  # of Sale
        """Recharges of PRICE each, sold at that moment."""
        then = at_us or self.at_us()
        made: list[Recharge] = []
        for start in range(0, count, 256):
            wishes = [
                a_sale(
                    self.seller, id=ids.compose(moment_us=then, tail=next(_tails), seller_id=self.seller),
                    operator=self.operator, **changes,
                )
                for _ in range(min(256, count - start))
            ]  # fmt: skip
            postings = self.post(wishes, Sales(), then)
            assert {posting.outcome for posting in postings} == {Outcome.POSTED}
            made += [posting.fact for posting in postings]
        return made

    def post(self, wishes: Sequence[W], family: Family[W, F], at_us: int) -> list[Posting]:
        """Through the door, at a moment of the past."""
        steps = door.procedure(wishes, family, now=lambda: at_us, zone=ZONE, careful=False)
        return direct.carry_out(self.app, steps)

    def lose(self, recharge: Recharge) -> None:
        """The operator's answer to its submit is lost, as the worker records that."""
        now_us = self.at_us(13)
        due = self.one("SELECT due_at_us FROM recharges.errand WHERE recharge_id = %s", recharge.id)
        candidate = Candidate(self.seller, recharge.id, due, Step.SUBMIT, "", recharge.phone_number)
        claim = ids.new(self.seller)
        rows = trips.run(self.app, errands.claim([candidate], under=claim, until_us=now_us, now_us=now_us))
        following = Continue(Step.QUERY, 2**60)
        record = Record(errands.errand(rows[1][0]), Verb.SUBMIT, Answer(Result.UNKNOWN), now_us, following)
        trips.run(self.app, [errands.record([record], now_us=now_us)])
        assert self.state(recharge) == "unknown"

    def write(self, rows: Sequence[Row], *, header: str = HEADER, name: str = "day.csv") -> Path:
        path = self.folder / name
        path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n", "utf-8")
        return path

    def settle(self, file: Path | Sequence[Row], *words: str, operator: str = "", **mapping: Any) -> Ran:
        """`topup settle import`, with the mapping above and these changes."""
        path = file if isinstance(file, Path) else self.write(file)
        declared = self.folder / "mapping.json"
        declared.write_text(json.dumps(MAPPING | mapping))
        ran = self.run(
            "import", str(path), "--operator", operator or self.operator, "--mapping", str(declared),
            "--format", "json", *words,
        )  # fmt: skip
        return Ran(ran.returncode, json.loads(ran.stdout) if ran.stdout else {}, ran.stderr)

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.installation.command("settle", *words),
            env=self.installation.environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_TIMEOUT_S,
        )

    def one(self, statement: str, *values: object) -> Any:  # of whichever type the column has
        row = self.app.execute(statement.encode(), values).fetchone()
        return None if row is None else row[0]

    def state(self, recharge: Recharge) -> str:
        return str(
            self.one(
                "SELECT state::text FROM recharges.recharge WHERE seller_id = %s AND id = %s",
                recharge.seller_id, recharge.id,
            )
        )  # fmt: skip

    def money(self) -> tuple[int, int, int]:
        """What is available, held and sold."""
        row = self.app.execute(
            "SELECT available, held, sold FROM ledger.book WHERE seller_id = %s", [self.seller]
        ).fetchone()
        assert row is not None
        return row[0], row[1], row[2]

    def cases(self, ran: Ran) -> list[tuple[str, str]]:
        """The cases that a run opened: kind and subject, without the operator before it."""
        rows = self.app.execute(
            "SELECT c.kind::text, c.subject FROM recharges.staff_case c JOIN settlement_file f"
            " ON f.begun_at_us = c.opened_at_us AND f.operator = c.operator WHERE f.id = %s ORDER BY 1, 2",
            [ran.told["id"]],
        )
        return [(kind, subject.split(":", 1)[1]) for kind, subject in rows]


_tails = itertools.count(1)


@pytest.fixture
def scene(
    app: Connection, installation: Installation, tmp_path: Path, new_seller: NewSeller, staff: Any
) -> Scene:
    made = new_seller()
    scene = Scene(app, installation, tmp_path, made.id, made.user_id, staff.user_id)
    scene.fund(1_000_000_000, scene.at_us(0, scene.day - timedelta(days=1)))
    return scene


@pytest.fixture
def held(superuser: Connection, scene: Scene) -> Iterator[Scene]:
    """The same day at an operator whose recharges are held until their operator answers."""
    statement = "UPDATE gateways_operator SET gateway = %s WHERE code = 'rightel'"
    superuser.execute(statement, ["simulator"])
    scene.operator = "rightel"
    yield scene
    superuser.execute(statement, ["instant"])


def reference(recharge: Recharge, attempt: int | None = 1) -> str:
    """How an operator's file names a recharge."""
    return recharge.id.replace("-", "") + ("" if attempt is None else f"{attempt:02d}")


def row(recharge: Recharge, *, status: str = "OK", amount: object = PRICE, attempt: int | None = 1) -> Row:
    """The line of a file that agrees with this recharge."""
    time = clock.from_us(recharge.created_at_us).astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%dT%H:%M:%S")
    return (reference(recharge, attempt), amount, status, "trace-1", recharge.phone_number, time)


Rows = Callable[..., Row]
