"""`topup seal`: a signed record of every book as it is now, under `TOPUP_HOME/seals`.

Owns the options and the words. The worker runs it once a day (`sealing.py`).
"""

import sys
from argparse import ArgumentParser

import psycopg

from topup import clock
from topup.config import Config
from topup.management.doctor import reachable
from topup.reconciliation.seals import keeping, making
from topup.reconciliation.seals.document import SealError

HELP = "Seal every book: sign how far it is, so that a journal that is cut later is found out."
EXIT_PROBLEM = 1


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--daily", action="store_true", help="only where no seal was made today")
    parser.add_argument("--public-key", action="store_true", help="print the key that seals are checked with")


def run(config: Config, *, daily: bool = False, public_key: bool = False) -> int:
    """Make a seal and print where it is. Returns the exit status."""
    if public_key:
        sys.stdout.write(f"{keeping.key(config).public_key().public_bytes_raw().hex()}\n")
        return 0
    now_us = clock.now_us()
    try:
        if daily and making.made_today(config, now_us=now_us):
            return 0
        with reachable(config):
            path = making.make(config, now_us=now_us)
    except SealError as error:
        sys.stderr.write(f"topup: {error} Move it away to begin anew, and find out who changed it.\n")
        return EXIT_PROBLEM
    except psycopg.OperationalError as error:
        sys.stderr.write(f"topup: the database: {str(error).strip()}\n")
        return EXIT_PROBLEM
    sys.stdout.write(f"{path}\n")
    return 0
