"""Children that end with their parent, so that a killed supervisor leaves nothing running."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1
# Set by the supervisor for its children. A command started by hand outlives its shell as usual.
SUPERVISED_VARIABLE = "TOPUP_SUPERVISED"


def die_with_parent(number: signal.Signals) -> None:
    """Ask the kernel for a signal when the thread that started us ends. Linux only."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
