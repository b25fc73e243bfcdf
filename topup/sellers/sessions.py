"""Sessions in the database, remembered by all processes together where there is Redis.

Django's own `cached_db` keeps a session in the cache until it expires, also one that was logged out
while the cache was away. Here a log-out reaches the cache as soon as that is back, and a remembered
session is never older than `shared_cache.VALUE_LIFE_S`. Users are not in it: who is suspended or
changed the password is read from the database in every request.
"""

import hashlib
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore as InDatabase
from django.contrib.sessions.models import Session
from django.core import signing

from topup import clock, shared_cache


class SessionStore(InDatabase):
    """Read through the cache, written to the database; the cache is told after the commit."""

    def load(self) -> dict[str, Any]:  # what a session holds
        key = self.session_key
        written = shared_cache.kept(_name(key), self._written) if key else None
        try:
            found = signing.loads(written, salt=key) if key and written else None
        except signing.BadSignature:  # not ours: somebody wrote it into Redis
            return super().load()
        if found is None or found["until_us"] <= clock.now_us():
            self._session_key = None
            return {}
        data: dict[str, Any] = found["data"]
        return data

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002  # Django's own signature
        super().save(must_create)
        if self.session_key:
            shared_cache.changed(_name(self.session_key))

    def delete(self, session_key: str | None = None) -> None:
        gone = session_key or self.session_key
        super().delete(session_key)
        if gone:
            shared_cache.changed(_name(gone))

    # The database's own asynchronous methods would pass the cache by.

    async def aload(self) -> dict[str, Any]:  # what a session holds
        return await sync_to_async(self.load)()

    async def asave(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002  # Django's own signature
        await sync_to_async(self.save)(must_create)

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)

    def _written(self) -> str | None:
        """The session as the database has it, signed for this key alone: copied, it logs nobody in."""
        row = Session.objects.filter(session_key=self.session_key).first()
        if row is None:
            return None
        found = {"data": self.decode(row.session_data), "until_us": clock.to_us(row.expire_date)}
        return signing.dumps(found, salt=row.session_key)


def _name(session_key: str) -> str:
    # Not the key itself: whoever may look into Redis may not log in as those who are.
    return f"session:{hashlib.sha256(session_key.encode()).hexdigest()}"
