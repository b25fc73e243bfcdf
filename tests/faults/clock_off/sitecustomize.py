"""A clock that a test sets, in the processes of one server and nowhere else.

What Python calls the time is off by as many seconds as the file at CLOCK_OFF_FILE says. Durations go on.
It is on the PYTHONPATH of that one server; Python imports it before anything else.
"""

import os
import time

NS_PER_S = 1_000_000_000
_file = os.environ["CLOCK_OFF_FILE"]
_true_ns = time.time_ns


def _off_s() -> int:
    with open(_file, encoding="ascii") as off:  # noqa: PTH123  # pathlib would take longer than what it measures
        return int(off.read() or 0)


def time_ns() -> int:
    return _true_ns() + _off_s() * NS_PER_S


time.time_ns = time_ns
time.time = lambda: time_ns() / NS_PER_S
