"""Recharges settled a second by one worker, through the simulated operator over HTTP.

Owns that measurement: the recharges are sold first, while no worker runs, so that only going out,
answers and settlements are timed. The times are the database's own rows: from the first attempt to the
last settlement.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import NamedTuple

import httpx

from bench.house import House, People
from tests.recharges.ways import http_json
from tests.support.installation import Installation
from tests.support.server import Server, free_port
from topup import clock
from topup.trips import Connection

RECHARGES = 10_000
BATCH = 500
IN_FLIGHT = 200
"""Words under way with the operator, which answers after 50 ms."""
STARTED_S = 30
SETTLED_S = 120
STOP_S = 40
POLL_S = 0.2
OPERATOR = "mci"
NUMBER = "0912000{:04d}"

_SPAN = """
SELECT (SELECT min(begun_at_us) FROM recharges.attempt), max(updated_at_us),
       count(*) FILTER (WHERE state = 'succeeded'), count(*)
  FROM recharges.recharge WHERE hold_seq IS NOT NULL
"""
_TWICE = "SELECT count(*) FROM recharges.attempt WHERE verb = 'submit' AND nr > 1"


class Settled(NamedTuple):
    """What a worker did. `twice` counts recharges that were submitted more than once."""

    recharges: int
    succeeded: int
    seconds: float
    twice: int

    @property
    def per_second(self) -> float:
        return self.succeeded / self.seconds


def measure(place: House, people: People, server: Server, *, recharges: int = RECHARGES) -> Settled:
    """Sell through a gateway, then let one worker bring everything to its end."""
    with simulator(place.installation) as port, _staff(server, people) as staff:
        _lead_to(staff, port)
        try:
            _sell(server, people, recharges)
            with worker(place.installation, server), closing(place.installation.connect("super")) as looking:
                return _wait(looking)
        finally:
            staff.patch(f"/api/v1/operators/{OPERATOR}", json={"gateway": "instant"}).raise_for_status()


@contextmanager
def worker(installation: Installation, server: Server) -> Iterator[None]:
    """`topup worker` beside this server."""
    with _running(installation, "worker", port=str(httpx.URL(server.url).port)):
        yield


@contextmanager
def simulator(installation: Installation) -> Iterator[int]:
    """`topup simulator`; its port."""
    port = free_port()
    with _running(installation, "simulator", "--port", str(port)):
        until = time.monotonic() + STARTED_S
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/numbers", timeout=5)
                break
            except httpx.TransportError:
                if time.monotonic() > until:
                    raise
                time.sleep(POLL_S)
        yield port


@contextmanager
def _running(installation: Installation, *words: str, port: str = "") -> Iterator[None]:
    with (installation.home / f"{words[0]}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "topup.management.cli", *words],
            env=installation.environment(**({"PORT": port} if port else {})),
            cwd=installation.home,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=STOP_S)


@contextmanager
def _staff(server: Server, people: People) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Token {people.staff_key}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
        yield client


def _lead_to(staff: httpx.Client, port: int) -> None:
    """The operator's gateway is the simulator over HTTP."""
    connection = http_json(port, timeout_s=10, max_in_flight=IN_FLIGHT)
    path = f"/api/v1/operators/{OPERATOR}"
    staff.put(f"{path}/connections/http_json", json=connection).raise_for_status()
    staff.patch(path, json={"gateway": "http_json"}).raise_for_status()


def _sell(server: Server, people: People, recharges: int) -> None:
    keys = people.keys.read_text("ascii").split()
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for first in range(0, recharges, BATCH):
            items = [
                {"phone_number": NUMBER.format(place % 100), "amount": 5_000, "reference": f"out-{place}"}
                for place in range(first, first + BATCH)
            ]
            headers = {"Authorization": f"Token {keys[first // BATCH % len(keys)]}"}
            answer = client.post("/api/v1/recharges/batch", json={"items": items}, headers=headers)
            assert all(each["status"] == httpx.codes.CREATED for each in answer.json()["results"])


def _wait(looking: Connection) -> Settled:
    until, recharges, succeeded = time.monotonic() + SETTLED_S, 0, 0
    while time.monotonic() < until:
        time.sleep(POLL_S)
        row = looking.execute(_SPAN).fetchone()
        assert row is not None
        begun_us, ended_us, succeeded, recharges = row
        if succeeded == recharges and begun_us:
            twice = looking.execute(_TWICE).fetchone()
            assert twice is not None
            return Settled(recharges, succeeded, (ended_us - begun_us) / clock.US_PER_SECOND, twice[0])
    raise AssertionError(
        f"{recharges - succeeded} of {recharges} recharges are not settled after {SETTLED_S} s"
    )
