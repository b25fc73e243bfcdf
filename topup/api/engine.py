"""What one API process has: its pool, its poster, and what it remembers. The API's composition root."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import psycopg
from django.db import Error as DjangoDatabaseError
from django.db import connection as django_connection
from psycopg_pool import PoolTimeout, TooManyRequests

from topup import database, shared_cache, trips
from topup.api.auth import KeyMemory
from topup.api.book_reads import BookReads
from topup.api.errors import OUTCOMES, Code, Problem
from topup.api.key_use import KeyUse
from topup.api.rates import Limiter, Policy
from topup.config import Config
from topup.ledger import poster
from topup.ledger.cures import Cure, cure
from topup.ledger.families import F, Family, Posting, W
from topup.ledger.outcomes import Outcome
from topup.recharges.notices import Reader
from topup.recharges.rules import Recharge, Sale
from topup.recharges.sell import Sales
from topup.telemetry import snapshots
from topup.telemetry.beat import Beat
from topup.telemetry.counts import COUNTS
from topup.trips import Row, Rows, Statement
from topup.vault import Vault

if TYPE_CHECKING:
    from topup.api.rate_sharing import RateSharing

CALLBACK_RATE = Policy("callback", 1_000, 1)
"""Callbacks a second of one address for one operator, in one process: more than a worker submits."""
UNSIGNED_CALLBACK_RATE = Policy("unsigned_callback", 20, 1)
"""The same of those that nobody signed, which whoever may send: each is a row, and perhaps a query."""

P = ParamSpec("P")
T = TypeVar("T")


def _with_redis(config: Config, key_rate: Limiter) -> "tuple[RateSharing | None, poster.Around | None]":
    """What shares the limits and what is entered around a batch, as the settings want them."""
    if not config.redis_url:
        return None, None
    # redis-py takes a tenth of a second to load, which only those pay who use it.
    from topup.api.rate_sharing import RateSharing  # noqa: PLC0415
    from topup.api.seller_locks import SellerLocks  # noqa: PLC0415
    from topup.redis_link import Link  # noqa: PLC0415

    link = Link(config.redis_url)
    locks = SellerLocks(link, timeout_s=config.distributed_lock_timeout)
    return RateSharing(link, [key_rate]), locks.around if config.seller_lock == "redis" else None


def away() -> Problem:
    return Problem(Code.DATABASE_UNAVAILABLE, "Send the same request again after Retry-After.")


class Engine:
    """Opened when the server starts, closed when it has answered everybody."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.keys = KeyMemory()
        self.key_rate = Limiter(Policy("key", config.rate_limit_per_second, 1), shared=bool(config.redis_url))
        self.login_rate = Limiter(Policy("login", config.login_limit_per_minute, 60))
        self.wrong_keys = Limiter(Policy("wrong_keys", config.wrong_keys_per_minute, 60))
        self.callback_rate = Limiter(CALLBACK_RATE)
        self.unsigned_callback_rate = Limiter(UNSIGNED_CALLBACK_RATE)
        self._sharing, self._around = _with_redis(config, self.key_rate)
        self.pool = database.pool(config)
        sales = Sales(duplicate_window_s=config.double_spending_timeout)
        self.sales: poster.Poster[Sale, Recharge] = poster.Poster(
            lambda: database.connect_async(config),
            sales,
            lanes=config.lanes,
            zone=config.time_zone,
            around=self._around,
        )
        self.books = BookReads(lambda: database.connect_async(config))
        self.notices = Reader(lambda: database.connect_async(config), config=config, vault=Vault(config))
        self.beat = Beat(snapshots.Directory(snapshots.of_server(config.home, config.port)))
        self.key_use = KeyUse(self.run)
        self._show_gauges()

    def _show_gauges(self) -> None:
        COUNTS.gauge("topup_shared_cache_hits", lambda: shared_cache.counts().hits)
        COUNTS.gauge("topup_shared_cache_misses", lambda: shared_cache.counts().misses)
        COUNTS.gauge("topup_queue_length", lambda: self.sales.queued)
        COUNTS.gauge("topup_pool_size", lambda: self.pool.get_stats()["pool_size"])
        COUNTS.gauge("topup_pool_available", lambda: self.pool.get_stats()["pool_available"])
        COUNTS.gauge("topup_pool_waiting", lambda: self.pool.get_stats().get("requests_waiting", 0))

    async def open(self) -> None:
        await asyncio.to_thread(self._refuse_unfit)
        await self.pool.open(wait=True)
        # The pages' own pool opens when it is first asked, and then keeps a connection as this one does.
        with contextlib.suppress(Problem):
            await self.in_thread(_connect_once)
        await self.sales.start()
        self.books.start()
        self.beat.start()
        self.key_use.start()
        if self._sharing is not None:
            self._sharing.start()

    def _refuse_unfit(self) -> None:
        with database.connect(self.config) as connection:
            database.refuse_unfit(connection)

    async def close(self) -> None:
        await self.sales.stop()
        await self.books.stop()
        if self._sharing is not None:
            await self._sharing.stop()
        await self.key_use.stop()
        await self.notices.close()
        await self.pool.close()
        await self.beat.stop()

    async def read(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows of one statement. Raises Problem where the database is away."""
        return (await self.run([(statement, parameters)]))[0]

    async def look_up(self, statement: str, parameters: Sequence[object]) -> list[Row]:
        """The same as `read`, planned once a connection: for what is looked up all the time, and by tables of
        which one index alone can serve it, so that no plan made while they were empty is a wrong one."""
        return (await self.run([(statement, parameters)], prepared=True))[0]

    async def run(self, step: list[Statement], *, prepared: bool = False) -> Rows:
        """The rows of a step, which brings its own transaction if it needs one."""
        try:
            async with self.pool.connection() as connection:
                try:
                    return await trips.run_async(connection, step, prepared=prepared)
                except psycopg.Error:
                    await connection.rollback()
                    raise
        except (PoolTimeout, TooManyRequests) as error:
            raise away() from error
        except psycopg.Error as error:
            raise told(error) from error

    async def count_login(self, address: str) -> dict[str, str]:
        """Count a log-in from an address; the headers of its answer. Raises Problem (429)."""
        if self._sharing is None:
            return self.login_rate.count(address)
        return await self._sharing.count(self.login_rate, address)

    async def post(self, wish: W, family: Family[W, F]) -> Posting:
        """Move money for one wish too rare for a lane."""
        around = self._around([wish.seller_id]) if self._around else poster.NOTHING
        try:
            async with around, self.pool.connection() as connection:
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
            raise told(error.__cause__ or error) from error


def _connect_once() -> None:
    """As Django in this thread."""
    django_connection.ensure_connection()


def told(error: BaseException) -> BaseException:
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
