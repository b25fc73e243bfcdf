"""The auditor names every kind of damage, each planted alone, and finds nothing wrong with what is right."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.faults import true_history
from tests.faults.auditor import Damage, Finding, audit
from tests.faults.books import Connection
from tests.faults.client_log import Entry, read
from tests.faults.true_history import SELLER, TrueHistory
from tests.support.installation import Installation

Log = list[Entry]


@pytest.fixture
def laid(installation: Installation) -> Iterator[Connection]:
    """A connection on which a true history stands in place of the real tables."""
    with closing(psycopg.connect(installation.config.dsn("super"), autocommit=True)) as connection:
        yield connection


def found(connection: Connection, log: Path) -> set[Damage]:
    findings = audit(connection, log)
    assert {finding.seller for finding in findings} <= {SELLER}
    return {finding.damage for finding in findings}


def test_a_true_history_is_found_true(laid: Connection, tmp_path: Path) -> None:
    history = TrueHistory()
    true_history.lay(laid, history)

    assert audit(laid, true_history.write_log(tmp_path / "log", history.entries)) == []
    assert {line.kind for line in history.lines} == {
        *("credit", "recharge", "hold", "capture", "release", "reversal", "adjustment", "deduction")
    }


ONE_MORE = "INSERT INTO recharge SELECT * FROM recharge WHERE reference = 'first'"
IN_THE_ROWS = [
    (Damage.LOST, "DELETE FROM recharge WHERE reference = 'first'"),
    (Damage.LOST, "UPDATE credit_request SET state = 'pending', credit_seq = NULL WHERE state = 'approved'"),
    (Damage.DOUBLED, ONE_MORE),
    (Damage.OTHER, "UPDATE recharge SET amount = amount + 1 WHERE reference = 'first'"),
    (Damage.OTHER, "UPDATE recharge SET phone_number = phone_number + 1 WHERE reference = 'first'"),
    (Damage.OTHER, "UPDATE recharge SET settle_seq = settle_seq + 1 WHERE reference = 'first'"),
    (Damage.OTHER, "UPDATE journal SET available = available + 1 WHERE seq = 2"),
    (Damage.OTHER, "UPDATE credit_request SET amount = amount + 1 WHERE state = 'approved'"),
    (Damage.REFUSED_YET_THERE, "UPDATE recharge SET reference = 'refused' WHERE reference = 'first'"),
    (Damage.NEVER_ASKED, "UPDATE recharge SET reference = 'nobody-asked' WHERE reference = 'first'"),
    (Damage.NO_BOOK, "DELETE FROM book"),
    (Damage.NO_BOOK, "INSERT INTO book SELECT * FROM book"),
    (Damage.GAP, "DELETE FROM journal WHERE seq = 4"),
    (Damage.GAP, "INSERT INTO journal SELECT * FROM journal WHERE seq = 4"),
    (Damage.SUMS, "UPDATE journal SET sold = sold + 1, adjusted = adjusted + 1 WHERE seq = 4"),
    (Damage.NEGATIVE, "UPDATE journal SET held = -1 WHERE seq = 4"),
    (Damage.NEGATIVE, "UPDATE book SET available = -1"),
    (Damage.UNBALANCED, "UPDATE journal SET funded = funded + 1 WHERE seq = 4"),
    (Damage.UNBALANCED, "UPDATE book SET sold = sold + 1"),
    (Damage.SEAL, "UPDATE journal SET actor_id = actor_id + 1 WHERE seq = 4"),
    (Damage.SEAL, "UPDATE journal SET hash = decode(repeat('ab', 32), 'hex') WHERE seq = 4"),
    (Damage.TIME, "UPDATE journal SET created_at_us = 1 WHERE seq = 4"),
    (Damage.BOOK, "UPDATE book SET available = available + 1, adjusted = adjusted + 1"),
    (Damage.BOOK, "UPDATE book SET seq = seq + 1"),
    (Damage.BOOK, "UPDATE book SET head_hash = decode(repeat('ab', 32), 'hex')"),
    (Damage.BOOK, "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)"),
    (Damage.HELD, "UPDATE recharge SET state = 'succeeded' WHERE reference = 'open'"),
    (Damage.HELD, "UPDATE recharge SET state = 'unknown' WHERE reference = 'captured'"),
    (Damage.RECHARGE, "UPDATE recharge SET state = 'failed' WHERE reference = 'captured'"),
    (Damage.RECHARGE, "UPDATE recharge SET reverse_seq = 3 WHERE state = 'reversed'"),
    (Damage.RECHARGE, "UPDATE recharge SET settle_seq = 2 WHERE reference = 'open'"),
    (Damage.RECHARGE, ONE_MORE),
    (Damage.CREDIT, "UPDATE credit_request SET state = 'approved' WHERE state = 'pending'"),
    (Damage.CREDIT, "UPDATE credit_request SET state = 'rejected' WHERE state = 'approved'"),
    (Damage.ADJUSTMENT, "UPDATE adjustment SET amount = -amount"),
    (Damage.UNEXPLAINED, "DELETE FROM adjustment"),
    (Damage.UNEXPLAINED, "DELETE FROM recharge WHERE reference = 'open'"),
]


@pytest.mark.parametrize(("damage", "change"), IN_THE_ROWS)
def test_damage_in_the_database_is_named(
    laid: Connection, tmp_path: Path, damage: Damage, change: str
) -> None:
    history = TrueHistory()
    true_history.lay(laid, history)
    log = true_history.write_log(tmp_path / "log", history.entries)

    laid.execute(change.encode())

    assert damage in found(laid, log)


def _at(log: Log, key: str, what: str) -> int:
    return next(place for place, entry in enumerate(log) if (entry.key, entry.what) == (key, what))


def without_the_outcome(log: Log) -> Log:
    del log[_at(log, "unknown", "refused")]
    return log


def answered_twice(log: Log) -> Log:
    first = log[_at(log, "first", "ok")]
    return [*log, first._replace(what="invoke"), first._replace(answer={**first.answer, "version": 3})]


def with_other_balances(log: Log) -> Log:
    place = _at(log, "first", "ok")
    log[place] = log[place]._replace(answer={**log[place].answer, "balance_before": 1})
    return log


def asked_after_a_later_one_was_answered(log: Log) -> Log:
    first = [entry for entry in log if entry.key == "first"]
    return [entry for entry in log if entry.key != "first"] + first


def refused_what_was_approved(log: Log) -> Log:
    place = next(place for place, entry in enumerate(log) if entry.deed == "approval" and entry.what == "ok")
    log[place] = log[place]._replace(what="refused")
    return log


def refused_what_was_sold(log: Log) -> Log:
    place = _at(log, "first", "ok")
    log[place] = log[place]._replace(what="refused", answer={})
    return log


def never_sent(log: Log) -> Log:
    return [entry for entry in log if entry.key != "first"]


@pytest.mark.parametrize(
    ("damage", "change"),
    [
        (Damage.UNRESOLVED, without_the_outcome),
        (Damage.UNSTABLE, answered_twice),
        (Damage.OTHER, with_other_balances),
        (Damage.OUT_OF_ORDER, asked_after_a_later_one_was_answered),
        (Damage.REFUSED_YET_THERE, refused_what_was_approved),
        (Damage.REFUSED_YET_THERE, refused_what_was_sold),
        (Damage.NEVER_ASKED, never_sent),
    ],
)
def test_what_clients_saw_otherwise_is_named(
    laid: Connection, tmp_path: Path, damage: Damage, change: Callable[[Log], Log]
) -> None:
    history = TrueHistory()
    true_history.lay(laid, history)

    assert damage in found(laid, true_history.write_log(tmp_path / "log", change(history.entries)))


def an_operator_that(home: Path, deliveries: dict[str, int]) -> Path:
    """The book of an operator that delivered each of these recharges so often."""
    (home / "simulator").mkdir()
    with closing(sqlite3.connect(home / "simulator/received.sqlite3")) as book:
        book.execute("CREATE TABLE received (reference, deliveries)")
        rows = [(f"{recharge.replace('-', '')}01", times) for recharge, times in deliveries.items()]
        book.executemany("INSERT INTO received VALUES (?, ?)", rows)
        book.commit()
    return home


@pytest.mark.parametrize(
    ("times", "right"),
    [
        ({"captured": 1}, True),
        ({"captured": 1, "open": 1}, True),
        ({"captured": 2}, False),
        ({"captured": 1, "open": 2}, False),
        ({"captured": 1, "released": 1}, False),
        ({}, False),
    ],
)
def test_what_the_operator_did_otherwise_is_named(
    laid: Connection, tmp_path: Path, times: dict[str, int], *, right: bool
) -> None:
    history = TrueHistory()
    true_history.lay(laid, history)
    names = {
        each.columns["reference"]: each.columns["id"] for each in history.facts if each.table == "recharge"
    }
    home = an_operator_that(tmp_path, {names[name]: count for name, count in times.items()})

    found = {finding.damage for finding in audit(laid, operator=home)}

    assert found == (set() if right else {Damage.DELIVERED})


def test_every_damage_is_planted_once(laid: Connection) -> None:
    by_others = {Damage.UNRESOLVED, Damage.UNSTABLE, Damage.OUT_OF_ORDER, Damage.DELIVERED}

    assert {damage for damage, _ in IN_THE_ROWS} | by_others == set(Damage)


def test_an_unknown_that_happened_and_one_that_did_not_are_both_right(
    laid: Connection, tmp_path: Path
) -> None:
    history = TrueHistory()
    true_history.lay(laid, history)
    sure = history.entries[_at(history.entries, "first", "ok")]
    doubtful = [sure._replace(what="invoke"), sure._replace(what="unknown", answer={}), sure]
    log = [entry for entry in history.entries if entry.key != "first"]

    assert audit(laid, true_history.write_log(tmp_path / "log", [*doubtful, *log])) == []


def test_a_line_that_a_crash_cut_off_is_no_line(tmp_path: Path) -> None:
    history = TrueHistory()
    log = true_history.write_log(tmp_path / "log", history.entries)
    log.write_bytes(log.read_bytes()[:-3])

    assert list(read(log)) == history.entries[:-1]


def test_it_says_where(laid: Connection, tmp_path: Path) -> None:
    history = TrueHistory()
    true_history.lay(laid, history)
    laid.execute("UPDATE journal SET actor_id = 99 WHERE seq = 4")
    log = true_history.write_log(tmp_path / "log", history.entries)

    assert audit(laid, log) == [Finding(Damage.SEAL, SELLER, "line 4")]


def test_it_shares_nothing_with_the_product() -> None:
    """Not even by way of what it imports."""
    here = Path(__file__).parent
    for module in ("auditor.py", "books.py", "client_log.py", "../support/model.py"):
        text = (here / module).read_text(encoding="utf-8")
        assert "import topup" not in text
        assert "from topup" not in text
