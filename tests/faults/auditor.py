"""The auditor: whether the database holds what its clients were told, and whether its books are books.

Owns the judgement, and names what is wrong. It knows the documented rules and two sources, the clients' own
log and the rows as they stand. It imports nothing of the product: what both would share, neither could prove.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults import books, client_log
from tests.faults.books import Connection, Recharge, Seller
from tests.faults.client_log import Entry
from tests.support.model import NOTHING_BEFORE, Line, Sums, seal

Move = tuple[str, int | None, int]
"""A movement as a fact expects it: kind, number, amount."""


class Damage(StrEnum):
    """What can be wrong. The first of these are told by the clients, the others by the books alone."""

    LOST = "acknowledged, and not there"
    DOUBLED = "there more than once"
    OTHER = "there otherwise than it was answered"
    UNSTABLE = "answered in two ways"
    REFUSED_YET_THERE = "refused, and there"
    NEVER_ASKED = "there, and nobody asked for it"
    UNRESOLVED = "unknown, and never asked about again"
    OUT_OF_ORDER = "numbered before what was answered before it was asked for"

    NO_BOOK = "not exactly one book"
    GAP = "numbers with a gap"
    SUMS = "sums that do not follow from the line before"
    NEGATIVE = "less than nothing"
    UNBALANCED = "the accounting equation does not hold"
    SEAL = "a hash that does not follow from the line before"
    TIME = "a line older than the one before"
    BOOK = "a book that is not its journal"
    HELD = "held otherwise than the open holds"
    RECHARGE = "a recharge without exactly the movements of its state"
    CREDIT = "an approved request without its one credit, or another with one"
    ADJUSTMENT = "an adjustment without its one movement"
    UNEXPLAINED = "a movement that belongs to nothing"
    DELIVERED = "delivered by its operator otherwise than its state says"


class Finding(NamedTuple):
    """One damage, and where."""

    damage: Damage
    seller: int
    where: str


OPEN = ("accepted", "processing", "unknown")
SETTLED = {"succeeded": "capture", "reversed": "capture", "failed": "release"}
GIVES: dict[str, Sums] = {
    "credit": Sums(available=1, funded=1),
    "recharge": Sums(available=-1, sold=1),
    "hold": Sums(available=-1, held=1),
    "capture": Sums(held=-1, sold=1),
    "release": Sums(available=1, held=-1),
    "reversal": Sums(available=1, sold=-1),
    "adjustment": Sums(available=1, adjusted=1),
    "deduction": Sums(available=-1, adjusted=-1),
}
"""What one rial of each kind does to the five sums."""


@dataclass
class Story:
    """All that clients know of one key. `floor`: the highest number that was answered before it was sent."""

    amount: int
    phone: str
    floor: int
    answers: list[dict[str, Any]] = field(default_factory=list)  # JSON objects
    refused: bool = False
    doubt: bool = True
    """Whether nobody has said yet what became of its last request."""
    unknown: bool = False


def audit(
    connection: Connection, log: Path | None = None, *, operator: Path | None = None, everybody: bool = True
) -> list[Finding]:
    """Everything that is wrong: with all books, or only with those that the log tells of; against the log
    where there is one; and against what the simulated operator of the home `operator` wrote down."""
    stories, approvals = _stories(client_log.read(log) if log else ())
    whose = books.every_seller(connection) if everybody else sorted({*stories, *approvals})
    sellers = books.read(connection, whose)
    found: list[Finding] = []
    for number, seller in sellers.items():
        found += [Finding(damage, number, where) for damage, where in of_books(number, seller)]
    for number in {*stories, *approvals}:
        seller = sellers.get(number, Seller([], [], [], [], []))
        told = [*of_sales(stories[number], seller), *of_approvals(approvals[number], seller)]
        found += [Finding(damage, number, where) for damage, where in told]
    delivered = books.deliveries(operator) if operator else {}
    for number, seller in sellers.items() if operator else ():
        found += [
            Finding(Damage.DELIVERED, number, where) for where in _otherwise_delivered(seller, delivered)
        ]
    return found


# What the clients know.

Stories = dict[int, dict[str, Story]]
Told = Iterator[tuple[Damage, str]]


def _stories(entries: Iterable[Entry]) -> tuple[Stories, Stories]:
    """The stories of recharges and of approvals, by seller and key."""
    sales: Stories = defaultdict(dict)
    approvals: Stories = defaultdict(dict)
    answered: dict[int, int] = defaultdict(int)
    for entry in entries:
        of_seller = (sales if entry.deed == "recharge" else approvals)[entry.seller]
        story = of_seller.setdefault(entry.key, Story(entry.amount, entry.phone, answered[entry.seller]))
        if entry.what == "ok" and entry.deed == "recharge":
            answered[entry.seller] = max(answered[entry.seller], entry.answer["version"])
        _take(story, entry)
    return sales, approvals


def _take(story: Story, entry: Entry) -> None:
    story.doubt = entry.what in ("invoke", "unknown")
    if entry.what == "ok":
        story.answers.append(entry.answer)
    elif entry.what == "refused":
        story.refused = True
    elif entry.what == "unknown":
        story.unknown = True


def of_sales(stories: dict[str, Story], seller: Seller) -> Told:
    there = books.by_reference(seller)
    lines = {line.number: line for line in seller.journal}
    for reference in there.keys() - stories.keys():
        yield Damage.NEVER_ASKED, reference
    for reference, story in stories.items():
        for damage in _of_sale(story, there.get(reference, []), lines):
            yield damage, reference


def _of_sale(story: Story, rows: list[Recharge], lines: dict[int, Line]) -> Iterator[Damage]:
    if len(rows) > 1:
        yield Damage.DOUBLED
    if story.doubt:
        yield Damage.UNRESOLVED
    if not story.answers and rows and not (story.unknown or story.doubt):
        yield Damage.REFUSED_YET_THERE
    if not story.answers:
        return
    first = story.answers[0]
    if any(_lasting(answer) != _lasting(first) for answer in story.answers):
        yield Damage.UNSTABLE
    if not rows:
        yield Damage.LOST
        return
    if not _is_as_answered(story, first, rows[0], lines):
        yield Damage.OTHER
    if first["version"] <= story.floor:
        yield Damage.OUT_OF_ORDER


def _lasting(answer: dict[str, Any]) -> list[object]:  # a JSON object
    """What must be the same in every answer about one recharge, whatever became of it since."""
    return [answer[name] for name in ("id", "version", "amount", "balance_before", "balance_after")]


def _is_as_answered(story: Story, answer: dict[str, Any], row: Recharge, lines: dict[int, Line]) -> bool:
    taken = row.settle if row.hold is None else row.hold
    line = lines.get(taken or 0)
    if line is None:
        return False
    told = (answer["id"], answer["version"], answer["phone_number"], answer["amount"])
    balances = (line.sums.available + line.amount, line.sums.available)
    return (
        told == (row.id, taken, row.phone, row.amount)
        and (story.phone, story.amount) == (row.phone, row.amount)
        and (answer["balance_before"], answer["balance_after"]) == balances
    )


def of_approvals(stories: dict[str, Story], seller: Seller) -> Told:
    requests = {request.id: request for request in seller.requests}
    for request_id, story in stories.items():
        row = requests.get(request_id)
        approved = row is not None and row.state == "approved"
        if story.doubt:
            yield Damage.UNRESOLVED, request_id
        if story.answers and not approved:
            yield Damage.LOST, request_id
        if story.answers and row is not None and row.amount != story.amount:
            yield Damage.OTHER, request_id
        if approved and not story.answers and not (story.unknown or story.doubt):
            yield Damage.REFUSED_YET_THERE, request_id


# What the books say by themselves.


def of_books(number: int, seller: Seller) -> Told:
    if len(seller.books) != 1:
        yield Damage.NO_BOOK, f"{len(seller.books)} books"
        return
    (book,) = seller.books
    yield from _of_journal(number, book.currency, seller.journal)
    last = seller.journal[-1] if seller.journal else None
    ends = (last.sums, last.number, last.sealed) if last else (Sums(), 0, NOTHING_BEFORE)
    if (book.sums, book.number, book.sealed) != ends or book.sums != _added_up(seller.journal):
        yield Damage.BOOK, f"{book.sums} at {book.number}, journal {ends[0]} at {ends[1]}"
    if min(book.sums[:4]) < 0:
        yield Damage.NEGATIVE, "book"
    if not _balances(book.sums):
        yield Damage.UNBALANCED, "book"
    held = sum(recharge.amount for recharge in seller.recharges if recharge.state in OPEN)
    if book.sums.held != held:
        yield Damage.HELD, f"{book.sums.held}, open holds {held}"
    yield from _of_facts(seller)


def _of_journal(number: int, currency: str, journal: list[Line]) -> Told:
    before = Line(0, "", 0, Sums(), "", "", "", 0, 0, NOTHING_BEFORE)
    for earlier, line in pairwise([before, *journal]):
        where = f"line {line.number}"
        if line.number != earlier.number + 1:
            yield Damage.GAP, where
        if line.sums != _after(earlier.sums, line):
            yield Damage.SUMS, where
        if min(line.sums[:4]) < 0 or line.amount <= 0:
            yield Damage.NEGATIVE, where
        if not _balances(line.sums):
            yield Damage.UNBALANCED, where
        if line.moment_us < earlier.moment_us:
            yield Damage.TIME, where
        if bytes(line.sealed) != seal(number, currency, line, bytes(earlier.sealed)):
            yield Damage.SEAL, where


def _after(sums: Sums, line: Line) -> Sums:
    return Sums(*(sum_ + sign * line.amount for sum_, sign in zip(sums, GIVES[line.kind], strict=True)))


def _added_up(journal: list[Line]) -> Sums:
    """The five sums from the amounts alone, whatever the lines say of their own sums."""
    sums = Sums()
    for line in journal:
        sums = _after(sums, line)
    return sums


def _balances(sums: Sums) -> bool:
    return sums.available + sums.held + sums.sold == sums.funded + sums.adjusted


def _of_facts(seller: Seller) -> Told:
    moves: dict[tuple[str, str], list[Move]] = defaultdict(list)
    for line in seller.journal:
        moves[line.source_type, line.source_id].append((line.kind, line.number, line.amount))
    for recharge in seller.recharges:
        if moves.pop(("recharge", recharge.id), []) != _of_recharge(recharge):
            yield Damage.RECHARGE, f"{recharge.id}, {recharge.state}"
    for request in seller.requests:
        credit: list[Move] = [("credit", request.credit, request.amount)]
        wanted = credit if request.state == "approved" else []
        if moves.pop(("credit_request", request.id), []) != wanted:
            yield Damage.CREDIT, f"{request.id}, {request.state}"
    for each in seller.adjustments:
        kind = "adjustment" if each.amount > 0 else "deduction"
        if moves.pop(("adjustment", each.id), []) != [(kind, each.number, abs(each.amount))]:
            yield Damage.ADJUSTMENT, each.id
    for source_type, source_id in moves:
        yield Damage.UNEXPLAINED, f"{source_type} {source_id}"


def _otherwise_delivered(seller: Seller, delivered: dict[str, int]) -> Iterator[str]:
    """Recharges that their operator has delivered more than once, or against their state."""
    for recharge in seller.recharges:
        if recharge.hold is not None:
            times = delivered.get(recharge.id.replace("-", ""), 0)
            right = {"succeeded": times == 1, "failed": times == 0}.get(recharge.state, times <= 1)
            if not right:
                yield f"{recharge.id}, {recharge.state}, delivered {times} times"


def _of_recharge(recharge: Recharge) -> list[Move]:
    """The movements that a recharge in this state must have, in their order."""
    amount, moves = recharge.amount, list[Move]()
    if recharge.hold is None:
        moves.append(("recharge", recharge.settle, amount))
    else:
        moves.append(("hold", recharge.hold, amount))
        if recharge.state not in OPEN or recharge.settle is not None:
            moves.append((SETTLED.get(recharge.state, "nothing yet"), recharge.settle, amount))
    if recharge.state == "reversed":
        moves.append(("reversal", recharge.reverse, amount))
    return moves
