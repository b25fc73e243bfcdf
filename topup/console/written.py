"""What staff write into a search or a filter, read: an id, a seller's number."""

import uuid

from topup import ids


def identifier(written: str) -> str | None:
    """An id as it is kept, from how somebody wrote it; None for what is no id."""
    try:
        return str(uuid.UUID(written.strip()))
    except ValueError:
        return None


def seller_number(written: str | None) -> int | None:
    """A seller's number; None for nothing, and 0, which no seller has, for what is no number."""
    if not written:
        return None
    number = int(written) if written.isdecimal() else 0
    return number if number <= ids.MAX_SELLER_ID else 0
