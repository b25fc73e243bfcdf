"""Which request is being answered: its id, and once known its seller and its user.

Owns one context variable, so that a line that is logged anywhere below a request says whose it is.
Each request runs in a task of its own, and what it starts in a thread gets a copy.
"""

from contextvars import ContextVar
from typing import TypedDict

from topup.telemetry import redaction


class Who(TypedDict, total=False):
    """What is known of a request."""

    request_id: str
    seller_id: int
    user_id: int


_current: ContextVar[Who | None] = ContextVar("request", default=None)


def begin(request_id: str, *, ours: bool) -> None:
    """A request begins. An id that is not `ours` came from the client, who may write a number into it."""
    _current.set({"request_id": request_id if ours else redaction.text(request_id)})


def identified(*, user_id: int, seller_id: int | None) -> None:
    """The request was found to be this user's. Without a request (a command) it changes nothing."""
    who = _current.get()
    if who is not None:
        who["user_id"] = user_id
        if seller_id is not None:
            who["seller_id"] = seller_id


def who() -> Who:
    return _current.get() or {}


def request_id() -> str:
    """The id of this request, as it may be logged; empty where there is none."""
    current = _current.get()
    return "" if current is None else current["request_id"]
