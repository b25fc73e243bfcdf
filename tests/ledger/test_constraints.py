"""PostgreSQL refuses what a mistake in Python would write, also through the posting function."""

from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from tests.support import posting, samples
from topup.ledger import chain, core, direct
from topup.ledger.core import Book, Command, Kind, Movement, Vector
from topup.trips import Connection

SHAPE = (
    "SELECT ledger.post_v1(%s, %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],"
    " %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::bigint[],"
    " %s::bytea[], %s::bigint[], %s::text[], %s::bigint[], %s::ledger.kind[], %s::bigint[],"
    " %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::ledger.source[],"
    " %s::uuid[], %s::ledger.actor[], %s::bigint[], %s::bigint[], %s::bytea[])"
)


def post_by_hand(connection: Connection, *, read_seq: int, after: Book, rows: Sequence[Movement]) -> None:
    """Call the posting function with whatever is given, as no honest caller would."""
    book = (
        [after.seller_id], [after.currency], [read_seq], [after.seq], *([each] for each in after.vector),
        [after.moved_at_us], [after.spent_on], [after.spent_today], [after.head_hash],
    )  # fmt: skip
    lines = [
        (
            row.command.seller_id, row.command.currency, row.seq, str(row.command.kind), row.command.amount,
            *row.after, row.command.source_type, row.command.source_id, row.command.actor_type,
            row.command.actor_id, row.created_at_us, row.hash,
        )
        for row in rows
    ]  # fmt: skip
    columns = map(list, zip(*lines, strict=True)) if lines else [[] for _ in range(16)]
    connection.execute(SHAPE, [after.seller_id, *book, *columns])


def credited(app: Connection, amount: int = 1000) -> Book:
    """The book of a new seller after one credit."""
    seller_id = posting.open_book(app)
    direct.post(
        app, [samples.a_command(Kind.CREDIT, amount, seller_id=seller_id)], posting.Moves(), zone="UTC"
    )
    return posting.book_of(app, seller_id)


def decided(book: Book, *commands: Command) -> tuple[Book, list[Movement]]:
    after, verdicts = core.decide(book, commands, now_us=samples.NOON_US, today=samples.TODAY)
    return after, [verdict.movement for verdict in verdicts if verdict.movement is not None]


def a_recharge(book: Book) -> Command:
    return samples.a_command(seller_id=book.seller_id)


def test_what_the_core_decided_is_written(app: Connection) -> None:
    book = credited(app)
    after, movements = decided(book, a_recharge(book))

    post_by_hand(app, read_seq=book.seq, after=after, rows=movements)

    assert posting.book_of(app, book.seller_id) == after


def test_a_book_that_moved_since_it_was_read_is_a_conflict(app: Connection) -> None:
    book = credited(app)
    after, movements = decided(book, a_recharge(book))
    post_by_hand(app, read_seq=book.seq, after=after, rows=movements)

    with pytest.raises(errors.SerializationFailure):
        post_by_hand(app, read_seq=book.seq, after=after, rows=movements)

    assert posting.book_of(app, book.seller_id) == after


def test_a_book_that_is_not_there_is_a_conflict_not_a_success(app: Connection) -> None:
    with pytest.raises(errors.SerializationFailure):
        post_by_hand(app, read_seq=0, after=samples.a_book(seller_id=999_999_999), rows=[])


def test_a_number_is_never_given_twice(app: Connection) -> None:
    book = credited(app)
    after, [movement] = decided(book, a_recharge(book))

    with pytest.raises(errors.UniqueViolation):
        post_by_hand(app, read_seq=book.seq, after=after, rows=[movement._replace(seq=1)])

    assert posting.book_of(app, book.seller_id) == book


@pytest.mark.parametrize(
    "vector",
    [
        pytest.param(Vector(901, 0, 1000, 100, 0), id="too much is left"),
        pytest.param(Vector(-1, 0, 1000, 1001, 0), id="below zero"),
        pytest.param(Vector(1001, -1, 1000, 0, 0), id="less than nothing is held"),
        pytest.param(Vector(1001, 0, 1000, -1, 0), id="less than nothing is sold"),
        pytest.param(Vector(0, 0, -1, 0, 1), id="less than nothing was funded"),
        pytest.param(Vector(900, 0, 1000, 100, 1), id="adjusted without effect"),
    ],
)
def test_sums_that_cannot_be_are_refused_in_book_and_journal(app: Connection, vector: Vector) -> None:
    book = credited(app)
    after, [movement] = decided(book, a_recharge(book))
    wrong_book = after._replace(**vector._asdict())

    with pytest.raises(errors.CheckViolation):
        post_by_hand(app, read_seq=book.seq, after=wrong_book, rows=[movement])
    with pytest.raises(errors.CheckViolation):
        post_by_hand(app, read_seq=book.seq, after=after, rows=[movement._replace(after=vector)])

    assert posting.book_of(app, book.seller_id) == book


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("amount", 0, errors.CheckViolation),
        ("amount", -100, errors.CheckViolation),
        ("kind", "gift", errors.InvalidTextRepresentation),
        ("source_type", "hearsay", errors.InvalidTextRepresentation),
        ("actor_type", "ghost", errors.InvalidTextRepresentation),
        ("source_id", "order-1", errors.InvalidTextRepresentation),
    ],
)
def test_a_movement_that_cannot_be_is_refused(
    app: Connection, field: str, value: Any, refusal: type[psycopg.Error]
) -> None:
    book = credited(app)
    after, [movement] = decided(book, a_recharge(book))
    wrong = movement._replace(command=movement.command._replace(**{field: value}))

    with pytest.raises(refusal):
        post_by_hand(app, read_seq=book.seq, after=after, rows=[wrong])

    assert posting.book_of(app, book.seller_id) == book


@pytest.mark.parametrize("seal", [b"", bytes(31), bytes(33)])
def test_a_hash_of_another_length_is_refused(app: Connection, seal: bytes) -> None:
    book = credited(app)
    after, [movement] = decided(book, a_recharge(book))

    with pytest.raises(errors.CheckViolation):
        post_by_hand(app, read_seq=book.seq, after=after, rows=[movement._replace(hash=seal)])
    with pytest.raises(errors.CheckViolation):
        post_by_hand(app, read_seq=book.seq, after=after._replace(head_hash=seal), rows=[movement])


def test_a_book_opens_once_and_empty(app: Connection) -> None:
    seller_id = posting.open_book(app)

    with pytest.raises(errors.UniqueViolation):
        app.execute("SELECT ledger.open_v1(%s, 'IRR')", [seller_id])

    assert posting.book_of(app, seller_id) == samples.a_book(seller_id=seller_id, head_hash=chain.GENESIS)


@pytest.mark.parametrize("currency", ["", "irr", "RIAL", "IR1"])
def test_a_currency_has_three_capital_letters(app: Connection, currency: str) -> None:
    with pytest.raises(errors.CheckViolation):
        app.execute("SELECT ledger.open_v1(%s, %s)", [999_999_998, currency])


@pytest.mark.parametrize(
    "change",
    [
        "phone_number = 1",
        "amount = 0",
        "reference = ''",
        "reference = repeat('x', 256)",
        "reference = E'two\\nlines'",
        "reference = 'سفارش'",
        "settle_seq = NULL",
        "state = 'reversed'",
        "reverse_seq = 9",
    ],
)
def test_a_recharge_that_contradicts_itself_is_refused(
    change: str, app: Connection, owner: Connection
) -> None:
    seller_id = posting.open_book(app)
    owner.execute(
        "INSERT INTO recharges.recharge (seller_id, phone_number, amount, settle_seq, actor_id,"
        " created_at_us, updated_at_us, id, state, operator_explicit, operator, currency, reference)"
        " VALUES (%s, 989123456789, 5, 1, 1, 0, 0, gen_random_uuid(), 'succeeded', false, 'mci', 'IRR', 'a')",
        [seller_id],
    )

    with pytest.raises(errors.CheckViolation):
        owner.execute(
            sql.SQL("UPDATE recharges.recharge SET {} WHERE seller_id = {}").format(
                sql.SQL(change),
                seller_id,
            )
        )
