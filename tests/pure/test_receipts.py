"""A receipt is told by its first bytes, whatever its name or its sender says."""

import pytest

from tests.support import pictures
from topup.credit import receipts
from topup.credit.receipts import MAX_BYTES, MediaType

PNG = pictures.png(8, 8)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (pictures.JPEG, MediaType.JPEG),
        (PNG, MediaType.PNG),
        (pictures.WEBP, MediaType.WEBP),
        (pictures.PDF, MediaType.PDF),
    ],
)
def test_pictures_and_pdfs_are_receipts(content: bytes, media_type: MediaType) -> None:
    assert receipts.receipt(content).media_type is media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + bytes(20),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"  %PDF-1.7",
        PNG[:8] + bytes(20),
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"MZ" + bytes(64),
        b"\xff\xd8",
        b"PK\x03\x04" + bytes(20),
    ],
)
def test_everything_else_is_none(content: bytes) -> None:
    with pytest.raises(receipts.NotAReceipt):
        receipts.receipt(content)


def test_five_megabytes_are_the_most() -> None:
    largest = pictures.JPEG + bytes(MAX_BYTES - len(pictures.JPEG))

    assert receipts.receipt(largest).media_type is MediaType.JPEG
    with pytest.raises(receipts.TooLarge):
        receipts.receipt(largest + b"\0")


@pytest.mark.parametrize("content", [pictures.JPEG, PNG, pictures.WEBP])
def test_a_picture_is_shown_and_runs_nothing(content: bytes) -> None:
    told = receipts.headers(receipts.receipt(content), request_id="17")

    assert told["Content-Disposition"].startswith("inline;")
    assert told["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in told["Content-Security-Policy"]
    assert "sandbox" in told["Content-Security-Policy"]


def test_a_pdf_is_kept_and_never_opened_in_the_page() -> None:
    told = receipts.headers(receipts.receipt(pictures.PDF), request_id="17")

    assert told["Content-Disposition"] == 'attachment; filename="receipt-17.pdf"'
