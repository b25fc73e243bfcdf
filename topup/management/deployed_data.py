"""The part of the production list that is in the database: demonstration keys, weak staff, backups.

It reads as the application's role and changes nothing.
"""

from collections.abc import Iterator

import psycopg

from topup.config import Config
from topup.management import durability
from topup.management.finding import Finding, ok, problem, remark

# `topup up` makes them on the first start and shows them on the screen.
DEMO_LABEL = "demo"
DEMO_KEYS = "SELECT count(*) FROM sellers_apikey WHERE label = %s AND revoked_at IS NULL"
STAFF = "SELECT count(*) FROM sellers_user WHERE is_staff AND is_active"
ARCHIVING = "SELECT current_setting('archive_mode')"
LAST_FAILED = "SELECT last_failed_time > coalesce(last_archived_time, '-infinity') FROM pg_stat_archiver"


def all_checks(config: Config) -> Iterator[Finding]:
    """Nothing where the database is away, which another check tells."""
    try:
        connection = durability.connect(config.dsn("app"))
    except psycopg.OperationalError:
        return
    with connection:
        try:
            connection.execute("SET search_path = public")
            yield _demo_keys(connection)
            yield _staff(connection)
        except psycopg.errors.UndefinedTable:
            return  # not migrated yet, which another check tells
        yield _backups(connection)


def _demo_keys(connection: psycopg.Connection) -> Finding:
    found = _one(connection, DEMO_KEYS, [DEMO_LABEL])
    if not found:
        return ok("Demonstration keys", "none")
    remedy = "revoke them in the console, under API keys, and suspend the sellers of the demonstration"
    return problem("Demonstration keys", f"{found} are valid and were shown on a screen", remedy=remedy)


def _staff(connection: psycopg.Connection) -> Finding:
    if found := _one(connection, STAFF):
        return ok("Staff", f"{found} active")
    return problem("Staff", "there is nobody to approve credit", remedy="run `topup createsuperuser`")


def _backups(connection: psycopg.Connection) -> Finding:
    """Only what can be told: whether the server archives its log of writes, and whether that works."""
    if _one(connection, ARCHIVING) == "off":
        advice = (
            "set WAL_ARCHIVE, or archive the log of your own server, and restore it once: "
            "docs/howto/backup-and-restore.md"
        )
        return remark("Backups", "the server archives no WAL", remedy=advice)
    if _one(connection, LAST_FAILED):
        remedy = "see the server's log for what archive_command said"
        return problem("Backups", "the last WAL file could not be archived", remedy=remedy)
    return ok("Backups", "the server archives its WAL; restore one now and then")


def _one(connection: psycopg.Connection, statement: str, parameters: list[object] | None = None) -> object:
    row = connection.execute(statement, parameters).fetchone()
    return row[0] if row else None
