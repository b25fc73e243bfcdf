"""Whether the database keeps what it confirms, asked as the application's role sees it.

`python -m topup.management.durability` exits with 1 and says why where it does not; `topup up`
runs it before anything is sold, as a process of its own that takes the driver's memory with it.
"""

import sys

import psycopg

from topup import config, database

CONNECT_TIMEOUT_S = 10


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT_S, autocommit=True)


def main() -> int:
    try:
        with connect(config.load().dsn("app")) as connection:
            found = database.durability_problems(connection)
    except psycopg.OperationalError as error:
        found = [f"the database cannot be reached: {error}"]
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
