"""What accountants and screens read of the journal: two legs a movement, and ids as `topup.ids` has them."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import posting
from tests.support.samples import a_command
from topup import clock, ids
from topup.ledger import direct
from topup.ledger.core import MOVES, Account, Kind
from topup.trips import Connection

EXAMPLES = 40
MOVEMENTS = st.lists(st.tuples(st.sampled_from(list(Kind)), st.integers(1, 1_000)), min_size=1, max_size=30)
SOURCES = {Account.FUNDED, Account.ADJUSTED}
"""The accounts that money comes from: what they gave is their credit side."""
LAST_MOMENT_US = clock.to_us(datetime(9999, 12, 31, tzinfo=UTC))
Leg = tuple[str, int, int]  # account, debit, credit


def a_journal(connection: Connection, movements: list[tuple[Kind, int]]) -> int:
    """A book after those of these movements that it covers, with some money to begin with."""
    seller_id = posting.open_book(connection)
    wanted = [(Kind.CREDIT, 2_000), (Kind.HOLD, 500), (Kind.RECHARGE, 500), *movements]
    commands = [a_command(kind, amount, seller_id=seller_id) for kind, amount in wanted]
    direct.post(connection, commands, posting.Moves(), zone="UTC")
    return seller_id


def legs_of(connection: Connection, seller_id: int) -> dict[int, list[Leg]]:
    rows = connection.execute(
        "SELECT seq, account, debit, credit FROM ledger.legs WHERE seller_id = %s", [seller_id]
    )
    legs: dict[int, list[Leg]] = {}
    for seq, *leg in rows:
        legs.setdefault(seq, []).append((leg[0], leg[1], leg[2]))
    return legs


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(movements=MOVEMENTS)
def test_every_movement_has_two_legs_that_come_to_zero(
    movements: list[tuple[Kind, int]], app: Connection
) -> None:
    seller_id = a_journal(app, movements)
    legs = legs_of(app, seller_id)

    for line in posting.journal_of(app, seller_id):
        giver, taker = MOVES[Kind(line.kind)]
        assert sorted(legs.pop(line.number)) == sorted([(taker, line.amount, 0), (giver, 0, line.amount)])
    assert legs == {}


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(movements=MOVEMENTS)
def test_the_trial_balance_is_the_book(movements: list[tuple[Kind, int]], app: Connection) -> None:
    seller_id = a_journal(app, movements)
    debits: Counter[str] = Counter()
    for legs in legs_of(app, seller_id).values():
        for account, debit, credit in legs:
            debits[account] += debit - credit

    vector = posting.book_of(app, seller_id).vector._asdict()

    assert sum(debits.values()) == 0
    assert {name: -debits[name] if name in SOURCES else debits[name] for name in vector} == vector


def test_every_kind_is_in_both_views(app: Connection) -> None:
    everything = [(kind, 1) for kind in Kind]
    seller_id = a_journal(app, everything)

    for view in ("legs", "movement"):
        rows = app.execute(f"SELECT DISTINCT kind::text FROM ledger.{view} WHERE seller_id = %s", [seller_id])
        assert {kind for (kind,) in rows} == set(Kind)


def test_a_movement_shows_what_its_journal_row_stores(app: Connection) -> None:
    seller_id = a_journal(app, [(Kind.CAPTURE, 7), (Kind.DEDUCTION, 9)])

    rows = app.execute(
        "SELECT id::text, seq, kind, from_account, to_account, amount, available, held, funded, sold,"
        "       adjusted, source_type, source_id::text, actor_type, actor_id, created_at, hash"
        "  FROM ledger.movement WHERE seller_id = %s ORDER BY seq",
        [seller_id],
    ).fetchall()

    assert rows == [
        (
            ids.compose(moment_us=line.moment_us, tail=line.number, seller_id=seller_id), line.number,
            line.kind, *MOVES[Kind(line.kind)], line.amount, *line.sums, line.source_type, line.source_id,
            line.actor_type, line.actor_id, clock.from_us(line.moment_us), line.sealed.hex(),
        )
        for line in posting.journal_of(app, seller_id)
    ]  # fmt: skip


def test_both_views_show_times_to_the_microsecond(app: Connection) -> None:
    seller_id = a_journal(app, [])
    times = {line.number: clock.from_us(line.moment_us) for line in posting.journal_of(app, seller_id)}

    for view in ("legs", "movement"):
        rows = app.execute(f"SELECT seq, created_at FROM ledger.{view} WHERE seller_id = %s", [seller_id])
        assert dict(rows.fetchall()) == times


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moment_us=st.integers(0, LAST_MOMENT_US),
    seq=st.integers(1, ids.MAX_TAIL),
    seller_id=st.integers(1, ids.MAX_SELLER_ID),
)
def test_the_database_composes_ids_as_we_do(
    moment_us: int, seq: int, seller_id: int, app: Connection
) -> None:
    row = app.execute("SELECT ledger.movement_id(%s, %s, %s)::text", [moment_us, seq, seller_id]).fetchone()

    assert row == (ids.compose(moment_us=moment_us, tail=seq, seller_id=seller_id),)


@pytest.mark.parametrize("seq", [1, 2**30 - 1, 2**30, 2**42 - 1])
def test_an_id_leads_back_to_its_movement(seq: int, app: Connection) -> None:
    moment_us = clock.to_us(datetime(2026, 1, 31, tzinfo=UTC) + timedelta(microseconds=999))
    row = app.execute("SELECT ledger.movement_id(%s, %s, 77)::text", [moment_us, seq]).fetchone()
    assert row is not None

    assert (ids.tail_of(row[0]), ids.seller_of(row[0])) == (seq, 77)
