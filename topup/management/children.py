"""Programs that `topup up` runs: commands that end, and the HTTP server that must not.

Each is its own session, so that Ctrl-C in a terminal reaches only the supervisor, which then stops
them in the right order.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence

from topup.embedded.logs import BoundedLog
from topup.management.parent import SUPERVISED_VARIABLE

POLL_S = 0.02
# A command that was asked to stop ends its transaction and leaves.
COMMAND_STOP_S = 20


class StepFailed(RuntimeError):
    """A step of starting did not work. The message says which, and how the log ends."""


def command(*arguments: str) -> list[str]:
    """The command line of `topup ...` under this Python."""
    return [sys.executable, "-m", "topup.management.cli", *arguments]


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1", SUPERVISED_VARIABLE: str(os.getpid()), **extra}


def run_to_end(
    argv: Sequence[str], *, extra: Mapping[str, str], log: BoundedLog, wait: Callable[[float], None]
) -> bytes:
    """Run a command and return what it printed; its errors go to the log.

    Raises StepFailed on a non-zero exit status, and whatever `wait` raises after stopping it.
    """
    with tempfile.TemporaryFile() as printed:
        process = spawn(argv, extra=extra, log=log, stdout=printed.fileno())
        try:
            while process.poll() is None:
                wait(POLL_S)
        finally:
            end(process, limit_s=COMMAND_STOP_S)
        printed.seek(0)
        output = printed.read()
    if process.returncode != 0:
        shown = log.tail() or output.decode(errors="replace")
        raise StepFailed(f"`{' '.join(argv[2:])}` failed. {log.path} ends:\n{shown}")
    return output


def spawn(
    argv: Sequence[str],
    *,
    extra: Mapping[str, str],
    log: BoundedLog,
    stdout: int | None = None,
    inherits: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child whose errors, and unless told otherwise its output, go to the log. It `inherits` these
    descriptors under the same numbers."""
    descriptor = log.open()
    try:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=descriptor if stdout is None else stdout,
            stderr=descriptor,
            start_new_session=True,
            env=environment(extra),
            pass_fds=inherits,
        )
    finally:
        os.close(descriptor)


def end_group(leader: int, *, limit_s: float) -> None:
    """Ask what a child that is dead has left behind to end, and kill what does not."""
    until_s = time.monotonic() + limit_s
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGTERM)
        while time.monotonic() < until_s:
            time.sleep(POLL_S)
            with contextlib.suppress(ChildProcessError):  # where we are who buries orphans, as in a container
                os.waitpid(-leader, os.WNOHANG)
            os.killpg(leader, 0)
        os.killpg(leader, signal.SIGKILL)


def end(process: subprocess.Popen[bytes], *, limit_s: float) -> bool:
    """Ask a child to stop; kill it with all its own children if it does not. True: it stopped itself."""
    if process.poll() is not None:
        return True
    process.terminate()
    try:
        process.wait(timeout=limit_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False
    return True
