"""The thread that writes a process's log files, and the bounded queue before it.

Whoever logs hands lines over and goes on. Where more is waiting than MAX_WAITING_LINES, lines are
dropped, counted, and the count is told in application.log: the journal is the truth, and a log that
holds up a sale is worth less than one with a gap.
"""

import contextlib
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from topup import clock
from topup.telemetry import counts
from topup.telemetry.files import KEPT, MAX_BYTES, SharedFile

MAX_WAITING_LINES = 50_000
"""Lines that wait in one process: some seconds of sales, and some 40 MB at the most."""
GATHER_S = 0.05
"""How long the thread lets lines gather, so that it takes the interpreter twenty times a second only."""
CHUNK_BYTES = 256 * 1024
"""Bytes of one write: several processes take turns at a file."""
FLUSH_TIMEOUT_S = 5.0


class Log(StrEnum):
    """The four files."""

    APPLICATION = "application.log"
    TRANSACTIONS = "transactions.log"
    SECURITY = "security.log"
    ERROR = "error.log"


class _Lines(NamedTuple):
    log: Log
    number: int
    text: bytes | Callable[[], bytes]


class Writer:
    """Writes into one directory. The thread starts with the first line, in each process anew."""

    def __init__(self, directory: Path, *, max_bytes: int = MAX_BYTES, kept: int = KEPT) -> None:
        self._directory = directory
        self._bounds = (max_bytes, kept)
        self._renew()
        os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        max_bytes, kept = self._bounds
        self._files = {log: SharedFile(self._directory / log, max_bytes=max_bytes, kept=kept) for log in Log}
        self._queue: deque[_Lines] = deque()
        self._waiting = self._dropped = 0
        self._changed = threading.Condition(threading.Lock())
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None
        self._complained = False

    def put(self, log: Log, text: bytes | Callable[[], bytes], *, count: int = 1) -> None:
        """Take whole lines, or what makes them, to be written soon. Never blocks, never raises."""
        with self._changed:
            if self._waiting + count > MAX_WAITING_LINES:
                self._drop(count)
                return
            self._queue.append(_Lines(log, count, text))
            idle, self._waiting = self._waiting == 0, self._waiting + count
            if self._thread is None:
                self._start()
            elif idle:
                self._changed.notify_all()

    def write(self, log: Log, text: bytes) -> None:
        """Write whole lines at once, in this thread. Never raises."""
        self._write_chunk(log, [_Lines(log, 1, text)])

    def flush(self) -> None:
        """Wait until everything that was put is written, a few seconds at the most."""
        with self._changed:
            if self._thread is not None:
                self._changed.wait_for(lambda: self._waiting == 0, FLUSH_TIMEOUT_S)

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="log writer", daemon=True)
        with contextlib.suppress(RuntimeError):  # the process is ending, or has all its threads: try again
            thread.start()
            self._thread = thread

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting > 0)
            time.sleep(GATHER_S)
            self._write_waiting()

    def _write_waiting(self) -> None:
        with self._changed:
            waiting, self._queue = self._queue, deque()
        for log in Log:
            self._write(log, [lines for lines in waiting if lines.log is log])
        with self._changed:
            dropped, self._dropped = self._dropped, 0
            self._waiting -= sum(lines.number for lines in waiting)
            self._changed.notify_all()
        if dropped:
            self._write(Log.APPLICATION, [_Lines(Log.APPLICATION, 1, _told(dropped))])

    def _write(self, log: Log, waiting: list[_Lines]) -> None:
        chunk: list[_Lines] = []
        size = 0
        for lines in waiting:
            text = self._made(lines)
            chunk.append(_Lines(log, lines.number, text))
            size += len(text)
            if size >= CHUNK_BYTES:
                self._write_chunk(log, chunk)
                chunk, size = [], 0
        self._write_chunk(log, chunk)

    def _made(self, lines: _Lines) -> bytes:
        if isinstance(lines.text, bytes):
            return lines.text
        try:
            return lines.text()
        except Exception as error:  # noqa: BLE001  # the boundary of the thread: the lines after these go on
            self._failed(lines.number, error)
            return b""

    def _write_chunk(self, log: Log, chunk: list[_Lines]) -> None:
        text = b"".join(lines.text for lines in chunk if isinstance(lines.text, bytes))
        if not text:
            return
        try:
            with self._writing:
                self._files[log].write(text)
        except OSError as error:
            self._failed(sum(lines.number for lines in chunk), error)

    def _failed(self, count: int, error: Exception) -> None:
        with self._changed:
            self._drop(count)
        if not self._complained:  # once: it may be that no line can be written at all
            self._complained = True
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(f"topup: log lines are lost: {type(error).__name__}: {error}\n")

    def _drop(self, count: int) -> None:
        self._dropped += count
        counts.COUNTS.add("topup_log_lines_dropped_total", (), count)


def _told(dropped: int) -> bytes:
    at = clock.rfc3339(clock.now_us())
    return (
        f'{{"time":"{at}","level":"warning","event":"log lines dropped","count":{dropped},'
        f'"logger":"{__name__}"}}\n'
    ).encode()
