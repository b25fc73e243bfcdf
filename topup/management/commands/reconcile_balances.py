"""`topup reconcile_balances`: every book against its journal, while sales go on.

Owns the options and the progress bar. Its exit status is 0 where every book is verified, 1 where all
that was wrong is mended now, 2 where something is left, 3 where it could not be checked.
"""

import getpass
import os
import socket
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from topup import clock
from topup.config import Config
from topup.reconciliation import printing, reconcile
from topup.reconciliation.rules import Exit, Line, Summary

MAX_WHO = 200
"""Characters kept of who asked; the record's own constraint."""


class Command(BaseCommand):
    help = "Prove every book from its journal; with --fix, mend small differences. Amounts are rials."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--vendor-id", type=int, metavar="N", help="only the book of seller N")
        parser.add_argument("--report", action="store_true", help="a line for every seller")
        parser.add_argument(
            "--fix",
            action="store_true",
            help="rebuild books that differ by less than RECONCILE_MINOR_LIMIT from a whole journal",
        )
        parser.add_argument("--verbose", action="store_true", help="say what is wrong with each book")
        parser.add_argument("--format", choices=sorted(printing.FORMS), default="text")

    def handle(self, *args: Any, **options: Any) -> None:  # Django's signature
        form = printing.FORMS[options["format"]]
        printer = form(sys.stdout.write, every=options["report"], verbose=options["verbose"])
        try:
            summary = _run(settings.CONFIG, printer, options)
        except reconcile.UnknownSeller as error:
            raise CommandError(
                f"There is no seller {error.args[0]}. GET /api/v1/sellers and the staff console list them.",
                returncode=Exit.NOT_CHECKED,
            ) from error
        except psycopg.OperationalError as error:
            raise CommandError(
                f"The database: {str(error).strip()}. Nothing is half done; run this again.",
                returncode=Exit.NOT_CHECKED,
            ) from error
        if summary.exit_status:
            sys.exit(summary.exit_status)


def _run(config: Config, printer: printing.Printer, options: dict[str, Any]) -> Summary:
    begun_s = clock.monotonic_s()
    vendor: int | None = options["vendor_id"]
    lines = reconcile.reconcile(config, seller_id=vendor, fix_as=_who() if options["fix"] else None)
    summary = Summary()
    first = True
    for line in _with_progress(config, lines, one=vendor is not None):
        if first:  # not before it is known that there is something to tell
            printer.begin()
            first = False
        printer.line(line)
        summary = summary.and_also(line)
    if first:
        printer.begin()
    printer.end(summary, elapsed_s=clock.monotonic_s() - begun_s)
    return summary


def _who() -> str:
    """Who asked, for the record of a rebuild."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a number without a name, as in some containers
        user = f"user {os.geteuid()}"
    return f"reconcile_balances --fix by {user} on {socket.gethostname()}"[:MAX_WHO]


def _with_progress(config: Config, lines: Iterable[Line], *, one: bool) -> Iterator[Line]:
    """The lines, with a bar on standard error where that is a terminal."""
    if one or not sys.stderr.isatty():
        yield from lines
        return
    from rich.console import Console  # noqa: PLC0415  # only a terminal needs it
    from rich.progress import track  # noqa: PLC0415

    console = Console(stderr=True)
    total = reconcile.how_many(config)
    yield from track(lines, "Proving the books", total=total, console=console, transient=True)
