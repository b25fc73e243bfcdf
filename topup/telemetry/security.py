"""What security.log tells: who came in, what opens the door, who decided, who was turned away.

Owns the events and their fields. A caller names ids; it must never pass a secret.
"""

from enum import StrEnum

import structlog

from topup.telemetry.logs import SECURITY_LOGGER


class Event(StrEnum):
    LOGGED_IN = "logged in"
    LOGGED_OUT = "logged out"
    LOGIN_FAILED = "login failed"
    KEY_ISSUED = "key issued"
    KEY_REVOKED = "key revoked"
    DECIDED = "decided"
    TURNED_AWAY = "turned away"


_log = structlog.stdlib.get_logger(SECURITY_LOGGER)


def logged_in(*, user_id: int, username: str, by: str) -> None:
    """`by` is the way: console or api."""
    _log.info(Event.LOGGED_IN, user_id=user_id, username=username, by=by)


def logged_out(*, user_id: int, username: str) -> None:
    _log.info(Event.LOGGED_OUT, user_id=user_id, username=username)


def login_failed(*, username: str, address: str | None) -> None:
    _log.warning(Event.LOGIN_FAILED, username=username, address=address)


def key_issued(*, key_id: str, user_id: int, seller_id: int | None) -> None:
    _log.info(Event.KEY_ISSUED, key_id=key_id, user_id=user_id, seller_id=seller_id)


def key_revoked(*, key_id: str, user_id: int, seller_id: int | None) -> None:
    _log.info(Event.KEY_REVOKED, key_id=key_id, user_id=user_id, seller_id=seller_id)


def decided(*, decision: str, seller_id: int, object_id: str, by: int, amount: int | None = None) -> None:
    """A decision that stands. `by` is the user who decided, `object_id` what about."""
    _log.info(
        Event.DECIDED, decision=decision, seller_id=seller_id, object_id=object_id, user_id=by, amount=amount
    )


def turned_away(*, status: int, code: str, method: str, route: str, address: str) -> None:
    """A request that was answered 401 or 403."""
    _log.warning(Event.TURNED_AWAY, status=status, code=code, method=method, route=route, address=address)
