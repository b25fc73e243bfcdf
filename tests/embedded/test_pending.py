"""Whether there is something to migrate is told as Django would tell it, without loading Django."""

import pytest
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from topup.management import pending
from topup.trips import Connection

LATEST = "SELECT app, name FROM django_migrations WHERE app = 'ledger' ORDER BY name DESC LIMIT 1"


@pytest.mark.usefixtures("installation")
def test_the_migrations_at_hand_are_those_that_django_finds() -> None:
    assert pending.at_hand() == set(MigrationLoader(None).disk_migrations)


def test_nothing_is_pending_after_migrate(app: Connection) -> None:
    assert pending.of(app) == []


def test_a_migration_that_the_database_has_not_had_is_named(owner: Connection) -> None:
    with owner.transaction(force_rollback=True):
        ((app, name),) = owner.execute(LATEST).fetchall()
        owner.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", [app, name])

        assert pending.of(owner) == [f"{app}.{name}"]


def test_a_new_database_has_had_none(owner: Connection) -> None:
    with owner.transaction(force_rollback=True):
        name = sql.Identifier("django_migrations_elsewhere")
        owner.execute(sql.SQL("ALTER TABLE django_migrations RENAME TO {}").format(name))

        assert len(pending.of(owner)) == len(pending.at_hand())
