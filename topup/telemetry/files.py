"""A log file that many processes append to and that never grows past its bound.

Owns how a file is turned over: under an exclusive lock, by renaming, when it is full. A line is
written under a shared lock of the same kind, after a look whether the name still means the file
that is open, so that no line goes into a file that was turned over, and none is torn.
"""

import fcntl
import os
from pathlib import Path

MAX_BYTES = 32 * 1024 * 1024
"""A file's size before it is turned over: a hundred thousand sales, quick to search."""
KEPT = 8
"""Files kept beside the current one. A log takes at most (KEPT + 1) * MAX_BYTES and one write."""
_FILE_MODE = 0o600
_DIRECTORY_MODE = 0o700


class SharedFile:
    """One log file, opened when it is first written to. One thread of a process uses it."""

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES, kept: int = KEPT) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._kept = kept
        self._lock = -1
        self._descriptor = -1

    def write(self, lines: bytes) -> None:
        """Append whole lines. Raises OSError where the disk or the directory won't have them."""
        if self._lock < 0:
            self._open_lock()
        fcntl.flock(self._lock, fcntl.LOCK_SH)
        try:
            self._follow()
            full = os.fstat(self._descriptor).st_size >= self._max_bytes
            if not full:
                _write_all(self._descriptor, lines)
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)
        if full:
            self._turn_over(lines)

    def close(self) -> None:
        for descriptor in (self._descriptor, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._descriptor = self._lock = -1

    def _open_lock(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=_DIRECTORY_MODE)
        name = self._path.with_name(f".{self._path.name}.lock")
        self._lock = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)

    def _follow(self) -> None:
        """Have the file open that the name means now."""
        if self._descriptor >= 0:
            try:
                named, ours = self._path.stat(), os.fstat(self._descriptor)
                if (named.st_dev, named.st_ino) == (ours.st_dev, ours.st_ino):
                    return
            except FileNotFoundError:
                pass  # somebody removed it: begin another
            os.close(self._descriptor)
            self._descriptor = -1
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._descriptor = os.open(self._path, flags, _FILE_MODE)

    def _turn_over(self, lines: bytes) -> None:
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            self._follow()
            if os.fstat(self._descriptor).st_size >= self._max_bytes:  # no other process was first
                self._rename()
                self._follow()
            _write_all(self._descriptor, lines)
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def _rename(self) -> None:
        if self._kept == 0:
            self._path.unlink()
            return
        for number in range(self._kept - 1, 0, -1):
            older = self._numbered(number)
            if older.exists():
                older.replace(self._numbered(number + 1))
        self._path.replace(self._numbered(1))

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


def _write_all(descriptor: int, lines: bytes) -> None:
    rest = memoryview(lines)
    while rest:  # a disk that fills up may take a part
        rest = rest[os.write(descriptor, rest) :]
