"""Speed with many recharges already there: the same singles and reads at each size, and what the disk holds.

Owns the steps. Each makes sellers of its own with their past, and the load is theirs; what was there before
stays. The last one has a hundred thousand sellers, whom the server has not met.
"""

import time
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import psycopg

from bench import house, processes, reading
from bench.figures import Figure
from bench.growth import disk, grow
from bench.growth.disk import Share
from bench.growth.grow import Grown
from bench.house import House
from bench.measure import Measurements, say
from bench.scenarios import FULL, READ_LOADS, SELLERS, Scenario
from tests.support.installation import Installation
from tests.support.server import Server, serving
from topup.ledger import verify
from topup.ledger.verify import Status

ROWS = (0, 1_000_000, 10_000_000)
QUICK_ROWS = (0, 20_000)
MANY_SELLERS = 100_000
QUICK_MANY_SELLERS = 2_000
EACH_OF_MANY = 5
"""Recharges behind each of the many sellers."""
TURNS = 3
"""Loads of a database with a past and of one without, one after the other, so that a machine that becomes
slower or faster meanwhile does so for both. The median of each counts."""
LONGER = 4
"""A turn takes so many times the seconds of other measurements: just after a checkpoint nearly each sale
meets a page of an index that must be logged whole, which is not how it goes on."""
PACK_LIMIT_S = 1_800
SAMPLE = 20
"""Books of each step that are proved; all of them would take longer than the loads."""


class Age(msgspec.Struct, frozen=True, kw_only=True):
    """One step: how many recharges and sellers there were, and what was measured then. `none_per_second` is
    the speed of singles on a database without a past, in turns with this one; 0 where nothing is compared.
    `packed` is what all of it took once `topup pack` had been run, where it was, and in how many seconds."""

    recharges: int
    sellers: int
    figures: list[Figure]
    none_per_second: float
    disk: list[Share]
    packed: list[Share]
    packed_in_s: float
    proved: int
    verified: bool


def run(
    place: House,
    server: Server,
    *,
    staff_key: str,
    seconds: int,
    rows: Sequence[int],
    many: int,
    reads: Sequence[Scenario] = READ_LOADS,
    turns: int = TURNS,
) -> list[Age]:
    """A step for each number of rows, and one with many sellers (0: none)."""
    steps = [(SELLERS, wanted - there) for there, wanted in pairwise([0, *rows])]
    last = len(steps) - 1
    if many:
        steps.append((many, many * EACH_OF_MANY))
    return [
        _step(
            place,
            server,
            staff_key,
            sellers=sellers,
            recharges=recharges,
            seconds=seconds,
            reads=reads,
            turns=turns,
            pack=number == last and recharges > 0,
        )
        for number, (sellers, recharges) in enumerate(steps)
    ]


def _step(
    place: House,
    server: Server,
    staff_key: str,
    *,
    sellers: int,
    recharges: int,
    seconds: int,
    reads: Sequence[Scenario],
    turns: int,
    pack: bool,
) -> Age:
    say(f"making {sellers:,} sellers with {recharges:,} recharges")
    before = disk.sizes(place.installation)
    grown = grow.grow(place.installation, staff_key=staff_key, sellers=sellers, recharges=recharges)
    after = disk.sizes(place.installation)
    loads = Measurements(house=place, people=grown.people, server=server, place=f"grown{sellers}-{recharges}")
    loads.sell(_for(FULL, sellers), seconds=1)
    reading.write_paths(place.installation, grown.people)
    none: Figure | None = None
    if recharges and sellers == SELLERS:
        longer = seconds * (LONGER if turns > 1 else 1)
        none, single = _beside_none(place, loads, seconds=longer, turns=turns)
    else:
        single = _one(place, loads, _for(FULL, sellers), seconds=seconds)
    figures = [single, *(_one(place, loads, _for(each, sellers), seconds=seconds) for each in reads)]
    sample = grown.sellers[:: max(len(grown.sellers) // SAMPLE, 1)]
    packed, packed_in_s = _pack(place) if pack else ([], 0.0)
    return Age(
        recharges=_count(place),
        sellers=sellers,
        figures=figures,
        none_per_second=none.per_second if none else 0.0,
        disk=disk.shares(before, after, recharges=recharges) if recharges else [],
        packed=packed,
        packed_in_s=packed_in_s,
        proved=len(sample),
        verified=prove(place.installation, grown, sample),
    )


def _pack(place: House) -> tuple[list[Share], float]:
    """What a recharge takes once the indexes were built anew, of all that is there; and the seconds."""
    say("packing the indexes")
    began_s = time.monotonic()
    processes.run(
        place.installation.command("pack"),
        limit_s=PACK_LIMIT_S,
        env=place.installation.environment(),
        directory=place.installation.home,
    )
    packed_in_s = time.monotonic() - began_s
    return disk.shares({}, disk.sizes(place.installation), recharges=_count(place)), packed_in_s


def _beside_none(place: House, loads: Measurements, *, seconds: int, turns: int) -> tuple[Figure, Figure]:
    """Singles without a past and with this one, in turns on two databases."""
    with house.running(settings=place.installation.settings) as young, serving(young.installation) as server:
        fresh = Measurements(house=young, people=house.populate(young, sellers=SELLERS), server=server)
        fresh.warm_up()
        pairs = [
            (_one(young, fresh, FULL, seconds=seconds), _one(place, loads, FULL, seconds=seconds))
            for _ in range(turns)
        ]
    without, with_past = zip(*pairs, strict=True)
    return _median(without), _median(with_past)


def _one(place: House, loads: Measurements, scenario: Scenario, *, seconds: int) -> Figure:
    place.checkpoint()
    figure = loads.measure(scenario, seconds=seconds)
    say(f"{figure.name}: {figure.per_second:,.0f}/s")
    return figure


def _median(figures: Sequence[Figure]) -> Figure:
    return sorted(figures, key=lambda figure: figure.per_second)[len(figures) // 2]


def _for(scenario: Scenario, sellers: int) -> Scenario:
    return scenario._replace(sellers=sellers)


def prove(installation: Installation, grown: Grown, sample: Sequence[int]) -> bool:
    """Whether the books of some sellers prove themselves from their journals, past and load."""
    with installation.connect("super") as connection:
        return all(
            report.status is Status.VERIFIED and report.movements > grown.recharges // len(grown.sellers) // 2
            for seller in sample
            for report in verify.verify(connection, seller_id=seller)
        )


def _count(place: House) -> int:
    with psycopg.connect(place.cluster.dsn("super")) as connection:
        row = connection.execute("SELECT count(*) FROM recharges.recharge").fetchone()
    assert row is not None
    return int(row[0])
