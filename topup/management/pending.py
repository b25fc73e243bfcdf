"""Which migrations this code has that a database has not had, asked without loading Django.

Owns the list of the packages that bring migrations besides our own; a test holds it to Django's. It decides
only whether `migrate` has anything to do: applying them is Django's alone.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from topup.trips import Connection

FOREIGN = {
    "django": ("contrib/admin", "contrib/auth", "contrib/contenttypes", "contrib/sessions"),
    "allauth": ("account", "mfa", "usersessions"),
    "axes": (".",),
}
"""Packages of others, and where in them the applications with migrations are."""

# A name that may not be there is asked for first: a new database has no such table.
KNOWN = "SELECT to_regclass('public.django_migrations') IS NOT NULL"
APPLIED = "SELECT app, name FROM public.django_migrations"


def of(connection: Connection) -> list[str]:
    """The names of migrations that are still to be applied, as `app.name`, sorted."""
    known = connection.execute(KNOWN).fetchone()
    applied = set(connection.execute(APPLIED).fetchall()) if known and known[0] else set()
    return sorted(f"{app}.{name}" for app, name in at_hand() - applied)


def at_hand() -> set[tuple[str, str]]:
    """Every migration of this code: the label of its application, and its name."""
    return {
        (application.name, file.stem)
        for application in _applications()
        for file in application.glob("migrations/*.py")
        if not file.stem.startswith(("_", "~"))
    }


def _applications() -> Iterator[Path]:
    for migrations in _package("topup").rglob("migrations"):
        yield migrations.parent
    for package, places in FOREIGN.items():
        for place in places:
            yield (_package(package) / place).resolve()


def _package(name: str) -> Path:
    """Where a package is; it is not imported for that."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(name)
    return Path(spec.submodule_search_locations[0])
