"""Everybody who may knock: a key and a session of each, for one seller whose things the others want.

Owns who they are. `nobody` sends nothing; `revoked` had been the owner's and is void now, the key as well
as the session; `stranger` is the owner of another seller. It must make no caller twice: what is tried is
tried with the same eight people.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from tests.support import sellers as people
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from topup.sellers.models import User

Who = SellerAtHand | StaffAtHand
STAFF: Final = ("support", "finance", "admin")
TIMEOUT_S: Final = 60
TOKEN: Final = "t" * 32
"""Of CSRF: it stands in the cookie and in the header, as a page's own script has it."""


class Kept(httpx.HTTPTransport):
    """Connections that go on to the next client: there are thousands of them, each for one request."""

    def close(self) -> None:
        """Nothing: `end` does."""

    def end(self) -> None:
        super().close()


@dataclass(frozen=True)
class Callers:
    """`victim` is the seller whose owner, cashier and viewer are here."""

    url: str
    victim: SellerAtHand
    people: dict[str, Who]
    revoked_key: str
    transport: Kept = field(default_factory=Kept)
    _sessions: dict[str, str] = field(default_factory=dict)

    def api(self, caller: str) -> httpx.Client:
        """A client with this caller's key."""
        key = self.revoked_key if caller == "revoked" else ""
        key = self.people[caller].key if caller in self.people else key
        return self._client(headers={"Authorization": f"Token {key}"} if key else {})

    def browser(self, caller: str, *, token: bool = True, fresh: bool = True) -> httpx.Client:
        """A client with a session of this caller's own, and with its CSRF token."""
        cookies = {"csrftoken": TOKEN, "django_language": "en"}
        if caller != "nobody":
            if fresh or caller not in self._sessions:
                self._sessions[caller] = self._cookie(caller)
            cookies[settings.SESSION_COOKIE_NAME] = self._sessions[caller]
        return self._client(cookies=cookies, headers={"X-CSRFToken": TOKEN} if token else {})

    def forget_sessions(self) -> None:
        """What was done may have ended them."""
        self._sessions.clear()

    def _client(self, **parts: Any) -> httpx.Client:  # httpx's own
        return httpx.Client(base_url=self.url, transport=self.transport, timeout=TIMEOUT_S, **parts)

    def _cookie(self, caller: str) -> str:
        if caller != "revoked":
            return str(self.session(caller).session_key)
        ended = self.session("owner")
        ended.delete()
        return str(ended.session_key)

    def session(self, caller: str) -> SessionStore:
        """A session, as logging in makes one."""
        user = User.objects.get(pk=self.people[caller].user_id)
        made = SessionStore()
        made[SESSION_KEY] = str(user.pk)
        made[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        made[HASH_SESSION_KEY] = user.get_session_auth_hash()
        made.create()
        return made


def gathered(url: str) -> Callers:
    """The eight of them, on the server at this address."""
    victim = people.register()
    made: dict[str, Who] = {role: people.employ(role) for role in STAFF}
    made |= {"stranger": people.register(), "owner": victim}
    made |= {role: _member(url, victim, role) for role in ("cashier", "viewer")}
    revoked = _key(url, victim.username, victim.password)
    with httpx.Client(
        base_url=url, headers={"Authorization": f"Token {victim.key}"}, timeout=TIMEOUT_S
    ) as owner:
        owner.delete(f"/api/v1/tokens/{revoked['id']}").raise_for_status()
    return Callers(url, victim, made, revoked["token"])


def _member(url: str, seller: SellerAtHand, role: str) -> SellerAtHand:
    username = f"{role}-of-{seller.id}"
    user = User.objects.create_user(username, password=people.PASSWORD, seller_id=seller.id, role=role)
    key = _key(url, username, people.PASSWORD)["token"]
    return SellerAtHand(seller.id, user.pk, username, people.PASSWORD, key)


def _key(url: str, username: str, password: str) -> dict[str, str]:
    login = {"username": username, "password": password}
    answer = httpx.post(f"{url}/api/v1/tokens", json=login, timeout=TIMEOUT_S)
    made: dict[str, str] = answer.raise_for_status().json()
    return made
