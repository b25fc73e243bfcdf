"""The form of an API key: `tk_<id>_<secret>`. Pure.

The id finds the row; only the SHA-256 of the secret is stored. The secret has 256 random bits, so a
fast hash is enough: there is nothing to guess.
"""

import hmac
import re
import secrets
from hashlib import sha256
from typing import NamedTuple

_FORM = re.compile(r"tk_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")
_SECRET_BYTES = 32


class Key(NamedTuple):
    """A key as it was presented: the id of its row (32 hexadecimal digits) and its secret."""

    id: str
    secret: str

    def written(self) -> str:
        return f"tk_{self.id}_{self.secret}"

    def digest(self) -> bytes:
        return sha256(self.secret.encode()).digest()

    def matches(self, stored: bytes) -> bool:
        return hmac.compare_digest(self.digest(), stored)


def make(identifier: str) -> Key:
    """A new key of this id (a UUID's text)."""
    return Key(identifier.replace("-", ""), secrets.token_urlsafe(_SECRET_BYTES))


def read(written: str) -> Key | None:
    """The key in a text, or None where it has not the form of one."""
    match = _FORM.fullmatch(written)
    return Key(*match.groups()) if match else None
