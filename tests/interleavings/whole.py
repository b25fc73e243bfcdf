"""What must be true of a few sellers whatever was done to them, read by SQL of the tests' own.

Owns no rule of the product's: the journal is proved by the second opinion of `tests/support/model.py`
and by the product's own `verify`, and each fact is held against its movements.
"""

from collections.abc import Sequence

from tests.recharges.place import INSTANT, MOVEMENTS
from tests.support import posting
from tests.support.model import Sums, audit
from topup.ledger import verify
from topup.ledger.verify import Status
from topup.trips import Connection, Row

_RECHARGES = """
SELECT r.state::text, r.hold_seq IS NOT NULL, r.amount,
       coalesce(array_agg(j.kind::text ORDER BY j.seq) FILTER (WHERE j.seq IS NOT NULL), '{}'),
       coalesce(bool_and(j.amount = r.amount), false),
       array_agg(j.seq ORDER BY j.seq),
       array_remove(ARRAY[r.hold_seq, r.settle_seq, r.reverse_seq], NULL)
  FROM recharges.recharge r
  LEFT JOIN ledger.journal j ON j.seller_id = r.seller_id AND j.source_id = r.id
 WHERE r.seller_id = %s GROUP BY r.seller_id, r.id
"""
_REQUESTS = """
SELECT c.state::text, coalesce(array_agg((j.kind::text, j.amount = c.amount, j.seq = c.credit_seq)::text)
                               FILTER (WHERE j.seq IS NOT NULL), '{}')
  FROM credit.credit_request c
  LEFT JOIN ledger.journal j ON j.seller_id = c.seller_id AND j.source_id = c.id
 WHERE c.seller_id = %s GROUP BY c.seller_id, c.id
"""
_ADJUSTMENTS = """
SELECT a.amount, array_agg(CASE j.kind WHEN 'adjustment' THEN j.amount ELSE -j.amount END)
  FROM ledger.adjustment a
  JOIN ledger.journal j ON j.seller_id = a.seller_id AND j.source_id = a.id AND j.seq = a.seq
 WHERE a.seller_id = %s GROUP BY a.seller_id, a.id, a.amount
"""
_ONE_SIDED = """
SELECT count(*) FROM ledger.journal j
 WHERE j.seller_id = %(seller)s AND NOT EXISTS (
   SELECT 1 FROM recharges.recharge r WHERE r.seller_id = %(seller)s AND r.id = j.source_id UNION ALL
   SELECT 1 FROM credit.credit_request c WHERE c.seller_id = %(seller)s AND c.id = j.source_id UNION ALL
   SELECT 1 FROM ledger.adjustment a WHERE a.seller_id = %(seller)s AND a.id = j.source_id)
"""
_OPEN = ("accepted", "processing", "unknown")


def assert_whole(connection: Connection, sellers: Sequence[int]) -> None:
    for seller_id in sellers:
        _assert_the_book_is_proved(connection, seller_id)
        _assert_recharges_have_their_movements(connection, seller_id)
        for state, credited in connection.execute(_REQUESTS, [seller_id]).fetchall():
            assert credited == (["(credit,t,t)"] if state == "approved" else []), (state, credited)
        for amount, moved in connection.execute(_ADJUSTMENTS, [seller_id]).fetchall():
            assert moved == [amount]
        assert connection.execute(_ONE_SIDED, {"seller": seller_id}).fetchone() == (0,)


def _assert_the_book_is_proved(connection: Connection, seller_id: int) -> None:
    book, lines = posting.book_of(connection, seller_id), posting.journal_of(connection, seller_id)
    assert audit(seller_id, lines) == Sums(*book.vector)
    assert (book.seq, book.head_hash) == (len(lines), lines[-1].sealed if lines else bytes(32))
    reports = list(verify.verify(connection, seller_id=seller_id))
    assert [report.status for report in reports] == [Status.VERIFIED]


def _assert_recharges_have_their_movements(connection: Connection, seller_id: int) -> None:
    held = 0
    for state, was_held, amount, kinds, same, found, named in connection.execute(_RECHARGES, [seller_id]):
        assert kinds == (MOVEMENTS if was_held else INSTANT)[state], (state, kinds)
        assert same, (state, amount)
        assert found == named, (state, found, named)
        held += amount if state in _OPEN else 0
    assert posting.book_of(connection, seller_id).held == held


def left_behind(connection: Connection, sellers: Sequence[int]) -> tuple[Row, ...]:
    """What there is at the end and can be compared: sums, and the states of recharges and requests."""
    found: list[Row] = []
    for seller_id in sellers:
        found.append(tuple(posting.book_of(connection, seller_id).vector))
        for table in ("recharges.recharge", "credit.credit_request"):
            rows = connection.execute(f"SELECT state::text FROM {table} WHERE seller_id = %s", [seller_id])
            found.append(tuple(sorted(state for (state,) in rows)))
        opened = connection.execute(
            "SELECT kind::text FROM recharges.staff_case WHERE seller_id = %s ORDER BY 1", [seller_id]
        )
        found.append(tuple(kind for (kind,) in opened))
    return tuple(found)
