"""A reconciliation: every book proved from one snapshot, and on demand the slightly wrong ones mended.

Owns the connections and the order of the work. It keeps nothing but the line under way, so that memory
stays flat however many books there are; what it may mend is decided in `rules.py`.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing

from topup import clock, database
from topup.audit import log
from topup.audit.log import Act
from topup.config import Config
from topup.ledger.proof import Report
from topup.ledger.rebuild import Rebuilt, rebuild
from topup.ledger.verify import verify
from topup.reconciliation.rules import Line, may_be_mended
from topup.sellers.models import Seller
from topup.trips import Connection

NAMES_PER_PAGE = 500
COUNT_BOOKS = "SELECT count(*) FROM ledger.book"


class UnknownSeller(LookupError):
    """There is no book of this seller."""


def how_many(config: Config) -> int:
    """The number of books, for a progress bar."""
    with closing(database.connect(config)) as connection:
        row = connection.execute(COUNT_BOOKS).fetchone()
    return int(row[0]) if row else 0


def reconcile(config: Config, *, seller_id: int | None = None, fix_as: str | None = None) -> Iterator[Line]:
    """A line per book, in order of sellers; of one seller, or of all.

    With `fix_as`, the name of who asks, a minor discrepancy is mended under the book's lock. Raises
    UnknownSeller.
    """
    names = _Names()
    with ExitStack() as stack:
        reader = stack.enter_context(closing(database.connect(config)))
        writer = stack.enter_context(closing(database.connect(config))) if fix_as else None
        found = 0
        for report in verify(reader, seller_id=seller_id, minor_limit=config.reconcile_minor_limit):
            found += 1
            line = Line(report, names.of(report.seller_id))
            if writer is not None and fix_as and may_be_mended(report):
                line = _mend(writer, line, limit=config.reconcile_minor_limit, by=fix_as)
            yield line
    if seller_id is not None and not found:
        raise UnknownSeller(seller_id)


def _mend(connection: Connection, line: Line, *, limit: int, by: str) -> Line:
    now_us, seller_id = clock.now_us(), line.report.seller_id
    noted = log.note(
        Act.BOOK_REBUILT,
        subject_type="book",
        subject_id=seller_id,
        seller_id=seller_id,
        reason=by,
        at_us=now_us,
    )
    done = rebuild(connection, report=line.report, minor_limit=limit, by=by, now_us=now_us, beside=[noted])
    return line._replace(report=_as_found(line.report, done), mended=done.done)


def _as_found(report: Report, rebuilt: Rebuilt) -> Report:
    """The report under the lock, with the movements that were read before it counted too."""
    return rebuilt.report._replace(movements=report.movements + rebuilt.report.movements)


class _Names:
    """Names of sellers, a page at a time, in the order in which books come."""

    def __init__(self) -> None:
        self._page: dict[int, str] = {}

    def of(self, seller_id: int) -> str:
        if seller_id not in self._page:
            after = Seller.objects.filter(pk__gte=seller_id).order_by("pk")
            self._page = dict(after.values_list("pk", "name")[:NAMES_PER_PAGE])
        return self._page.get(seller_id, "")
