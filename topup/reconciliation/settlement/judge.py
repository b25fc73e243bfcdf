"""Whether a file is what it was said to be: of this operator, of this day, and about our recharges.

Looks at a sample of the staged lines before anything is decided by them; it must change nothing.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from topup import clock, trips
from topup.ledger import literals
from topup.reconciliation.settlement.source import FileError
from topup.reconciliation.settlement.stage import SQL
from topup.trips import Connection, Row

SAMPLE = 10_000
"""Lines that are looked up to tell what a file is."""
FEW_LINES = 100
"""A file with fewer may well have none of ours."""


def day_of(
    connection: Connection, *, file_id: str, lines: int, operator: str, day: date | None, zone: str
) -> date:
    """The day of a file: the one said, if its lines agree, or that of most of them. Raises FileError."""
    known = _known(connection, file_id, every=-(-lines // SAMPLE))
    operators = Counter(each for each, _ in known)
    days = Counter(clock.day_in(zone, at_us) for _, at_us in known)
    if not known:
        return _of_strangers(lines, day)
    through, most = operators.most_common(1)[0]
    if through != operator and most * 2 > len(known):
        raise FileError(
            _(
                "Of %(count)s recharges looked up, %(most)s were sold through %(through)s, not %(operator)s."
                " Nothing was imported: is this the file of %(through)s?"
            )
            % {"count": f"{len(known):,}", "most": f"{most:,}", "through": through, "operator": operator}
        )
    found, often = days.most_common(1)[0]
    if day is not None and day != found and often * 2 > len(known):
        raise FileError(
            _(
                "Of %(count)s recharges looked up, %(often)s were sold on %(found)s, not on %(day)s. Nothing"
                " was imported: give --day %(found)s, or leave it out."
            )
            % {"count": f"{len(known):,}", "often": f"{often:,}", "found": found, "day": day}
        )
    return day or found


def bounds_us(day: date, *, zone: str) -> tuple[int, int]:
    """When a day begins and ends in a zone, in microseconds."""
    start, end = (
        clock.to_us(datetime.combine(each, time(), ZoneInfo(zone))) for each in (day, day + timedelta(days=1))
    )
    return start, end


def refuse_unfinished(day: date, *, zone: str, now_us: int) -> None:
    """Raise FileError for a day that is not over: what will be sold until then would be missing."""
    if now_us < bounds_us(day, zone=zone)[1]:
        raise FileError(
            _("%(day)s is not over in %(zone)s. Nothing was imported: import its file tomorrow.")
            % {"day": day, "zone": zone}
        )


def _of_strangers(lines: int, day: date | None) -> date:
    if lines >= FEW_LINES:
        raise FileError(
            _(
                "None of the references looked up is one of ours. Nothing was imported: is the mapping's"
                " reference the column with our own (the recharge's id, and two digits)?"
            )
        )
    if day is None:
        raise FileError(_("No reference in the file is one of ours, so give its day: --day YYYY-MM-DD."))
    return day


def _known(connection: Connection, file_id: str, *, every: int) -> list[Row]:
    ((*sample,),) = trips.run(connection, [(SQL["sample"], (file_id, max(every, 1), SAMPLE))])
    sellers = literals.numbers({seller for seller, _ in sample})
    pairs = (literals.numbers(s for s, _ in sample), literals.words(r for _, r in sample))
    return trips.run(connection, [(SQL["know"], (sellers, *pairs))])[0]
