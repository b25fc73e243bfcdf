"""Children that end with their parent, so that a killed supervisor leaves nothing running."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
EXIT_ORPHANED = 1
# Set by the supervisor for its children, to its own number. A command started by hand outlives its
# shell as usual.
SUPERVISED_VARIABLE = "TOPUP_SUPERVISED"


def die_with_parent(number: signal.Signals, *, parent: int) -> None:
    """Ask the kernel for a signal when the thread that started us ends. Linux only.

    `parent` is the process that started us; where it ended before we asked, no signal would come, and
    we end at once.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(EXIT_ORPHANED)
