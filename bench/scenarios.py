"""What is measured, and what is to be reached.

Owns the scenarios and the targets; it measures nothing.
"""

from enum import StrEnum
from typing import NamedTuple

SELLERS = 1_000
PRICE_MINOR = 5_000
# Enough for 200 million sales of one seller: no measurement runs out of money.
FUNDS_MINOR = 1_000_000_000_000
BATCH_ITEMS = 100
SECONDS = 8
QUICK_SECONDS = 1
WARM_UP_SECONDS = 2
# The limit per key would stop one hot seller on a fast machine. A limit is counted, none is met.
SETTINGS = {"RATE_LIMIT_PER_SECOND": "1000000"}

FULL_CONNECTIONS = 256
CALM_CONNECTIONS = 64
BATCH_CONNECTIONS = 16
MIX_CONNECTIONS = 100

MIN_SINGLE_RATIO = 2.0
MIN_HOT_RATIO = 2.5
MIN_BATCH_RATIO = 4.0
MIN_OF_BASELINE = 10.0
MIN_OF_HOT_BASELINE = 20.0
MIN_BALANCES_PER_S = 8_000
MAX_P99_MS = 25.0
CALM_SHARE = 0.5
"""The share of the peak at which MAX_P99_MS is to hold, with no drops."""
MIN_GROWN = 0.9
MAX_DISK_BYTES = 450
MAX_IDLE_MB = 250.0


class Spread(StrEnum):
    """How requests are spread over the sellers: all of one, evenly, or as Zipf found (the n-th asks 1/n)."""

    HOT = "hot"
    EVEN = "spread"
    ZIPF = "zipf"


class What(StrEnum):
    """What is asked for. A mix is the brief's Locust file, whose weights are in bench/crowd/tally.py."""

    SALES = "sales"
    BALANCE = "balance"
    RECHARGE = "recharge"
    TRANSACTIONS = "transactions"
    MIX = "mix"


READS = frozenset({What.BALANCE, What.RECHARGE, What.TRANSACTIONS})
_READ = {
    What.BALANCE: "GET /balance",
    What.RECHARGE: "GET /recharges/{id}",
    What.TRANSACTIONS: "GET /transactions",
}


class Scenario(NamedTuple):
    """A load: requests of `items` recharges each (1: `POST /recharges`), from a number of connections."""

    connections: int
    sellers: int
    items: int = 1
    zipf: bool = False
    what: What = What.SALES

    @property
    def hot(self) -> bool:
        return self.sellers == 1

    @property
    def spread(self) -> Spread:
        if self.zipf:
            return Spread.ZIPF
        return Spread.HOT if self.hot else Spread.EVEN

    @property
    def name(self) -> str:
        who = "1 hot seller" if self.hot else f"{self.sellers:,} sellers{', Zipf' if self.zipf else ''}"
        return f"{self._doing}, {who}, {self.connections:,} connections"

    @property
    def _doing(self) -> str:
        if self.what is What.MIX:
            return "mix of the brief"
        if self.what in READS:
            return _READ[self.what]
        return "single" if self.items == 1 else f"batches of {self.items}"


FULL = Scenario(FULL_CONNECTIONS, SELLERS)
HOT = Scenario(FULL_CONNECTIONS, 1)
SINGLES = (
    Scenario(1, SELLERS),
    Scenario(16, SELLERS),
    Scenario(CALM_CONNECTIONS, SELLERS),
    FULL,
    Scenario(1_024, SELLERS),
    Scenario(CALM_CONNECTIONS, 1),
    HOT,
    Scenario(FULL_CONNECTIONS, SELLERS, zipf=True),
)
# MAX_BATCH is 512 wishes, so 1,000 items would be two batches and measure the same as 500.
BATCHES = (
    Scenario(BATCH_CONNECTIONS, SELLERS, 10),
    Scenario(BATCH_CONNECTIONS, SELLERS, BATCH_ITEMS),
    Scenario(BATCH_CONNECTIONS, SELLERS, 500),
    Scenario(BATCH_CONNECTIONS, 1, BATCH_ITEMS),
)
READ_LOADS = tuple(Scenario(CALM_CONNECTIONS, SELLERS, what=each) for each in sorted(READS))
MIX = Scenario(MIX_CONNECTIONS, SELLERS, what=What.MIX)
WARM_UP = Scenario(CALM_CONNECTIONS, SELLERS)
QUICK_SINGLES = (FULL, HOT)
QUICK_BATCHES = (BATCHES[1],)
QUICK_READS = READ_LOADS[:1]
