"""When the primary dies and the standby takes over, nothing that was acknowledged is lost or done twice.

The application is told both hosts and goes to the one that may be written to; nobody changes a setting.
"""

import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.recharges import place as places
from tests.standby.conftest import PRICE, Scene

CLIENTS = 4
BEFORE, AFTER = 60, 20
"""Sales that are acknowledged before and after."""


class Till:
    """Sells from several threads, and keeps what was asked for and what was acknowledged."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._closed = threading.Event()
        self.asked: list[str] = []
        self.acknowledged: dict[str, str] = {}

    def sell(self, client: int) -> None:
        number = 0
        while not self._closed.is_set():
            number += 1
            self.try_once(f"client-{client}-{number}")

    def try_once(self, reference: str) -> None:
        self.asked.append(reference)
        try:
            answer = self._scene.sell(reference)
        except httpx.TransportError:
            return  # nobody knows: it is asked again below
        if answer.is_success:
            self.acknowledged[reference] = answer.json()["id"]
        else:
            self._closed.wait(0.2)

    def close(self) -> None:
        self._closed.set()


def test_what_was_acknowledged_is_there_once_when_the_standby_took_over(scene: Scene) -> None:
    till = Till(scene)
    with ThreadPoolExecutor(CLIENTS) as pool:
        try:
            selling = [pool.submit(till.sell, client) for client in range(CLIENTS)]
            places.wait(lambda: len(till.acknowledged) >= BEFORE, what="sales before")
            scene.pair.fail_over()
            lived = len(till.acknowledged)
            places.wait(lambda: len(till.acknowledged) >= lived + AFTER, what="sales after")
        finally:
            till.close()
    for each in selling:
        each.result()

    acknowledged = dict(till.acknowledged)
    assert {
        reference for reference in acknowledged if scene.times(reference, on=scene.pair.port) != 1
    } == set()
    for reference in list(till.asked):
        till.try_once(reference)
    assert till.acknowledged.items() >= acknowledged.items(), "a repeat was answered with another recharge"
    ((sold,),) = scene.pair.ask(scene.pair.port, "SELECT sold FROM ledger.book")
    assert sold == PRICE * len(set(till.asked)), "something was sold twice, or never"
    assert verified(scene).returncode == 0


def verified(scene: Scene) -> "subprocess.CompletedProcess[str]":
    installation = scene.installation
    return subprocess.run(
        installation.command("verify"), env=installation.environment(), cwd=installation.home,
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
