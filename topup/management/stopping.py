"""Being asked to stop: SIGINT, SIGTERM and SIGHUP, noticed only where we wait; and the end of a child.

A signal never interrupts work halfway. The first one makes the current or next wait raise
StopRequested; later ones are answered with a word and change nothing.
"""

import os
import select
import signal
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Bytes the kernel queued for us at most; one for each signal.
WAKEUP_READ_BYTES = 4096


class StopRequested(Exception):
    """Somebody wants the program to end."""


class StopSignals:
    """Handlers for the length of a `with` block. Main thread only."""

    def __init__(self, *, say: Callable[[str], None]) -> None:
        self._say = say
        self._asked = False
        self._stopping = False

    def __enter__(self) -> Self:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._old_wakeup = signal.set_wakeup_fd(self._writer)
        self._old = {number: signal.signal(number, self._handle) for number in SIGNALS}
        # Nothing is done in the handler: that there is one makes the signal wake whoever waits.
        self._old[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._old_wakeup)
        os.close(self._reader)
        os.close(self._writer)

    def wait(self, seconds: float) -> None:
        """Sleep. Raises StopRequested as soon as somebody asks to stop."""
        until = time.monotonic() + seconds
        while not self._asked and (left := until - time.monotonic()) > 0:
            self._woken(within_s=left)
        self._refuse_to_go_on()

    def wait_for_child(self, seconds: float) -> None:
        """Sleep until a child has ended since the last wait, but no longer than this. Raises as `wait`."""
        if not self._asked:
            self._woken(within_s=seconds)
        self._refuse_to_go_on()

    def _woken(self, *, within_s: float) -> None:
        if select.select([self._reader], [], [], within_s)[0]:
            os.read(self._reader, WAKEUP_READ_BYTES)

    def _refuse_to_go_on(self) -> None:
        if self._asked and not self._stopping:
            raise StopRequested

    def stopping(self) -> None:
        """From here on signals are only acknowledged."""
        self._stopping = True

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._asked = True
        if self._stopping:
            self._say("Already stopping; waiting for what was begun.")
