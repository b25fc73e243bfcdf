"""An import: a file read, compared in both directions, and what follows from it done. Once.

Owns the order of the work and its record. An import that was cut off leaves a record that is not done
and perhaps some cases; importing the file again clears and finishes it, and opens none of them twice.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from topup import clock, database, ids, phones, trips
from topup.audit import log
from topup.audit.log import Act
from topup.config import Config
from topup.ledger import direct
from topup.ledger.outcomes import Outcome
from topup.money import with_separators
from topup.recharges import cases, errands
from topup.recharges.case_kinds import Kind
from topup.recharges.cases import Opening
from topup.recharges.settle import Settlement, Settlements
from topup.reconciliation.settlement import judge, pages, source, stage
from topup.reconciliation.settlement.mapping import Mapping, MappingError
from topup.reconciliation.settlement.models import MAX_NAME, MAX_WHO, Seen, SettlementFile
from topup.reconciliation.settlement.pages import Compared, Missing
from topup.reconciliation.settlement.source import FileError
from topup.reconciliation.settlement.stage import SQL
from topup.reconciliation.settlement.verdicts import Finding, Midnights, Theirs, Verdict, compare
from topup.trips import Connection

MARGIN_US = 3_600 * 1_000_000
"""Around midnight, in which operator and we may count a recharge to different days: an answer that was
lost is asked after for most of an hour at short intervals, and operators count by delivery."""
STATEMENT_TIMEOUT_MS = 120_000
"""Of an import's own connection: a page of a busy day may take seconds on a machine that sells too."""
SETTLED_AT_ONCE = 256
"""Settlements of one transaction, as many as a batch of sales."""
CAUSE = "settlement_file"
NOBODY = 0

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is, 0 where nobody knows."""


class Busy(RuntimeError):
    """Another import of this operator is under way, or the database is too busy to settle. Try again."""


class Asked(NamedTuple):
    """What is to be imported, and who asked. `by` is a staff user's number, NOBODY for a command."""

    path: Path
    name: str
    operator: str
    mapping: Mapping
    day: date | None
    by: int
    by_whom: str


class Done(NamedTuple):
    """The record of an import, and whether it had been done before, so that this one changed nothing."""

    file: SettlementFile
    before: bool


def import_file(config: Config, asked: Asked, progress: Progress) -> Done:
    """Import a file. Raises FileError and MappingError, with nothing left behind, and Busy."""
    digested = source.digest(asked.path)
    with _connected(config, asked.operator) as connection:
        _clear_what_was_cut_off(connection, asked.operator, keep=digested.sha256)
        file = SettlementFile.objects.filter(operator=asked.operator, digest=digested.sha256).first()
        if file is not None and file.done_at_us is not None:
            return Done(file, before=True)
        file = file or _begun(asked, digested.sha256)
        try:
            return Done(_Import(config, connection, asked, file, progress).run(), before=False)
        except (FileError, MappingError):
            _forget(connection, file)
            raise


@contextmanager
def _connected(config: Config, operator: str) -> Iterator[Connection]:
    """A connection that is the only one to import this operator's files."""
    with closing(database.connect(config)) as connection:
        connection.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}".encode())
        (((locked,),),) = trips.run(connection, [(SQL["lock_operator"], (operator,))])
        if not locked:
            raise Busy(
                _("Another file of %(operator)s is being imported. Wait for it, then run this again.")
                % {"operator": operator}
            )
        yield connection


def _begun(asked: Asked, digest: str) -> SettlementFile:
    return SettlementFile.objects.create(
        id=ids.new(cases.NO_SELLER),
        operator=asked.operator,
        digest=digest,
        name=asked.name[:MAX_NAME],
        by_whom=asked.by_whom[:MAX_WHO],
        begun_at_us=clock.now_us(),
    )


def _clear_what_was_cut_off(connection: Connection, operator: str, *, keep: str) -> None:
    """The staged lines of imports that never ended, and their records but the one that goes on now."""
    for file in SettlementFile.objects.filter(operator=operator, done_at_us=None):
        stage.clear(connection, str(file.pk))
        if file.digest != keep and not file.opened().exists():
            file.delete()


def _forget(connection: Connection, file: SettlementFile) -> None:
    stage.clear(connection, str(file.pk))
    file.delete()


class _Import:
    """One import under way."""

    def __init__(
        self, config: Config, connection: Connection, asked: Asked, file: SettlementFile, progress: Progress
    ) -> None:
        self._config = config
        self._connection = connection
        self._asked = asked
        self._file = file
        self._id = str(file.pk)
        self._progress = progress
        self._counts: Counter[Verdict] = Counter()

    def run(self) -> SettlementFile:
        staged = self._stage()
        self._day = judge.day_of(
            self._connection,
            file_id=self._id,
            lines=staged.lines,
            operator=self._asked.operator,
            day=self._asked.day,
            zone=self._config.time_zone,
        )
        judge.refuse_unfinished(self._day, zone=self._config.time_zone, now_us=clock.now_us())
        midnights = self._midnights()
        self._compare(midnights, staged.lines)
        self._find_missing(midnights)
        return self._finish(staged)

    def _stage(self) -> stage.Staged:
        found = source.lines(self._asked.path, self._asked.mapping)
        return stage.stage(
            self._connection, self._id, found, lambda lines: self._progress("Reading", lines, 0)
        )

    def _midnights(self) -> Midnights:
        start_us, end_us = judge.bounds_us(self._day, zone=self._config.time_zone)
        beside = [self._day - timedelta(days=1), self._day + timedelta(days=1)]
        imported = set(
            SettlementFile.objects.filter(operator=self._asked.operator, day__in=beside)
            .exclude(done_at_us=None)
            .values_list("day", flat=True)
        )
        return Midnights(start_us, end_us, MARGIN_US, beside[0] in imported, beside[1] in imported)

    # What the file has.

    def _compare(self, midnights: Midnights, lines: int) -> None:
        done = 0
        operator = self._asked.operator
        for page in pages.compared(
            self._connection, file_id=self._id, operator=operator, midnights=midnights
        ):
            self._counts[Verdict.MATCHED] += page.plain
            self._remember(row for row in page.rows if row.at_midnight)
            self._act([row for row in page.rows if not row.plain])
            done += page.lines
            self._progress("Comparing", min(done, lines), lines)

    def _remember(self, rows: Iterator[Compared]) -> None:
        """That this file has what was sold around its midnights."""
        seen = [
            Seen(
                seller_id=row.theirs.seller_id,
                recharge_id=row.theirs.recharge_id,
                operator=self._asked.operator,
                day=self._day,
            )
            for row in rows
        ]
        Seen.objects.bulk_create(seen, ignore_conflicts=True)

    def _act(self, rows: Sequence[Compared]) -> None:
        found = [
            (row.theirs, findings)
            for row in rows
            if (findings := compare(
                row.theirs, row.ours,
                operator=self._asked.operator, authoritative=self._asked.mapping.authoritative,
            ))
        ]  # fmt: skip
        to_settle = [(theirs, some[0]) for theirs, some in found if some[0].verdict is Verdict.SETTLED]
        counted = Counter(some[0].verdict for _, some in found)
        self._counts += counted - Counter({Verdict.SETTLED: counted[Verdict.SETTLED]})
        for theirs, some in found:
            if some[0].verdict is Verdict.STILL_OPEN:
                self._hasten(theirs)
        settled = chain.from_iterable(
            self._settle(to_settle[start : start + SETTLED_AT_ONCE])
            for start in range(0, len(to_settle), SETTLED_AT_ONCE)
        )
        every = chain(((theirs, each) for theirs, some in found for each in some), settled)
        self._open([self._case(theirs, each) for theirs, each in every if each.kind is not None])

    def _hasten(self, theirs: Theirs) -> None:
        seller_id, recharge_id = theirs.seller_id, theirs.recharge_id
        asked = errands.hasten(seller_id=seller_id, recharge_id=recharge_id, now_us=clock.now_us())
        trips.run(self._connection, [asked])

    def _settle(self, some: list[tuple[Theirs, Finding]]) -> list[tuple[Theirs, Finding]]:
        """Settle what is unknown; the cases of what somebody else has settled otherwise meanwhile."""
        wishes = [self._settlement(theirs, finding) for theirs, finding in some]
        postings = direct.post(self._connection, wishes, Settlements(), zone=self._config.time_zone)
        late = []
        for (theirs, finding), posting in zip(some, postings, strict=True):
            match posting.outcome:
                case Outcome.POSTED:
                    self._counts[Verdict.SETTLED] += 1
                case Outcome.REPLAYED:
                    self._counts[Verdict.MATCHED] += 1
                case Outcome.OVERLOADED | Outcome.DATABASE_UNAVAILABLE:
                    raise Busy(
                        _("The database is too busy to settle. Run this again: nothing is done twice.")
                    )
                case _:
                    self._counts[Verdict.STATE_DIFFERS] += 1
                    why = f"{finding.to} by the file, and it could not be settled so: {posting.outcome}"
                    late.append(
                        (theirs, Finding(Verdict.STATE_DIFFERS, Kind.SETTLEMENT_STATE_DIFFERS, why=why))
                    )
        return late

    def _settlement(self, theirs: Theirs, finding: Finding) -> Settlement:
        assert finding.to is not None
        by = self._asked.by
        return Settlement(
            seller_id=theirs.seller_id,
            recharge_id=theirs.recharge_id,
            to=finding.to,
            cause=CAUSE,
            failure=None if theirs.delivered else "not_delivered",
            actor_type="system" if by == NOBODY else "user",
            actor_id=by,
            evidence=self._evidence(theirs),
        )

    def _case(self, theirs: Theirs, finding: Finding) -> Opening:
        ours = finding.ours
        subject = theirs.recharge_id if ours else theirs.reference
        return Opening(
            seller_id=theirs.seller_id if ours else cases.NO_SELLER,
            kind=str(finding.kind),
            subject=":".join(filter(None, (self._asked.operator, subject, finding.part))),
            recharge_id=theirs.recharge_id if ours else None,
            operator=self._asked.operator,
            evidence=f"{finding.why}. {self._evidence(theirs)}",
            at_us=self._file.begun_at_us,
        )

    def _evidence(self, theirs: Theirs) -> str:
        parts = {
            "reference": theirs.reference,
            "operator's reference": theirs.operator_reference,
            "number": theirs.phone_number,
            "amount": None if theirs.least is None else with_separators(theirs.least),
            "time": None if theirs.at_us is None else clock.rfc3339(theirs.at_us),
            "delivered": f"{theirs.delivered} of {theirs.lines} lines" if theirs.lines > 1 else None,
        }
        told = ", ".join(f"{name} {value}" for name, value in parts.items() if value is not None)
        return f"Settlement file {self._file.name} ({self._id}), line {theirs.nr}: {told}"

    # What it does not have.

    def _find_missing(self, midnights: Midnights) -> None:
        done = 0
        for page in pages.missing(
            self._connection, file_id=self._id, operator=self._asked.operator, midnights=midnights
        ):
            opened = []
            for each in page:
                verdict = midnights.verdict_of_missing(each.created_at_us)
                if verdict is not None:
                    self._counts[verdict] += 1
                if verdict is Verdict.OURS_ONLY:
                    opened.append(self._missing(each))
            self._open(opened)
            done += len(page)
            self._progress("Looking for what is missing", done, 0)

    def _missing(self, each: Missing) -> Opening:
        sold_at = clock.rfc3339(each.created_at_us)
        told = f"{with_separators(each.amount)} to {phones.show(each.phone_number)} at {sold_at}"
        return Opening(
            seller_id=each.seller_id,
            kind=Kind.SETTLEMENT_OURS_ONLY,
            subject=f"{self._asked.operator}:{each.recharge_id}",
            recharge_id=each.recharge_id,
            operator=self._asked.operator,
            evidence=f"sold {told}; not in settlement file {self._file.name} ({self._id}) of {self._day}",
            at_us=self._file.begun_at_us,
        )

    def _open(self, openings: list[Opening]) -> None:
        for start in range(0, len(openings), cases.MAX_OPENINGS):
            trips.run(self._connection, [cases.openings(openings[start : start + cases.MAX_OPENINGS])])

    def _finish(self, staged: stage.Staged) -> SettlementFile:
        file = self._file
        for verdict in Verdict:
            setattr(file, verdict, self._counts[verdict])
        file.lines, file.bad, file.bad_lines = staged.lines, staged.bad, staged.shown
        file.day, file.cases = self._day, file.opened().count()
        file.done_at_us = clock.now_us()
        # Before it is done: who is killed in between does it all again, and nothing stays staged for ever.
        stage.clear(self._connection, self._id)
        with transaction.atomic():
            file.save()
            self._note()
        return file

    def _note(self) -> None:
        """Who imported what is on record, from the console and from a shell alike."""
        file, by = self._file, self._asked.by
        log.write(
            Act.SETTLEMENT_IMPORTED,
            subject_type="settlement_file",
            subject_id=file.pk,
            by=by,
            reason=file.by_whom if by == NOBODY else "",
            after={"operator": file.operator, "name": file.name, "lines": file.lines, "cases": file.cases},
        )
