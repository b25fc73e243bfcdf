"""The brief's own design under the loads that it is compared in.

Owns the order, and that its books are right too: each balance is what its transactions come to.
"""

import psycopg
from psycopg.conninfo import make_conninfo

from bench.baseline import server
from bench.figures import Figure
from bench.house import House
from bench.measure import Measurements, say
from bench.scenarios import FULL, HOT

WARM_UP_S = 1
_WRONG = """
SELECT count(*) FROM baseline_seller s
 WHERE s.balance <> (SELECT sum(CASE t.kind WHEN 'credit' THEN t.amount ELSE -t.amount END)
                       FROM baseline_transaction t WHERE t.seller_id = s.id)
"""


class BrokenBooks(RuntimeError):
    """The baseline lost or made money, so its speed means nothing."""


def run(place: House, *, seconds: int) -> list[Figure]:
    """Its figures with many sellers and with one."""
    people = server.prepare(place)
    with server.serving(place) as running:
        loads = Measurements(house=place, people=people, server=running, place="baseline")
        loads.sell(FULL, seconds=WARM_UP_S)
        figures = []
        for scenario in (FULL, HOT):
            place.checkpoint()
            figures.append(loads.measure(scenario, seconds=seconds))
            say(f"baseline: {figures[-1].name}: {figures[-1].per_second:,.0f}/s")
    _prove(place)
    return figures


def _prove(place: House) -> None:
    with psycopg.connect(make_conninfo(place.cluster.dsn("super"), dbname=server.DATABASE)) as connection:
        row = connection.execute(_WRONG).fetchone()
    if row != (0,):
        raise BrokenBooks(f"balances of the baseline that differ from their transactions: {row}")
