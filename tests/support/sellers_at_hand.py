"""What a test holds of a seller or of staff: numbers, names and a key."""

from typing import NamedTuple


class SellerAtHand(NamedTuple):
    """A seller, its only member and that member's key."""

    id: int
    user_id: int
    username: str
    password: str
    key: str


class StaffAtHand(NamedTuple):
    """A member of staff and a key."""

    user_id: int
    username: str
    password: str
    key: str
