"""`topup pack`: the indexes of journal and recharges built anew, while sales go on.

Their entries rise within a seller, not over all of them, so PostgreSQL splits a full page in its middle and
the first half stays as it is for ever (docs/adr/0034-indexes-are-packed-by-a-command.md). Owns the order, the
room that is asked for before, and what is left by a run that was broken off. It needs the owner's role.
"""

import contextlib
import shutil
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from typing import NamedTuple

import psycopg
from psycopg import errors, sql

from topup import database
from topup.config import Config
from topup.management.database_checks import UNFINISHED_INDEXES
from topup.management.doctor import reachable
from topup.trips import Connection

HELP = "Build the indexes of journal and recharges anew, without their half-empty pages, while sales go on."
EXIT_PROBLEM = 1
TABLES = ("ledger.journal", "recharges.recharge")
WAIT_S = 60
"""How long it waits for transactions that are older than a step of it; PostgreSQL's own wait for none."""
CLEAR_WAIT_S = 2
"""The same for clearing up after a step that failed or was stopped, which nobody wants to wait for."""
COPIES = 2
"""Of the largest index, there must be room for so many: the new one, and the log of it."""
SPARE_BYTES = 256 * 2**20
"""What must be free besides: below it `/api/health/` calls the disk low."""
ONE_AT_A_TIME = 0x746F_7075_7061_636B
"""The advisory lock of a run. The number spells `topupack`."""

_INDEXES = """
SELECT n.nspname, c.relname, pg_relation_size(c.oid)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE i.indrelid = ANY (%s::regclass[]) AND i.indisvalid ORDER BY 1, 2
"""


class Index(NamedTuple):
    schema: str
    name: str
    bytes: int


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--wait", type=_seconds, default=WAIT_S, metavar="S",
        help=f"give up where an older transaction lasts longer than S seconds (default: {WAIT_S})",
    )  # fmt: skip


def _seconds(text: str) -> int:
    """One or more. Raises what argparse makes its error of."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError("a number of seconds, 1 or more")
    return int(text)


def run(config: Config, *, wait: int = WAIT_S) -> int:
    """Print what each index takes, before and after. Returns the exit status; ClusterError passes through."""
    try:
        with reachable(config), contextlib.closing(_owner(config, wait_s=wait)) as connection:
            return _pack(config, connection)
    except errors.LockNotAvailable:
        return _problem(
            f"an older transaction lasts for more than {wait} s. End it (pg_stat_activity shows it), or "
            "allow more with --wait, and run this again: it also removes what may be left half done now."
        )
    except (errors.InvalidSchemaName, errors.UndefinedTable):
        return _problem("there are no tables yet: run `topup migrate`. Nothing was changed.")
    except errors.InsufficientPrivilege as error:
        return _problem(
            f"{error.diag.message_primary}. Set DATABASE_OWNER_URL to the role that owns the tables."
        )
    except psycopg.OperationalError as error:
        return _problem(
            f"the database: {str(error).strip()}. Run this again: it also removes what may be left half done."
        )


def _owner(config: Config, *, wait_s: int) -> Connection:
    connection = psycopg.connect(**database.parameters(config, "owner"), autocommit=True)
    _wait_for(connection, wait_s)
    return connection


def _wait_for(connection: Connection, wait_s: int) -> None:
    connection.execute("SELECT set_config('lock_timeout', %s, false)", [f"{wait_s}s"])


def _pack(config: Config, connection: Connection) -> int:
    if not _alone(connection):
        return _problem("another `topup pack` is at work.")
    _clear(connection)
    before = _indexes(connection)
    largest = max(index.bytes for index in before)
    if config.embedded and (lacking := _lacking(config, largest)):
        return _problem(f"{_size(lacking)} more must be free where {config.home} is. Nothing was changed.")
    began_s, packed = time.monotonic(), 0
    for index in before:
        now = _rebuild(connection, index)
        packed += now
        sys.stdout.write(f"{index.schema}.{index.name}: {_size(index.bytes)}, now {_size(now)}\n")
        sys.stdout.flush()
    unpacked, took_s = sum(index.bytes for index in before), time.monotonic() - began_s
    sys.stdout.write(f"together: {_size(unpacked)}, now {_size(packed)}, in {took_s:.0f} s\n")
    return 0


def _rebuild(connection: Connection, index: Index) -> int:
    """Build it anew. Returns the bytes that it takes then."""
    try:
        connection.execute(
            sql.SQL("REINDEX INDEX CONCURRENTLY {}").format(sql.Identifier(index.schema, index.name))
        )
    except BaseException:
        with contextlib.suppress(psycopg.Error):  # else the next run does it
            _wait_for(connection, CLEAR_WAIT_S)
            _clear(connection)
        raise
    return next(now.bytes for now in _indexes(connection) if now.name == index.name)


def _alone(connection: Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME]).fetchone()
    return row is not None and bool(row[0])


def _indexes(connection: Connection) -> list[Index]:
    return [Index(*row) for row in connection.execute(_INDEXES, [list(TABLES)])]


def _clear(connection: Connection) -> None:
    """Drop what a run that was broken off has left."""
    for schema, name in connection.execute(UNFINISHED_INDEXES).fetchall():
        connection.execute(sql.SQL("DROP INDEX CONCURRENTLY {}").format(sql.Identifier(schema, name)))


def _lacking(config: Config, largest: int) -> int:
    """Bytes that must become free first."""
    return max(COPIES * largest + SPARE_BYTES - shutil.disk_usage(config.home).free, 0)


def _size(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB"


def _problem(reason: str) -> int:
    sys.stderr.write(f"topup: {reason}\n")
    return EXIT_PROBLEM
