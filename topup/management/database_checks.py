"""The checks of `topup doctor` that ask the database, as the application's role."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg

from topup import database
from topup.config import Config
from topup.management import children, durability
from topup.management.finding import Finding, ok, problem

# Times of the journal are ours and those of the audit the database's; more than this apart, the
# order of two events cannot be told.
CLOCK_DIFFERENCE_MAX = timedelta(seconds=2)
MIGRATE_CHECK_TIMEOUT_S = 120
OWNED_BY_US = """
SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
"""
POWERS_OF_ROLE = """
SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = current_user
"""
# What REINDEX CONCURRENTLY names so is left where it was broken off, costs each sale, and serves nobody.
UNFINISHED_INDEXES = """
SELECT n.nspname, c.relname
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE i.indrelid IN (to_regclass('ledger.journal'), to_regclass('recharges.recharge'))
   AND NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$' ORDER BY 1, 2
"""


def all_checks(config: Config) -> Iterator[Finding]:
    try:
        connection = durability.connect(config.dsn("app"))
    except psycopg.OperationalError as error:
        remedy = "start it, and see docs/howto/external-database.md for the roles it needs"
        yield problem("Database", str(error).strip(), remedy=remedy)
        return
    with connection:
        yield ok("Database", f"PostgreSQL {connection.info.parameter_status('server_version')} answers")
        yield from _durability(connection)
        yield _checksums(connection)
        yield _role(connection)
        yield indexes(connection)
        yield _clock(connection)
    yield migrations(config)


def migrations(config: Config) -> Finding:
    """Asks Django, in a process of its own."""
    answer = subprocess.run(
        children.command("migrate", "--check"),
        capture_output=True,
        text=True,
        check=False,
        timeout=MIGRATE_CHECK_TIMEOUT_S,
        env=children.environment({"TOPUP_HOME": str(config.home)}),
    )
    if answer.returncode == 0:
        return ok("Migrations", "none pending")
    reason = (answer.stderr.strip() or "some are pending").splitlines()[-1]
    return problem("Migrations", reason, remedy="run `topup migrate`")


def _durability(connection: psycopg.Connection) -> Iterator[Finding]:
    found = database.durability_problems(connection)
    if not found:
        yield ok("Durability", "fsync, full_page_writes and synchronous_commit are on")
    for text in found:
        detail, _, remedy = text.partition(": ")
        yield problem("Durability", detail, remedy=remedy)


def _checksums(connection: psycopg.Connection) -> Finding:
    if _one(connection, "SELECT current_setting('data_checksums')") == "on":
        return ok("Checksums", "on")
    remedy = "stop the server and run `pg_checksums --enable` on its data directory"
    return problem("Checksums", "off, so that a failing disk goes unnoticed", remedy=remedy)


def _role(connection: psycopg.Connection) -> Finding:
    name = _one(connection, "SELECT current_user")
    remedy = "connect as a role without powers: docs/howto/external-database.md"
    if _one(connection, POWERS_OF_ROLE):
        return problem("Role", f"{name} may change more than its own sales", remedy=remedy)
    if owned := _one(connection, OWNED_BY_US):
        return problem("Role", f"{name} owns {owned} tables or indexes", remedy=remedy)
    return ok("Role", f"{name} owns nothing and has no special powers")


def indexes(connection: psycopg.Connection) -> Finding:
    unfinished = [".".join(names) for names in connection.execute(UNFINISHED_INDEXES)]
    if not unfinished:
        return ok("Indexes", "none unfinished")
    detail = f"each sale writes to {', '.join(unfinished)} too, which serves nobody"
    remedy = "wait for `topup pack` where it is at work; else run it: it removes what was broken off"
    return problem("Indexes", detail, remedy=remedy)


def _clock(connection: psycopg.Connection) -> Finding:
    begun = datetime.now(UTC)
    theirs = _one(connection, "SELECT clock_timestamp()")
    ended = datetime.now(UTC)
    assert isinstance(theirs, datetime), "clock_timestamp() is a time"
    # It read its clock at some moment between the two; only what lies outside is a difference.
    difference = max(begun - theirs, theirs - ended, timedelta())
    detail = f"the database's differs by {difference.total_seconds():.3f} s"
    if difference <= CLOCK_DIFFERENCE_MAX:
        return ok("Clock", detail)
    return problem("Clock", detail, remedy="set both machines' clocks by NTP")


def _one(connection: psycopg.Connection, statement: str) -> object:
    row = connection.execute(statement).fetchone()
    return row[0] if row else None
