"""Proving one seller's balance from a page: the whole journal read and worked out again, now.

Owns what the page tells of a proof, step by step. `topup.ledger.verify` proves; nothing is written but
who asked for it.
"""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from topup import clock
from topup.audit import log
from topup.audit.log import Act
from topup.console import columns
from topup.ledger import on_django
from topup.ledger.models import Book
from topup.ledger.verify import Flaw, Report, Status, verify

MAX_MOVEMENTS = 500_000
"""Of a proof on a page, some ten seconds; a longer journal is for `topup reconcile_balances`."""


class Step(NamedTuple):
    """One thing that was checked, whether it holds, and what was found."""

    title: str
    holds: bool
    found: str


class Proved(NamedTuple):
    """What the page shows; `took_ms` is how long the proof took."""

    whole: bool
    steps: list[Step]
    faults: list[str]
    took_ms: int
    too_long: bool = False


def proved(seller_id: int) -> Proved | None:
    """The proof of this seller's book; None where it has none."""
    book = Book.objects.filter(pk=seller_id).first()
    if book is None:
        return None
    if book.seq > MAX_MOVEMENTS:
        return Proved(whole=False, steps=[], faults=[], took_ms=0, too_long=True)
    began_s = clock.monotonic_s()
    own = on_django.own_connection()
    reports = list(verify(own, seller_id=seller_id))
    took_ms = round((clock.monotonic_s() - began_s) * 1000)
    (report,) = reports
    told = {"status": str(report.status), "version": report.version}
    log.write(Act.BALANCE_PROVED, subject_type="book", subject_id=seller_id, seller_id=seller_id, after=told)
    faults = [f"{fault.seq}: {fault.detail}" for fault in report.faults]
    return Proved(report.status is Status.VERIFIED, _steps(report), faults, took_ms)


def _steps(report: Report) -> list[Step]:
    flaws = {fault.flaw for fault in report.faults}
    sums, currency = report.mark.sums, report.currency
    vector: dict[str, Any] = {
        name: columns.money(getattr(sums, name), currency) for name in ("available", "held", "sold")
    }
    two_sides = (sums.available + sums.held + sums.sold, sums.funded + sums.adjusted)
    return [
        Step(
            _("Every movement is there, numbered without a gap"),
            not flaws & {Flaw.GAP, Flaw.BOOK_SEQ},
            _("%(movements)s movements read; the book stands at version %(version)s")
            % {"movements": columns.number(report.movements), "version": columns.number(report.version)},
        ),
        Step(
            _("Each movement's sums follow from the one before it"),
            Flaw.VECTOR not in flaws,
            _("worked out again: available %(available)s, held %(held)s, sold %(sold)s") % vector,
        ),
        Step(
            _("What was funded and adjusted is what is available, held and sold"),
            two_sides[0] == two_sides[1],
            _("%(left)s on both sides") % {"left": columns.money(two_sides[0], currency)},
        ),
        Step(
            _("The balance in the book is the journal's"),
            Flaw.BOOK_SUMS not in flaws,
            _("book %(current)s, journal %(calculated)s")
            % {
                "current": columns.money(report.current, currency),
                "calculated": columns.money(report.calculated, currency),
            },
        ),
        Step(
            _("Each hash seals its movement to the one before it, and the book holds the last"),
            not flaws & {Flaw.HASH, Flaw.BOOK_HASH},
            _("head of the chain: %(head)s") % {"head": report.mark.head.hex()},
        ),
    ]
