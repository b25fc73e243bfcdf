"""What `topup up` shows: numbered steps with times, live on a terminal, plain lines elsewhere.

No prompt, and no colour with NO_COLOR. A reader that went away (a closed terminal, `| head`) must
not take the server down with it, so that writing errors are passed over.
"""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

BOX_WIDTH = 96
REFRESHES_PER_SECOND = 8


class Step:
    """One numbered step under way. `result` becomes the end of its line."""

    def __init__(self) -> None:
        self.result = "done"

    def progress(self, text: str) -> None:
        """Say how far it is; shown on a terminal only."""


class Screen:
    """Plain lines, for logs and pipes."""

    def say(self, text: str = "") -> None:
        with suppress(OSError, ValueError):
            print(text, flush=True)

    @contextmanager
    def step(self, number: int, total: int, title: str) -> Iterator[Step]:
        """Time a step and print its line when it succeeds; a failure prints its own message."""
        begun = time.monotonic()
        heading = f"[{number}/{total}] {title}"
        with self._shown(heading) as step:
            yield step
        self.say(f"{heading}: {step.result} ({time.monotonic() - begun:.1f} s)")

    def box(self, title: str, sections: Sequence[Sequence[str]]) -> None:
        """A frame without sides, so that a command in it can be copied whole."""
        lines = [f"==== {title} ".ljust(BOX_WIDTH, "=")]
        for section in sections:
            lines += ["", *(f"  {line}".rstrip() for line in section)]
        self.say("\n".join(["", *lines, "", "=" * BOX_WIDTH, ""]))

    @contextmanager
    def _shown(self, heading: str) -> Iterator[Step]:
        yield Step()


class Terminal(Screen):
    """The same lines with a spinner and a running clock above the prompt."""

    def __init__(self, console: "Console") -> None:
        self._console = console

    def say(self, text: str = "") -> None:
        with suppress(OSError, ValueError):
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def _shown(self, heading: str) -> Iterator[Step]:
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415  # terminals only

        columns = (SpinnerColumn("line"), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
        shown = Progress(
            *columns, console=self._console, transient=True, refresh_per_second=REFRESHES_PER_SECOND
        )
        with shown:
            task = shown.add_task(heading)
            step = Step()
            step.progress = lambda text: shown.update(task, description=f"{heading}: {text}")  # type: ignore[method-assign]  # the one difference
            yield step


def for_stdout() -> Screen:
    """The screen that fits where standard output goes."""
    if not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return Screen()
    from rich.console import Console  # noqa: PLC0415  # costs memory that a server without terminal saves

    return Terminal(Console())
