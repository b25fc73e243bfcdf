"""The portal as staff see it who look at a seller's: some pages, as that seller's viewer, each on record.

Owns which pages these are. Nothing is sent in a look, and no page about the person who is logged in is
among them: it would be about the wrong one.
"""

from django.http import HttpRequest

from topup import clock
from topup.audit import log
from topup.audit.log import Act
from topup.sellers import looking
from topup.sellers.looking import Look

PAGES = frozenset(
    {
        *("home", "recharges", "recharges_csv", "recharges_xlsx", "recharge", "receipt"),
        *("credit", "credit_request", "credit_receipt", "statement", "statement_file"),
    }
)
PARTS = frozenset({"home_live", "recharges_live", "recharge_live", "balance"})
"""What a page asks for in the background; it was on record with its page."""
MAX_PATH = 300
"""Characters of an address in the audit log."""


def at(request: HttpRequest) -> Look | None:
    """The look that this request is part of."""
    return looking.current(request.session, now_us=clock.now_us())


def is_allowed(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name in PAGES | PARTS


def shows(url: str) -> bool:
    """Whether a menu's entry leads to a page that may be looked at."""
    return url.removeprefix("portal:") in PAGES


def note(request: HttpRequest, look: Look) -> None:
    """Put a page on record the first time that it is seen in this look."""
    match = request.resolver_match
    if match is None or match.url_name in PARTS or not looking.is_new(request.session, look, request.path):
        return
    seen = {"look": look.id, "page": request.get_full_path()[:MAX_PATH]}
    log.write(
        Act.PORTAL_LOOKED_AT,
        subject_type="portal",
        subject_id=look.seller_id,
        seller_id=look.seller_id,
        after=seen,
    )
