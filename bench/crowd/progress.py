"""How far a load is: a bar on a terminal, plain lines elsewhere. Owns nothing but what is shown."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

LINE_INTERVAL_S = 2.0
"""Between plain lines, so that a log of a long run stays short."""

Told = Callable[[int], None]


@contextmanager
def shown(title: str, *, total: int | None) -> Iterator[Told]:
    """Show the number of sales that the returned function is told; `total` None: of no known number."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(title, total=total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(title, total=total)
        yield lambda sold: bar.update(task, completed=sold)


def _lines(title: str, *, total: int | None) -> Told:
    said_s = time.monotonic()
    of_all = "" if total is None else f" of {total:,}"

    def told(sold: int) -> None:
        nonlocal said_s
        if time.monotonic() - said_s >= LINE_INTERVAL_S:
            said_s = time.monotonic()
            sys.stderr.write(f"{title}: {sold:,}{of_all} sold\n")

    return told
