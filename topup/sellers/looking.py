"""A look of staff at a seller's portal: whose, since when, and which pages were seen, kept in the session.

Pure: the session is a mapping that is handed in. The console begins and ends a look, the portal shows what
it allows; neither must know the other.
"""

from collections.abc import MutableMapping
from typing import Any, NamedTuple

from topup import ids
from topup.clock import US_PER_SECOND

KEPT_AS = "look"
LASTS_S = 1_800
"""Half an hour: who still looks then says again why."""
MAX_SEEN = 200
"""Pages remembered as seen, so that each is on record once; beyond, every opening is."""

Session = MutableMapping[str, Any]  # Django's, which knows JSON


class Look(NamedTuple):
    """`id` names it in the audit log."""

    id: str
    seller_id: int
    ends_us: int
    seen: list[str]


def begin(session: Session, *, seller_id: int, now_us: int) -> Look:
    """Begin a look; one before it is over."""
    look = Look(ids.new(seller_id), seller_id, now_us + LASTS_S * US_PER_SECOND, [])
    session[KEPT_AS] = list(look)
    return look


def current(session: Session, *, now_us: int) -> Look | None:
    """The look of this session, if one goes on."""
    kept = session.get(KEPT_AS)
    if kept is None:
        return None
    look = Look(*kept)
    return look if now_us < look.ends_us else None


def is_new(session: Session, look: Look, page: str) -> bool:
    """Whether this page is seen for the first time in this look; it is remembered as seen."""
    if page in look.seen:
        return False
    if len(look.seen) < MAX_SEEN:
        session[KEPT_AS] = list(look._replace(seen=[*look.seen, page]))
    return True


def end(session: Session) -> int | None:
    """End the look; whose portal was looked at."""
    kept = session.pop(KEPT_AS, None)
    return None if kept is None else Look(*kept).seller_id
