"""Signatures as the Standard Webhooks specification has them (version `v1`, HMAC-SHA256). Pure."""

import hmac
from base64 import b64encode
from collections.abc import Sequence

PREFIX = "whsec_"
SECRET_BYTES = 32
"""Of a new secret; the specification allows 24 to 64."""
ROTATION_S = 24 * 3600
"""How long the secret before the present one signs too."""


def written(secret: bytes) -> str:
    """A secret as the seller gets it."""
    return PREFIX + b64encode(secret).decode()


def headers(*, message_id: str, at_s: int, payload: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """The three headers of one attempt. `secrets` are one, or two in a rotation; each signs."""
    signed = b".".join([message_id.encode(), str(at_s).encode(), payload])
    signatures = [b64encode(hmac.digest(secret, signed, "sha256")).decode() for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
