"""A command that has a terminal: what a person would see there."""

import contextlib
import os
import pty
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess

TIMEOUT_S = 120
CHUNK_BYTES = 65_536


def run_on_a_terminal(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path
) -> "tuple[CompletedProcess[str], str]":
    """Run it to its end. Its standard output is kept; all else that it shows is returned beside it."""
    ours, theirs = pty.openpty()
    with ThreadPoolExecutor(1) as watching:
        shown = watching.submit(_read_to_the_end, ours)
        try:
            done = subprocess.run(
                command, env={**env, "TERM": "xterm"}, cwd=cwd,
                stdout=subprocess.PIPE, stderr=theirs, text=True, check=False, timeout=TIMEOUT_S,
            )  # fmt: skip
        finally:
            os.close(theirs)
        return done, shown.result()


def _read_to_the_end(terminal: int) -> str:
    """A terminal holds little, so that it is read while it is written to."""
    parts: list[bytes] = []
    with contextlib.suppress(OSError):  # how a terminal says that nobody has its other end
        while part := os.read(terminal, CHUNK_BYTES):
            parts.append(part)
    os.close(terminal)
    return b"".join(parts).decode()
