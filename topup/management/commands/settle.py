"""`topup settle import FILE --operator X`: an operator's file against what we sold through it.

Owns the options and the progress bar. Its exit status is 0 where all agrees, 2 where there is something
to look at (cases, or lines that can't be read), 3 where the file was not imported. A file that was
imported before answers as it did then.
"""

import getpass
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DjangoDatabaseError

from topup.reconciliation.settlement import importing, keeping, telling
from topup.reconciliation.settlement.importing import NOBODY, Asked, Done, Progress
from topup.reconciliation.settlement.keeping import UnknownOperator
from topup.reconciliation.settlement.mapping import MappingError
from topup.reconciliation.settlement.source import FileError
from topup.reconciliation.settlement.verdicts import Exit


class Command(BaseCommand):
    help = "Compare an operator's settlement file with our recharges. Amounts are rials."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="import")
        verb = verbs.add_parser("import", help="compare a file, settle what it decides, open cases")
        verb.add_argument("file", type=Path, metavar="FILE", help="CSV, also gzipped")
        verb.add_argument("--operator", required=True, metavar="CODE", help="whose file it is: mci, …")
        verb.add_argument(
            "--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="else that of its lines"
        )
        verb.add_argument("--mapping", metavar="NAME_OR_FILE", help="else the one kept for the operator")
        verb.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:  # Django's signature
        try:
            done = _run(options)
        except (FileError, MappingError, UnknownOperator, importing.Busy) as error:
            raise CommandError(str(error), returncode=Exit.NOT_IMPORTED) from error
        except (psycopg.OperationalError, DjangoDatabaseError) as error:
            raise CommandError(
                f"The database: {str(error).strip()}. Run this again: nothing is done twice.",
                returncode=Exit.NOT_IMPORTED,
            ) from error
        told = msgspec.json.encode(telling.show(done.file)).decode() if options["format"] == "json" else None
        sys.stdout.write(f"{told or telling.in_words(done)}\n")
        if status := telling.exit_status(done.file):
            sys.exit(status)


def _run(options: dict[str, Any]) -> Done:  # Django's options
    operator = keeping.known_operator(options["operator"])
    asked = Asked(
        path=options["file"],
        name=options["file"].name,
        operator=operator,
        mapping=keeping.find(operator=operator, named=options["mapping"]),
        day=options["day"],
        by=NOBODY,
        by_whom=_who(),
    )
    with _progress() as progress:
        return importing.import_file(settings.CONFIG, asked, progress)


def _who() -> str:
    """Who asked, for the record."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a number without a name, as in some containers
        user = f"user {os.geteuid()}"
    return f"settle import by {user} on {socket.gethostname()}"


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console  # noqa: PLC0415  # only a terminal needs it
    from rich.progress import Progress as Bar  # noqa: PLC0415

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading", total=None)

        def told(doing: str, done: int, total: int) -> None:
            bar.update(task, description=f"{doing} ({done:,})", completed=done, total=total or None)

        yield told
