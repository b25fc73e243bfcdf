"""What is measured, and what is to be reached.

Owns the scenarios and the targets; it measures nothing.
"""

from typing import NamedTuple

SELLERS = 1_000
PRICE_MINOR = 5_000
# Enough for 200 million sales of one seller: no measurement runs out of money.
FUNDS_MINOR = 1_000_000_000_000
BATCH_ITEMS = 100
SECONDS = 10
QUICK_SECONDS = 2
WARM_UP_SECONDS = 2
# The limit per key would stop one hot seller on a fast machine. A limit is counted, none is met.
SETTINGS = {"RATE_LIMIT_PER_SECOND": "1000000"}

MIN_SINGLE_RATIO = 1.0
MIN_BATCH_RATIO = 3.0
MAX_P99_MS = 100.0
MAX_IDLE_MB = 250.0
FULL_CONNECTIONS = 256
CALM_CONNECTIONS = 64


class Scenario(NamedTuple):
    """A load: requests of `items` recharges each (1: `POST /recharges`), from a number of connections."""

    connections: int
    sellers: int
    items: int = 1

    @property
    def hot(self) -> bool:
        return self.sellers == 1

    @property
    def name(self) -> str:
        who = "1 hot seller" if self.hot else f"{self.sellers:,} sellers"
        what = "single" if self.items == 1 else f"batches of {self.items}"
        return f"{what}, {who}, {self.connections} connections"


SCENARIOS = (
    Scenario(CALM_CONNECTIONS, SELLERS),
    Scenario(CALM_CONNECTIONS, 1),
    Scenario(FULL_CONNECTIONS, SELLERS),
    Scenario(FULL_CONNECTIONS, 1),
    Scenario(16, SELLERS, BATCH_ITEMS),
    Scenario(16, 1, BATCH_ITEMS),
)
WARM_UP = Scenario(CALM_CONNECTIONS, SELLERS)
