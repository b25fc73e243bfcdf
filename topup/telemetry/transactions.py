"""The lines of transactions.log: one per movement, refusal and replay.

Owns their form, which is made for speed: a struct that msgspec encodes, not a dictionary that goes
through the processors. So whoever fills it in masks what has to be masked: `phone` and `reference`
through `topup.telemetry.redaction`; every other field is an id, an amount or a word of ours.
"""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import msgspec

from topup.telemetry import logs
from topup.telemetry.writer import Log, Writer

_encode = msgspec.json.Encoder().encode_lines
_destination: list[Writer] = []


class Event(StrEnum):
    MOVEMENT = "movement"
    REFUSAL = "refusal"
    REPLAY = "replay"


class Line(msgspec.Struct, omit_defaults=True):
    """`version` is the movement's number in its book, `available` the balance after it (of a refusal:
    the one that it met), `amount` in minor units of `currency`."""

    time: str
    event: str
    outcome: str
    seller_id: int
    kind: str = ""
    amount: int = 0
    currency: str = ""
    available: int = 0
    version: int = 0
    id: str = ""
    reference: str = ""
    phone: str = ""
    user_id: int = 0
    request_id: str = ""


def open_in(directory: Path) -> None:
    """Write into this directory from now on. Before that, lines go nowhere: nobody asked for a log."""
    _destination[:] = [logs.writer(directory)]


def write(lines: Callable[[], list[Line]], *, count: int) -> None:
    """Have these lines made and written by the thread that writes; it takes no time here."""
    for writer in _destination:
        writer.put(Log.TRANSACTIONS, lambda: _encode(lines()), count=count)
