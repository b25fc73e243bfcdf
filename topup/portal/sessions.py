"""The sessions of a person: where they are logged in, and ending them.

Owns how often it is written that somebody is there. What a session is, and whether it still counts, is
allauth's and Django's.
"""

from collections import OrderedDict
from hashlib import sha256
from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from topup import clock
from topup.sellers.models import User

WRITTEN_EVERY_S = 60.0
"""A page with live parts asks every few seconds; a minute is near enough to "last seen"."""
MAX_REMEMBERED = 10_000
"""Sessions whose last writing this process remembers; more only means writing more often."""
MAX_SHOWN = 50

_written: OrderedDict[bytes, float] = OrderedDict()


class Seen(MiddlewareMixin):
    """After the middleware that finds the user."""

    def process_view(self, request: HttpRequest, *_: Any) -> None:  # Django's own arguments
        user: Any = request.user  # a User, or nobody
        key = request.session.session_key
        if user.is_authenticated and key and _is_due(key):
            UserSession.objects.create_from_request(request)


def of(user: User) -> list[UserSession]:
    """The sessions that still count, the one seen last first."""
    newest = UserSession.objects.filter(user=user).order_by("-last_seen_at")[:MAX_SHOWN]
    return [each for each in newest if not each.purge()]


def end(user: User, session_id: int) -> bool:
    """End one of a person's sessions; whether there was such a one."""
    found = UserSession.objects.filter(user=user, pk=session_id).first()
    if found is None:
        return False
    found.end()
    return True


def end_others(user: User, *, kept: str) -> int:
    """End all of a person's sessions but the one with this key; how many."""
    others = list(UserSession.objects.filter(user=user).exclude(session_key=kept))
    for each in others:
        each.end()
    return len(others)


def _is_due(key: str) -> bool:
    name, now_s = sha256(key.encode()).digest(), clock.monotonic_s()
    last_s = _written.get(name)
    if last_s is not None and now_s - last_s < WRITTEN_EVERY_S:
        return False
    _written[name] = now_s
    _written.move_to_end(name)
    if len(_written) > MAX_REMEMBERED:
        _written.popitem(last=False)
    return True
