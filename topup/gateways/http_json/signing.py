"""HMAC-SHA256 in a header: ours over what we send, the operator's over what it sends. Pure."""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping

from topup.gateways.http_json.configuration import Signing

_PLACE = re.compile(rb"\{([a-z_]+)(?::([A-Za-z0-9_-]+))?\}")


def signature(
    signing: Signing,
    *,
    secret: str,
    values: Mapping[str, bytes],
    headers: Mapping[str, str] | None = None,
) -> str:
    """What the header says; `headers` are those of a callback, by lower-case name."""

    def value(match: re.Match[bytes]) -> bytes:
        if match[1] == b"header":
            return (headers or {}).get(match[2].decode().lower(), "").encode("utf-8", "replace")
        return values[match[1].decode()]

    signed = _PLACE.sub(value, signing.signed.encode())
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    written = digest.hex() if signing.encoding == "hex" else b64encode(digest).decode()
    return signing.prefix + written


def is_signed(signing: Signing, *, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether who knows the secret sent this. Compared in constant time."""
    expected = signature(signing, secret=secret, values={"body": body}, headers=headers)
    given = headers.get(signing.header.lower(), "")
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))
