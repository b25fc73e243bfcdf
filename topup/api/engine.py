"""What one API process has: its pool, its poster, and what it remembers. The API's composition root."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

import psycopg
from django.db import Error as DjangoDatabaseError
from django.db import connection as django_connection
from psycopg_pool import PoolTimeout, TooManyRequests

from topup import database, trips
from topup.api.auth import KeyMemory
from topup.api.errors import OUTCOMES, Code, Problem
from topup.api.rates import Limiter, Policy
from topup.config import Config
from topup.ledger import poster
from topup.ledger.cures import Cure, cure
from topup.ledger.door import F, Family, Posting, W
from topup.ledger.outcomes import Outcome
from topup.recharges.rules import Recharge, Sale
from topup.recharges.sell import Sales
from topup.trips import Row, Rows, Statement

P = ParamSpec("P")
T = TypeVar("T")


def away() -> Problem:
    return Problem(Code.DATABASE_UNAVAILABLE, "Send the same request again after Retry-After.")


class Engine:
    """Opened when the server starts, closed when it has answered everybody."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.keys = KeyMemory()
        self.key_rate = Limiter(Policy("key", config.rate_limit_per_second, 1))
        self.login_rate = Limiter(Policy("login", config.login_limit_per_minute, 60))
        self.pool = database.pool(config)
        self.sales: poster.Poster[Sale, Recharge] = poster.Poster(
            lambda: database.connect_async(config), Sales(), lanes=config.lanes, zone=config.time_zone
        )

    async def open(self) -> None:
        await asyncio.to_thread(self._refuse_unfit)
        await self.pool.open()
        await self.sales.start()

    def _refuse_unfit(self) -> None:
        with database.connect(self.config) as connection:
            database.refuse_unfit(connection)

    async def close(self) -> None:
        await self.sales.stop()
        await self.pool.close()

    async def read(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows of one statement. Raises Problem where the database is away."""
        return (await self.run([(statement, parameters)]))[0]

    async def run(self, step: list[Statement]) -> Rows:
        """The rows of a step, which brings its own transaction if it needs one."""
        try:
            async with self.pool.connection() as connection:
                try:
                    return await trips.run_async(connection, step)
                except psycopg.Error:
                    await connection.rollback()
                    raise
        except (PoolTimeout, TooManyRequests) as error:
            raise away() from error
        except psycopg.Error as error:
            raise _told(error) from error

    async def post(self, wish: W, family: Family[W, F]) -> Posting:
        """Move money for one wish too rare for a lane."""
        try:
            async with self.pool.connection() as connection:
                (posting,) = await poster.post(connection, [wish], family, zone=self.config.time_zone)
                return posting
        except (PoolTimeout, TooManyRequests, psycopg.OperationalError) as error:
            raise away() from error

    async def in_thread(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what uses Django's ORM, and give its connection back."""

        def call() -> T:
            try:
                return function(*args, **kwargs)
            finally:
                django_connection.close()

        try:
            return await asyncio.to_thread(call)
        except PoolTimeout as error:
            raise away() from error
        except DjangoDatabaseError as error:
            raise _told(error.__cause__ or error) from error


def _told(error: BaseException) -> BaseException:
    """What a client is told of an error of the database; the error itself where nobody foresaw it."""
    remedy = cure(error)
    if remedy is Cure.RECONNECT:
        return away()
    if remedy is Cure.WAIT_LESS:
        return Problem(*OUTCOMES[Outcome.OVERLOADED])
    if isinstance(error, psycopg.DataError):
        return Problem(Code.VALIDATION_ERROR, "A value is too large, or has a NUL character.")
    return error


def of(request: Any) -> Engine:  # any Litestar connection
    engine: Engine = request.app.state.engine
    return engine
