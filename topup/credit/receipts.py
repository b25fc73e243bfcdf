"""The receipt of a bank transfer: a picture or a PDF that a seller sends with a credit request.

Owns what counts as one, which is told by its first bytes and never by its name, how it is kept, and the
headers under which a browser may be given it. It must never be changed: what staff see is what was sent.
"""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from topup.credit.decide import SQL
from topup.trips import Row, Statement

MAX_BYTES = 5 * 1024 * 1024
"""Of one receipt: a photograph of a telephone has 2 to 4 MB, and each is in every backup."""
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
    "sandbox allow-same-origin"
)
"""What a browser may do with a receipt that is opened by itself: draw it. Its style is the browser's own."""


class MediaType(StrEnum):
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"

    @property
    def is_picture(self) -> bool:
        return self is not MediaType.PDF

    @property
    def ending(self) -> str:
        """What its file's name ends in."""
        return self.split("/")[1].replace("jpeg", "jpg")


class Receipt(NamedTuple):
    """The bytes of a receipt, and what they are."""

    media_type: MediaType
    content: bytes

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.content).digest()


class NotAReceipt(ValueError):
    """These bytes are no JPEG, PNG, WebP or PDF."""


class TooLarge(ValueError):
    """The file has more than MAX_BYTES."""


def receipt(content: bytes) -> Receipt:
    """What was sent, recognised by its first bytes. Raises NotAReceipt, TooLarge."""
    if len(content) > MAX_BYTES:
        raise TooLarge
    found = _recognised(content)
    if found is None:
        raise NotAReceipt
    return Receipt(found, content)


def _recognised(content: bytes) -> MediaType | None:
    if content.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return MediaType.PNG
    if content.startswith(b"RIFF") and content[8:15] == b"WEBPVP8":
        return MediaType.WEBP
    if content.startswith(b"%PDF-"):
        return MediaType.PDF
    return None


def keep(found: Receipt, *, seller_id: int, request_id: str, by: int, now_us: int) -> Statement:
    """What keeps a receipt. It raises 23505 where the request has one, 40001 where it is decided."""
    values = (str(found.media_type), found.content, found.sha256, by, now_us)
    return (SQL["keep_receipt"], (seller_id, request_id, *values))


def read(seller_id: int, request_id: str) -> Statement:
    """What reads the row of `from_row`; none where there is no receipt."""
    return (SQL["get_receipt"], (seller_id, request_id))


def from_row(row: Row) -> Receipt:
    media_type, content = row
    return Receipt(MediaType(media_type), bytes(content))


def headers(found: Receipt, *, request_id: str) -> Mapping[str, str]:
    """How a browser is given a receipt: a picture to look at, a PDF to keep, and nothing to run."""
    way = "inline" if found.media_type.is_picture else "attachment"
    return {
        "Content-Type": found.media_type,
        "Content-Disposition": f'{way}; filename="receipt-{request_id}.{found.media_type.ending}"',
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
