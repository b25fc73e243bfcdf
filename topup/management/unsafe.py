"""What of the production list is refused at the start, rather than only told by `topup doctor --deploy`.

`python -m topup.management.unsafe` exits with 1 and says what and how to mend it; with `settings`, the
database is not asked. One that is away is passed over: it may come back, and is asked again before anything
is sold. It decides nothing new: each check is the list's own.
"""

import sys
from collections.abc import Iterator, Sequence

import psycopg
from psycopg.conninfo import conninfo_to_dict

from topup import config, database
from topup.config import Config
from topup.management import deploy_checks, durability
from topup.management.finding import Finding, ok, problem

SETTINGS_ONLY = "settings"
DEFAULT_PASSWORDS = deploy_checks.COMMON_PASSWORDS | {"postgres"}


def main(words: Sequence[str]) -> int:
    loaded = config.load()
    wrong = [finding for finding in _findings(loaded) if not finding.well]
    lines = [f"{each.title}: {each.detail}. To mend it: {each.remedy}" for each in wrong]
    if SETTINGS_ONLY not in words:
        lines += _unfit(loaded)
    for line in lines:
        sys.stderr.write(f"  {line}\n")
    return 1 if lines else 0


def _findings(loaded: Config) -> Iterator[Finding]:
    yield deploy_checks.secret_key(loaded)
    yield deploy_checks.admin_password(loaded)
    yield _database_password(loaded)


def _database_password(loaded: Config) -> Finding:
    given = conninfo_to_dict(loaded.database_url) if loaded.database_url else {}
    password = str(given.get("password") or "")
    if password and password.lower() in {*DEFAULT_PASSWORDS, str(given.get("user"))}:
        remedy = "give the role another one; `openssl rand -hex 24` makes one"
        return problem("DATABASE_URL", "its password is a default one", remedy=remedy)
    return ok("DATABASE_URL", "its password is no default one")


def _unfit(loaded: Config) -> list[str]:
    """Why the database can't keep our promises, or lets the application write around the books' door."""
    try:
        with durability.connect(loaded.dsn("app")) as connection:
            database.refuse_unfit(connection)
    except database.UnfitServer as error:
        return [f"the database: {error}"]
    except psycopg.OperationalError:
        return []
    return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
