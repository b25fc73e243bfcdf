"""Log files that stay small: appended to by a child process, turned over by whoever started it."""

import os
import shutil
from pathlib import Path

# A log and its predecessor together take at most twice this, which weeks of normal use do not fill.
LOG_MAX_BYTES = 16 * 1024 * 1024
# Enough of a log's end to hold an error and what led to it.
TAIL_MAX_BYTES = 4096
TAIL_LINES = 12


class BoundedLog:
    """One log file. The writer has it open for appending, so emptying it in place loses no writer."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self) -> int:
        """A descriptor to hand to a child. The caller closes it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.turn_over_if_large()
        return os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def turn_over_if_large(self) -> None:
        """Keep what is there as `.1` and empty the file. Lines written meanwhile may be lost.

        Where the disk has no room for a copy, none is kept: emptying the file gives it some.
        """
        if not self.path.exists() or self.path.stat().st_size < LOG_MAX_BYTES:
            return
        kept = self.path.with_name(self.path.name + ".1")
        try:
            shutil.copyfile(self.path, kept)
        except OSError:
            kept.unlink(missing_ok=True)
        os.truncate(self.path, 0)

    def tail(self) -> str:
        """The last lines, for an error message."""
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, self.path.stat().st_size - TAIL_MAX_BYTES))
                lines = file.read().decode("utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-TAIL_LINES:])
