"""The kinds of work that are measured, each in small pieces that are done again and again.

Owns what a piece is, for a thread or process (`pieces`) and for asyncio's tasks (`awaited_pieces`). A
piece is the product's own code where the product has such work.
"""

import asyncio
import functools
import hashlib
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from enum import StrEnum

import msgspec

from topup import clock, database, ids
from topup.api.schemas import RechargeIn
from topup.config import Config
from topup.ledger import chain, direct
from topup.ledger.outcomes import DONE
from topup.ledger.poster import Poster
from topup.recharges.rules import Recharge, Sale
from topup.recharges.sell import Sales

Piece = Callable[[], object]
AwaitedPiece = Callable[[], Awaitable[object]]

PRICE_MINOR = 5_000
SOMEBODY = 1
PHONE_NUMBERS = 10_000_000
# Django's hash has a million rounds, half a second; a piece must fit into a short measurement.
PBKDF2_ROUNDS = 20_000
WAIT = "SELECT pg_sleep(0.005)"
BODY = b'{"phone_number":"+989123456789","amount":5000}'


class Kind(StrEnum):
    """Kinds of work, in the words of the table."""

    PYTHON = "JSON and a chain hash (Python, holds the GIL)"
    PASSWORD = "PBKDF2 (C, lets the GIL go)"  # noqa: S105  # no password
    WAITING = "waiting 5 ms for PostgreSQL"
    SELLING = "selling, a seller for each"
    SELLING_HOT = "selling, all for one seller"


@contextmanager
def pieces(kind: Kind, config: Config, *, seller_id: int) -> Iterator[Piece]:
    """What one thread or process repeats, on a connection of its own where it needs one."""
    if kind is Kind.PYTHON:
        yield _parse_and_seal
    elif kind is Kind.PASSWORD:
        yield _hash_password
    else:
        with database.connect(config) as connection:
            if kind is Kind.WAITING:
                yield lambda: connection.execute(WAIT)
            else:
                family, zone = Sales(), config.time_zone
                yield lambda: _refuse_failure(
                    direct.post(connection, [_sale(seller_id)], family, zone=zone)[0].outcome in DONE
                )


@asynccontextmanager
async def awaited_pieces(
    kind: Kind, config: Config, *, seller_ids: Sequence[int]
) -> AsyncIterator[list[AwaitedPiece]]:
    """What each task repeats, one for each seller. Sales go through the poster, as in the API."""
    if kind in {Kind.PYTHON, Kind.PASSWORD}:
        piece = _parse_and_seal if kind is Kind.PYTHON else _hash_password
        yield [functools.partial(_in_loop, piece) for _ in seller_ids]
    elif kind is Kind.WAITING:
        connections = [await database.connect_async(config) for _ in seller_ids]
        yield [functools.partial(connection.execute, WAIT) for connection in connections]
        for connection in connections:
            await connection.close()
    else:
        connect = functools.partial(database.connect_async, config)
        poster = Poster(connect, Sales(), lanes=config.lanes, zone=config.time_zone)
        await poster.start()
        yield [functools.partial(_submit, poster, seller_id) for seller_id in seller_ids]
        await poster.stop()


async def _in_loop(piece: Piece) -> None:
    piece()
    await asyncio.sleep(0)


async def _submit(poster: Poster[Sale, Recharge], seller_id: int) -> None:
    _refuse_failure((await poster.submit(_sale(seller_id))).outcome in DONE)


def _refuse_failure(done: bool) -> None:  # noqa: FBT001  # its name says it
    assert done, "a sale was refused, so that nothing was measured"


def _sale(seller_id: int) -> Sale:
    number = 989_120_000_000 + random.randrange(PHONE_NUMBERS)
    return Sale(seller_id, ids.new(seller_id), secrets.token_hex(8), number, PRICE_MINOR, None, SOMEBODY, 0)


def _parse_and_seal() -> bytes:
    """What the worker's Python does for a sale: read its body, seal a movement."""
    body = msgspec.json.decode(BODY, type=RechargeIn)
    return chain.link(
        seller_id=SOMEBODY,
        currency="IRR",
        seq=1,
        kind="recharge",
        amount=body.amount,
        vector=(0, 0, body.amount, body.amount, 0),
        source_type="recharge",
        source_id=ids.new(SOMEBODY),
        actor_type="user",
        actor_id=SOMEBODY,
        created_at_us=clock.now_us(),
        previous=chain.GENESIS,
    )


def _hash_password() -> bytes:
    return hashlib.pbkdf2_hmac("sha256", b"a password", b"a salt", PBKDF2_ROUNDS)
