"""Puts the past of some sellers into the database: `python -m bench.growth.fill FILE PART PARTS RECHARGES`.

A process of its own, so that several share the work: this one takes every PARTS-th seller of FILE,
beginning with PART, and their share of RECHARGES. All that it writes is one transaction, by COPY as the
superuser, whose address is in GROWTH_DSN: the door would take minutes for what COPY does in seconds.
"""

import os
import random
import sys
from pathlib import Path

import psycopg

from bench.growth import life
from bench.growth.life import Past, Who
from topup import clock
from topup.clock import US_PER_SECOND

DSN = "GROWTH_DSN"
ROWS_PER_COPY = 20_000
DAYS = 90
REST_US = 86_400 * US_PER_SECOND
"""The past ended a day ago: nothing in it is today's."""


def main(*, file: Path, part: int, parts: int, recharges: int) -> None:
    lines = [line.split() for line in file.read_text(encoding="ascii").splitlines()][part::parts]
    pasts = [Past(Who(int(seller), int(user))) for _, seller, user in lines]
    rows = recharges // parts + (part < recharges % parts)
    with psycopg.connect(os.environ[DSN]) as connection:
        _fill(connection, pasts, rows=rows, draw=random.Random(part))


def _fill(
    connection: psycopg.Connection[tuple[object, ...]], pasts: list[Past], *, rows: int, draw: random.Random
) -> None:
    span_us = DAYS * REST_US
    from_us = clock.now_us() - REST_US - span_us
    step_us = max(span_us // max(rows, 1), 1)
    _copy(connection, life.COPY_JOURNAL, "".join(past.fund(from_us) for past in pasts))
    _copy(connection, life.COPY_ADJUSTMENTS, "".join(past.adjustment() for past in pasts))
    for first in range(0, rows, ROWS_PER_COPY):
        places = range(first, min(first + ROWS_PER_COPY, rows))
        piece = life.sales(pasts, places=places, from_us=from_us, step_us=step_us, draw=draw)
        _copy(connection, life.COPY_JOURNAL, piece.journal)
        _copy(connection, life.COPY_RECHARGES, piece.recharges)
    _copy(connection, life.COPY_BOOKS, "".join(past.book() for past in pasts))


def _copy(connection: psycopg.Connection[tuple[object, ...]], statement: str, lines: str) -> None:
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        copy.write(lines)


if __name__ == "__main__":
    main(file=Path(sys.argv[1]), part=int(sys.argv[2]), parts=int(sys.argv[3]), recharges=int(sys.argv[4]))
