"""Connections to PostgreSQL: how each is opened, what it may wait for, and which servers are refused.

Every connection of the application has the time-outs below; migrations, as the owner, have none. Where
somebody has locked a book, or there are no connections left, a client is told to come back within a second:
LOCK_TIMEOUT_MS and POOL_WAIT_S are what that leaves.
"""

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import AsyncConnectionPool

from topup.config import SEARCH_PATH, Config
from topup.trips import AsyncConnection, Connection, Row

NAME = "topup"
WORKER = "topup worker"
"""What the server calls the connections of our processes; the worker is known to be there by its own."""
LOCK_TIMEOUT_MS = 600
"""Longer than a transaction of ours has a book, also on a slow disk."""
STATEMENT_TIMEOUT_MS = 10_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000
CONNECT_TIMEOUT_S = 5
POOL_MIN = 1
"""Connections that are kept open where nothing is asked, so that others can't have taken the last one."""
POOL_MAX_WAITING = 512
POOL_WAIT_S = 0.8

_TIME_OUTS = {
    "lock_timeout": LOCK_TIMEOUT_MS,
    "statement_timeout": STATEMENT_TIMEOUT_MS,
    "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_TIMEOUT_MS,
}


class UnfitServer(RuntimeError):
    """The database can't keep our promises as it is set up. The message says what to change."""


def options(*, time_outs: bool = True) -> str:
    """The `options` of a connection: the search path for Django's models, and the time-outs."""
    settings: dict[str, object] = {"search_path": SEARCH_PATH, "timezone": "UTC"}
    if time_outs:
        settings |= _TIME_OUTS
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def parameters(config: Config, role: str = "app") -> dict[str, Any]:  # libpq's keywords
    """Everything that psycopg needs to connect as a role."""
    dsn = config.dsn("owner" if role == "owner" else "app")
    return {
        **conninfo_to_dict(dsn),
        "options": options(time_outs=role == "app"),
        "connect_timeout": CONNECT_TIMEOUT_S,
        "application_name": NAME,
    }


def connect(config: Config) -> Connection:
    """A synchronous connection as the application, in autocommit mode."""
    return psycopg.connect(**parameters(config), autocommit=True)


async def connect_async(config: Config, *, name: str = NAME) -> AsyncConnection:
    """The same for a loop; `name` is what the server calls the connection."""
    named = {**parameters(config), "application_name": name}
    return await psycopg.AsyncConnection.connect(**named, autocommit=True)


def pool(config: Config, *, name: str = NAME) -> AsyncConnectionPool[AsyncConnection]:
    """A process's pool for everything but selling and settling; open it in the loop that uses it."""
    return AsyncConnectionPool(
        connection_class=psycopg.AsyncConnection[Row],
        kwargs={**parameters(config), "application_name": name, "autocommit": True},
        min_size=POOL_MIN,
        max_size=config.database_pool_size,
        max_waiting=POOL_MAX_WAITING,
        timeout=POOL_WAIT_S,
        open=False,
        name=name,
    )


# A role or a database may have settings of its own, so it is the session's values that count.
MUST_BE_ON = ("fsync", "full_page_writes")
# `remote_apply`, `remote_write` and `local` all wait for the local disk; `off` does not.
LOOSE_COMMIT = "off"
OLDEST_VERSION = 160000
NEWEST_VERSION = 190000

OWNS_THE_BOOKS = """
SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR EXISTS (
  SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname IN ('ledger', 'recharges', 'credit') AND pg_has_role(current_user, c.relowner, 'USAGE')))
"""


def durability_problems(connection: Connection) -> list[str]:
    """What is wrong with the server's version and durability, with the cure of each."""
    found = []
    version = connection.info.server_version
    if not OLDEST_VERSION <= version < NEWEST_VERSION:
        found.append(f"PostgreSQL {version // 10000} is not supported: use 16, 17 or 18")
    found += [
        f"{name} is off, so that a crash loses sales: ALTER SYSTEM SET {name} = on, then reload"
        for name in MUST_BE_ON
        if _show(connection, name) != "on"
    ]
    if _show(connection, "synchronous_commit") == LOOSE_COMMIT:
        found.append("synchronous_commit is off, so that a crash loses sales: set it on, for the role too")
    return found


def refuse_unfit(connection: Connection) -> None:
    """Raise UnfitServer unless a commit is durable and this role cannot write the books itself."""
    found = durability_problems(connection)
    row = connection.execute(OWNS_THE_BOOKS).fetchone()
    if row is not None:
        found.append(
            f"the role {row[0]} could write the books around their door, as their owner or a superuser: "
            "connect as a role that is only a member of topup_app"
        )
    if found:
        raise UnfitServer("; ".join(found))


def _show(connection: Connection, name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
    return str(row[0]) if row else ""
