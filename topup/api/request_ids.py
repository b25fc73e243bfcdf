"""The id of a request: the client's own where it sent one of the right form, else ours."""

import re

from topup import chance
from topup.telemetry import requests

HEADER = b"request-id"
_FORM = re.compile(rb"[A-Za-z0-9._-]{1,64}")


def of(sent: bytes | None) -> tuple[str, bool]:
    """The id of a request that sent this one, and whether it is ours."""
    if sent is not None and _FORM.fullmatch(sent):
        return str(sent, "ascii"), False
    return f"{chance.bits(8 * requests.ID_BYTES):0{2 * requests.ID_BYTES}x}", True
