"""An installation of its own whose operators are not instant, with a server, sellers and staff.

Owns what the tests of a recharge's life do and look at: gateways are chosen over HTTP as staff do,
sellers sell over HTTP, and what stands in the books is read by SQL of the tests' own.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any, NamedTuple

import httpx

from tests.support import posting
from tests.support.installation import ROOT, Installation, installed
from tests.support.model import Sums, audit
from tests.support.server import Server, serving
from topup import clock
from topup.recharges.lifecycle import FOLLOWS, State, is_final
from topup.trips import Connection

SELLERS_TIMEOUT_S = 120
REQUEST_TIMEOUT_S = 30
PATIENCE_S = 90
"""Longer than anything takes that a test waits for, also on a busy machine."""
POLL_S = 0.1
PRICE = 10_000
LOOPBACK = "127.0.0.1"
OPEN = ("accepted", "processing", "unknown")

_OPEN_HELD = """
SELECT b.seller_id, b.held,
       coalesce((SELECT sum(r.amount) FROM recharges.recharge r
                  WHERE r.seller_id = b.seller_id AND r.state IN ('accepted', 'processing', 'unknown')), 0),
       (SELECT count(*) FROM recharges.recharge r
         WHERE r.seller_id = b.seller_id AND r.state IN ('accepted', 'processing', 'unknown')),
       (SELECT count(*) FROM recharges.errand e WHERE e.seller_id = b.seller_id AND e.step <> 'reverse')
  FROM ledger.book b ORDER BY 1
"""
_SETTLED = """
SELECT r.id::text, r.state::text, r.hold_seq,
       coalesce(array_agg(j.kind::text ORDER BY j.seq) FILTER (WHERE j.seq IS NOT NULL), '{}')
  FROM recharges.recharge r
  LEFT JOIN ledger.journal j ON j.seller_id = r.seller_id AND j.source_id = r.id
 GROUP BY r.id, r.state, r.hold_seq
"""
MOVEMENTS = {
    "accepted": ["hold"],
    "processing": ["hold"],
    "unknown": ["hold"],
    "succeeded": ["hold", "capture"],
    "failed": ["hold", "release"],
    "reversed": ["hold", "capture", "reversal"],
}
"""What the journal has of a recharge in each state, where its operator is not instant."""
INSTANT = {"succeeded": ["recharge"], "reversed": ["recharge", "reversal"]}
"""The same where it is."""


class Shop(NamedTuple):
    """A seller and its way to the API."""

    client: httpx.Client

    def sell(self, number: str, *, amount: int = PRICE, reference: str) -> dict[str, Any]:  # a JSON object
        answer = self.client.post(
            "/api/v1/recharges",
            json={"phone_number": number, "amount": amount},
            headers={"Idempotency-Key": reference},
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def sell_many(self, numbers: list[str], *, prefix: str) -> list[str]:
        """Sell to each of these in batches; the ids of the recharges, in their order."""
        items = [
            {"phone_number": number, "amount": PRICE, "reference": f"{prefix}-{place}"}
            for place, number in enumerate(numbers)
        ]
        made: list[str] = []
        for first in range(0, len(items), 500):
            answer = self.client.post("/api/v1/recharges/batch", json={"items": items[first : first + 500]})
            assert answer.status_code == 200, answer.text
            made += [each["recharge"]["id"] for each in answer.json()["results"]]
        return made

    def read(self, path: str) -> dict[str, Any]:  # a JSON object
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def recharge(self, recharge_id: str) -> dict[str, Any]:  # a JSON object
        return self.read(f"/api/v1/recharges/{recharge_id}")

    def balance(self) -> dict[str, Any]:  # a JSON object
        return self.read("/api/v1/balance")

    def kinds(self) -> list[str]:
        """The kinds of its movements, the first one first."""
        return [each["type"] for each in reversed(self.read("/api/v1/transactions")["data"])]


class Place(NamedTuple):
    """Such an installation. `owner` may write what only tests do, such as time gone by."""

    installation: Installation
    server: Server
    staff: httpx.Client
    shops: list[Shop]
    owner: Connection

    @property
    def port(self) -> int:
        return int(self.server.url.rsplit(":", 1)[1])

    def choose(self, operator: str, gateway: str) -> None:
        answer = self.staff.patch(f"/api/v1/operators/{operator}", json={"gateway": gateway})
        assert answer.status_code == 200, answer.text

    def connect(self, operator: str, gateway: str, **body: Any) -> None:  # JSON
        answer = self.staff.put(f"/api/v1/operators/{operator}/connections/{gateway}", json=body)
        assert answer.status_code == 200, answer.text

    def state(self, recharge_id: str) -> State:
        (row,) = self.owner.execute("SELECT state::text FROM recharges.recharge WHERE id = %s", [recharge_id])
        return State(row[0])

    def states(self, recharges: list[str]) -> dict[str, State]:
        rows = self.owner.execute(
            "SELECT id::text, state::text FROM recharges.recharge WHERE id = ANY (%s)", [recharges]
        )
        return {row[0]: State(row[1]) for row in rows}

    def steps(self, recharge_id: str) -> list[str | None]:
        """The step of its errand, if it has any."""
        rows = self.owner.execute(
            "SELECT step::text FROM recharges.errand WHERE recharge_id = %s", [recharge_id]
        )
        return [row[0] for row in rows]

    def path(self, recharge_id: str) -> list[str]:
        """The states that its events lead through, each checked against the one before."""
        rows = self.owner.execute(
            "SELECT from_state::text, to_state::text FROM recharges.recharge_event"
            " WHERE recharge_id = %s ORDER BY at_us, id",
            [recharge_id],
        )
        path = ["accepted"]
        for before, after in rows.fetchall():
            assert before == path[-1], (path, before, after)
            assert State(after) in FOLLOWS[State(before)], (path, before, after)
            path.append(after)
        return path

    def cases(self, recharge_id: str) -> list[str]:
        rows = self.owner.execute(
            "SELECT kind::text FROM recharges.staff_case WHERE recharge_id = %s ORDER BY 1", [recharge_id]
        )
        return [row[0] for row in rows]

    def let_leases_end(self) -> None:
        """As if time had gone by: whatever a worker had is due."""
        self.owner.execute(
            "UPDATE recharges.errand SET due_at_us = %s WHERE claim IS NOT NULL", [clock.now_us()]
        )

    def let_time_go_by(self) -> None:
        """Whatever waits to be submitted or asked about is due. Leases go on."""
        self.owner.execute(
            "UPDATE recharges.errand SET due_at_us = %(now)s"
            " WHERE claim IS NULL AND due_at_us BETWEEN %(now)s AND %(now)s + 86400000000",
            {"now": clock.now_us()},
        )

    def all_final(self, recharges: list[str]) -> bool:
        """Whether these are all final; those that are not come nearer to it."""
        self.let_time_go_by()
        return all(is_final(state) for state in self.states(recharges).values())


def wait(until: Callable[[], bool], *, what: str, patience_s: int = PATIENCE_S) -> None:
    """Return once it is so; fail with `what` if it does not come about."""
    end = time.monotonic() + patience_s
    while not until():
        assert time.monotonic() < end, f"not within {patience_s} s: {what}"
        time.sleep(POLL_S)


def assert_books_are_right(place: Place) -> None:
    """Each book is what its journal proves, holds the prices of its open recharges and nothing else, and
    each recharge has exactly the movements of its state, and an errand while it is open."""
    held = place.owner.execute(_OPEN_HELD).fetchall()
    for seller_id, holds, prices, recharges, errands in held:
        assert (seller_id, holds, recharges) == (seller_id, prices, errands)
        book, lines = posting.book_of(place.owner, seller_id), posting.journal_of(place.owner, seller_id)
        assert audit(seller_id, lines) == Sums(*book.vector)
    for recharge_id, state, hold_seq, kinds in place.owner.execute(_SETTLED).fetchall():
        wanted = MOVEMENTS[state] if hold_seq is not None else INSTANT[state]
        assert kinds == wanted, (recharge_id, state, kinds)
    answer = place.staff.get("/api/balance/verify/", follow_redirects=True)
    assert answer.json()["ok"] is True, answer.text


@contextmanager
def opened(*, shops: int = 1, wal_archive: str = "", **settings: str) -> Iterator[Place]:
    """A place with this many sellers, each with more credit than any test spends."""
    with ExitStack() as stack:
        installation = stack.enter_context(installed(WAL_ARCHIVE=wal_archive))
        *keys, staff = people(installation, shops)
        server = stack.enter_context(serving(installation, **settings))
        clients = [stack.enter_context(_client(server, key)) for key in keys]
        owner = stack.enter_context(closing(installation.connect("owner")))
        of_staff = stack.enter_context(_client(server, staff))
        yield Place(installation, server, of_staff, [Shop(client) for client in clients], owner)


def people(installation: Installation, shops: int) -> list[str]:
    """The keys of new sellers, and last that of staff."""
    file = installation.home / "keys"
    done = subprocess.run(
        [sys.executable, "-m", "bench.sellers", str(shops), str(file)],
        env=installation.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=SELLERS_TIMEOUT_S,
    )
    assert done.returncode == 0, done.stderr
    return [*file.read_text(encoding="ascii").split(), done.stdout.split()[-1]]


def _client(server: Server, key: str) -> httpx.Client:
    return httpx.Client(
        base_url=server.url, headers={"Authorization": f"Token {key}"}, timeout=REQUEST_TIMEOUT_S
    )
