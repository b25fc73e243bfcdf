"""What other programs print is read as it was recorded, and anything else is refused."""

from pathlib import Path

import msgspec
import pytest

from bench import audit, load, profiling, tables, yardstick
from bench.audit import Audit
from bench.load import LoadFailed
from bench.yardstick import Unread, Yardstick

SAMPLES = Path(__file__).with_name("samples")


def sample(name: str) -> str:
    return (SAMPLES / name).read_text(encoding="utf-8")


def test_the_output_of_pgbench_is_read() -> None:
    assert yardstick.read(sample("pgbench.txt")) == Yardstick(
        transactions=9_676, failed=0, per_second=4867.026949, average_ms=6.575
    )


def test_another_output_of_pgbench_is_refused() -> None:
    with pytest.raises(Unread, match="connection refused"):
        yardstick.read("pgbench: error: connection refused")


def test_the_output_of_wrk_is_read() -> None:
    counts = load.read(sample("wrk.txt"))

    assert (counts.good, counts.good_in_time, counts.others) == (3_576, 3_513, {"401": 1_152})
    assert (counts.p50_ms, counts.p99_ms) == (10.855, 93.813)


def test_what_was_sent_and_not_answered_is_counted() -> None:
    counts = load.read(sample("wrk.txt"))

    assert counts.unanswered == 0
    assert msgspec.structs.replace(counts, sent=counts.sent + 7).unanswered == 7


def test_a_generator_that_counted_nothing_is_refused() -> None:
    with pytest.raises(LoadFailed, match="unable to connect"):
        load.read("unable to connect to 127.0.0.1:8000 Connection refused")


def test_stacks_are_added_up_by_function() -> None:
    stacks = profiling.fold("serve;sell;decide 3\nserve;sell 1\nserve;sell;sell 2\n")

    assert stacks.samples == 6
    assert stacks.own == {"decide": 3, "sell": 3}
    assert stacks.within == {"serve": 6, "sell": 6, "decide": 3}


def test_a_table_is_aligned_as_plain_text() -> None:
    assert tables.table(("", "per second"), [("single", "9,800"), ("a batch", "12")]).splitlines() == [
        "|         | per second |",
        "|---------|-----------:|",
        "| single  |      9,800 |",
        "| a batch |         12 |",
    ]


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"verified": False}, False),
        ({"recharges": 99, "movements": 99}, False),  # one that was answered is missing
        ({"recharges": 101, "movements": 101}, False),  # one was written twice
        ({"recharges": 101, "movements": 101, "unsure": 1}, True),  # its answer never came
        ({"movements": 99}, False),
    ],
)
def test_books_that_do_not_hold_make_figures_worthless(changes: dict[str, int], *, holds: bool) -> None:
    whole = Audit(books=2, verified=True, answered=100, unsure=0, recharges=100, movements=100)

    found = msgspec.structs.replace(whole, **changes)

    assert found.holds is holds
    assert ("worthless" in audit.sentence(found)) is not holds
