"""Whether the database keeps what it confirms, asked as the application's role sees it.

`python -m topup.management.durability` exits with 1 and says why where it does not, and else prints the
migrations that are still to be applied, a line each; `topup up` runs it before anything is sold, as a process
of its own that takes the driver's memory with it.
"""

import sys

import psycopg

from topup import config, database
from topup.management import pending

CONNECT_TIMEOUT_S = 10


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT_S, autocommit=True)


def main() -> int:
    missing: list[str] = []
    try:
        with connect(config.load().dsn("app")) as connection:
            found = database.durability_problems(connection)
            missing = pending.of(connection)
    except psycopg.OperationalError as error:
        found = [f"the database cannot be reached: {error}"]
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    sys.stdout.write("".join(f"{name}\n" for name in missing))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
