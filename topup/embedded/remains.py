"""What a crash leaves behind: a server without its supervisor, pid files of the dead, old sockets.

Called only by the holder of the home's lock, so nobody else starts or stops this server meanwhile.
PostgreSQL itself refuses to start beside a living server of the same data, even one whose main
process is gone, by the shared memory that `postmaster.pid` names; that guard is never taken away.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from topup.embedded.errors import ClusterError

PID_FILE = "postmaster.pid"
SOCKET_NAME = ".s.PGSQL.5432"
# A fast shutdown writes a checkpoint: seconds, minutes on a slow disk.
ORPHAN_FAST_S = 120
ORPHAN_IMMEDIATE_S = 30
POLL_S = 0.05
# `ps` answers in milliseconds.
PS_TIMEOUT_S = 10


def clear(
    *, data_dir: Path, socket_dir: Path, say: Callable[[str], None], wait: Callable[[float], None]
) -> None:
    """Stop an orphan of this data directory and remove what would keep a new server from starting."""
    pid = recorded_pid(data_dir)
    if pid and is_server_of(pid, data_dir):
        say(f"stopping a server that outlived its supervisor (process {pid})")
        _stop_orphan(pid, wait=wait)
        pid = recorded_pid(data_dir)
    if pid is not None:
        _disown(data_dir / PID_FILE, pid=pid, say=say)
    for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
        if (socket_dir / name).exists():
            (socket_dir / name).unlink()
            say(f"removed {name}, left by a crash")


def recorded_pid(data_dir: Path) -> int | None:
    """The process that `postmaster.pid` names: None without the file, 0 where it is empty or garbled."""
    try:
        first, _, _ = (data_dir / PID_FILE).read_text(encoding="utf-8", errors="replace").partition("\n")
    except FileNotFoundError:
        return None
    return abs(int(first)) if first.strip().lstrip("-").isdigit() else 0


def is_server_of(pid: int, data_dir: Path) -> bool:
    """Whether the process is a PostgreSQL server that runs on this data directory."""
    words = _command_line(pid)
    if not words or Path(words[0]).name != "postgres":
        return False
    # Where only `ps` can tell, a directory with spaces comes in pieces; the joined text still holds it.
    return f" -D {data_dir} " in " ".join([*words, ""])


def _stop_orphan(pid: int, *, wait: Callable[[float], None]) -> None:
    for number, limit_s in ((signal.SIGINT, ORPHAN_FAST_S), (signal.SIGQUIT, ORPHAN_IMMEDIATE_S)):
        _signal(pid, number)
        until = time.monotonic() + limit_s
        while time.monotonic() < until:
            if not _is_alive(pid):
                return
            wait(POLL_S)
    raise ClusterError(
        f"The old PostgreSQL server, process {pid}, does not stop. Look into logs/postgres.log."
    )


def _disown(path: Path, *, pid: int, say: Callable[[str], None]) -> None:
    """Leave a pid file so that PostgreSQL takes it for stale, and still looks at the shared memory.

    It takes a dead process for stale by itself, but not a living one that got the number since. It
    also takes its own parent's number for stale, and its parent is us.
    """
    if pid == 0:
        path.unlink()
        say(f"removed {PID_FILE}, left unfinished by a crash")
    elif _is_alive(pid):
        _, _, rest = path.read_text(encoding="utf-8").partition("\n")
        path.write_text(f"{os.getpid()}\n{rest}", encoding="utf-8")
        say(f"{PID_FILE} named process {pid}, which is another program: the server is gone")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[:1] == ["Z"]


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
    except PermissionError:
        raise ClusterError(
            f"A PostgreSQL server of another user, process {pid}, runs on this data. Stop it as that user."
        ) from None


def _command_line(pid: int) -> list[str]:
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        return [os.fsdecode(word) for word in raw.split(b"\0") if word]
    except OSError:
        pass
    command = ["/bin/ps", "-o", "command=", "-p", str(pid)]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PS_TIMEOUT_S)
    except OSError:
        return []
    return answer.stdout.split()
