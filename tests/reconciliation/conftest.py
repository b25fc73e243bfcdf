"""A seller with five movements, and the command as a shell runs it."""

import subprocess
from collections.abc import Callable
from typing import Protocol

import pytest

from tests.conftest import NewSeller
from tests.support.installation import Installation
from tests.support.posting import PRICE, a_sale
from topup.ledger import direct
from topup.recharges.sell import Sales
from topup.trips import Connection

COMMAND_TIMEOUT_S = 120
Ran = subprocess.CompletedProcess[str]


class Reconcile(Protocol):
    def __call__(self, *words: str, **settings: str) -> Ran: ...


@pytest.fixture
def seller(new_seller: NewSeller, app: Connection) -> int:
    """A seller with a credit and four sales; 30,000 are available."""
    made = new_seller(available=10 * PRICE).id
    direct.post(app, [a_sale(made) for _ in range(4)], Sales(), zone="UTC")
    return made


@pytest.fixture
def reconcile(installation: Installation) -> Callable[..., Ran]:
    """`topup reconcile_balances <words>`."""

    def run(*words: str, **settings: str) -> Ran:
        return subprocess.run(
            installation.command("reconcile_balances", *words),
            env=installation.environment(**settings),
            cwd=installation.home,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_TIMEOUT_S,
        )

    return run
