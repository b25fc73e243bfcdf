"""`python -m bench.webhooks`: deliveries of webhooks per second by one worker, to a receiver on this machine.

Sells first, with endpoints that follow, then starts a worker and watches what it has delivered. The
receiver is a process of its own that reads requests and answers 204; its CPU is the machine's too.
"""

import argparse
import asyncio
import contextlib
import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

import psutil

from bench import house, processes
from bench.house import House
from bench.scenarios import SETTINGS
from tests.support.posting import selling
from topup import clock, ids
from topup.clock import US_PER_SECOND
from topup.recharges.rules import Sale
from topup.trips import Connection
from topup.vault import Vault
from topup.webhooks import signing
from topup.webhooks.endpoints import MAX_ENDPOINTS

SELLERS = 100
DELIVERIES = 20_000
TARGET_PER_S = 500
LIMIT_S = 600
POLL_S = 0.2
PRICE_MINOR = 5_000
FIRST_NUMBER = 989120000000
AT_ONCE = 2_000
"""Sales that wait in the lanes at once: fewer than they hold."""
ALLOWED = {"WEBHOOK_ALLOWED_HOSTS": "127.0.0.1"}
ANSWER = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"


class Measured(NamedTuple):
    deliveries: int
    seconds: float
    worker_cpu_s: float
    attempts: int


def main() -> int:
    """Sell, deliver, print how fast. 1 where the target was missed."""
    asked = _arguments()
    with house.running(settings={**SETTINGS, **ALLOWED}) as made, receiver() as port:
        house.populate(made, sellers=asked.sellers)
        sellers = listen(made, port=port)
        asyncio.run(_sell(made, sellers, count=asked.deliveries))
        made.checkpoint()
        measured = _measure(made, wanted=asked.deliveries)
    rate = measured.deliveries / measured.seconds
    print(
        f"{measured.deliveries:,} deliveries of {asked.sellers:,} sellers in {measured.seconds:.1f} s by one "
        f"worker: {rate:,.0f}/s, {measured.attempts:,} attempts, {measured.worker_cpu_s:.1f} s of its CPU. "
        f"The target of {TARGET_PER_S}/s is {'reached' if rate >= TARGET_PER_S else 'missed'}."
    )
    return 0 if rate >= TARGET_PER_S else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.webhooks", description=__doc__.split("\n")[0])
    parser.add_argument("--sellers", type=int, default=SELLERS, help="each has one endpoint")
    parser.add_argument("--deliveries", type=int, default=DELIVERIES, help="of all sellers together")
    return parser.parse_args()


@contextlib.contextmanager
def receiver() -> Iterator[int]:
    """A receiver in a process of its own; its port."""
    words = [sys.executable, "-m", "bench.webhooks", "receive"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=processes.ROOT) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def listen(made: House, *, port: int) -> list[int]:
    """Give every seller an endpoint; the sellers."""
    vault = Vault(made.installation.config)
    with made.installation.connect("app") as connection:
        rows = connection.execute("SELECT id FROM sellers_seller ORDER BY id").fetchall()
        sellers: list[int] = [seller for (seller,) in rows]
        for seller in sellers:
            secret = vault.seal(bytes(signing.SECRET_BYTES))
            values: tuple[object, ...] = (
                seller,
                ids.new(seller),
                f"http://127.0.0.1:{port}/{seller}",
                "",
                [],
                secret,
            )
            connection.execute(
                "SELECT webhooks.add_endpoint_v1(%s, %s, %s, %s, %s, %s, %s, %s)",
                (*values, MAX_ENDPOINTS, clock.now_us()),
            )
    return sellers


async def _sell(made: House, sellers: list[int], *, count: int) -> None:
    """As many sales, spread over the sellers."""
    numbers = itertools.cycle(sellers)
    async with selling(made.installation.config) as poster:
        for start in range(0, count, AT_ONCE):
            some = range(start, min(start + AT_ONCE, count))
            await asyncio.gather(*(poster.submit(_a_sale(next(numbers), place)) for place in some))


def _a_sale(seller_id: int, place: int) -> Sale:
    return Sale(
        seller_id=seller_id, id=ids.new(seller_id), reference=f"order-{place}",
        phone_number=FIRST_NUMBER + place, amount=PRICE_MINOR, operator=None, actor_id=1, key_epoch=None,
    )  # fmt: skip


def _measure(made: House, *, wanted: int) -> Measured:
    """Start a worker and watch until all is delivered."""
    installation = made.installation
    command, environment = installation.command("worker"), installation.environment()
    with installation.connect("app") as connection:
        worker = subprocess.Popen(command, env=environment, cwd=installation.home)
        try:
            _wait(worker, connection, wanted)
            spent_s = processes.cpu_s([psutil.Process(worker.pid)])
        finally:
            worker.terminate()
            worker.wait()
        ((first_us, last_us),) = connection.execute(
            "SELECT min(created_at_us), max(finished_at_us) FROM webhooks.delivery"
        ).fetchall()
        ((attempts,),) = connection.execute("SELECT count(*) FROM webhooks.delivery_attempt").fetchall()
    return Measured(wanted, (last_us - first_us) / US_PER_SECOND, spent_s, attempts)


def _wait(worker: "subprocess.Popen[bytes]", connection: Connection, wanted: int) -> None:
    until = time.monotonic() + LIMIT_S
    while time.monotonic() < until:
        if worker.poll() is not None:
            raise processes.ChildFailed(f"the worker ended with status {worker.returncode}")
        ((done,),) = connection.execute(
            "SELECT count(*) FROM webhooks.delivery WHERE state = 'delivered'"
        ).fetchall()
        if done >= wanted:
            return
        time.sleep(POLL_S)
    raise processes.ChildFailed(f"not all was delivered within {LIMIT_S} s")


class _Answering(asyncio.Protocol):
    """Reads one request after another and answers each 204."""

    def __init__(self) -> None:
        self._read = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(END_OF_HEAD)) >= 0:
            lines = bytes(self._read[:end]).lower().split(b"\r\n")
            (length,) = (int(line.removeprefix(LENGTH)) for line in lines if line.startswith(LENGTH))
            whole = end + len(END_OF_HEAD) + length
            if len(self._read) < whole:
                return
            del self._read[:whole]
            self._transport.write(ANSWER)


async def _receive() -> None:
    server = await asyncio.get_running_loop().create_server(_Answering, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1:] == ["receive"]:
        asyncio.run(_receive())
    sys.exit(main())
