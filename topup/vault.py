"""Secrets at rest: sealed before the database sees them, opened only where they are used.

Owns the key that follows from SECRET_KEY. A copy of the database without SECRET_KEY tells no secret.
It must never log, print or put into an error what it seals or opens.
"""

from base64 import urlsafe_b64encode
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from topup import config as settings

FERNET_KEY_BYTES: Final = 32
AT_REST: Final = b"topup: secrets at rest, version 1"
"""What the key is for; another purpose of SECRET_KEY gets another key."""


class CannotOpenError(ValueError):
    """A sealed secret cannot be read with the keys of this installation. The message says what to do."""


class Vault:
    """Seals with SECRET_KEY, and opens what it or one of SECRET_KEY_FALLBACKS sealed.

    Raises ConfigError where there is no SECRET_KEY. Making one costs some microseconds; it holds no
    connection and may be shared by threads.
    """

    def __init__(self, config: settings.Config) -> None:
        keys = [settings.secret_key(config), *config.older_secret_keys]
        self._fernet = MultiFernet([Fernet(urlsafe_b64encode(derived(key, AT_REST))) for key in keys])

    def seal(self, secret: bytes) -> bytes:
        return self._fernet.encrypt(secret)

    def open(self, sealed: bytes) -> bytes:
        """Raises CannotOpenError."""
        try:
            return self._fernet.decrypt(bytes(sealed))
        except InvalidToken as error:
            raise CannotOpenError(
                "A kept secret can't be opened: it was sealed under another SECRET_KEY. Put the earlier key "
                "into SECRET_KEY_FALLBACKS, or set the secret again."
            ) from error


def derived(key: str, purpose: bytes) -> bytes:
    """A key of 32 bytes for this purpose alone. The same everywhere that the SECRET_KEY is the same."""
    return HKDF(algorithm=SHA256(), length=FERNET_KEY_BYTES, salt=None, info=purpose).derive(key.encode())
