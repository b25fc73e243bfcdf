"""A file that can't be meant is refused with what to do, and leaves nothing behind."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.reconciliation.settlement.conftest import HEADER, Row, Scene, row
from tests.support.posting import PRICE
from topup.trips import Connection


def rows_left(app: Connection, scene: Scene) -> list[tuple[int, ...]]:
    """What there is of imports of this operator, and of cases about this seller."""
    return app.execute(
        "SELECT (SELECT count(*) FROM settlement_file f WHERE f.operator = %s AND f.done_at_us IS NULL),"
        "       (SELECT count(*) FROM settlement.line),"
        "       (SELECT count(*) FROM recharges.staff_case c WHERE c.seller_id = %s)",
        [scene.operator, scene.seller],
    ).fetchall()


Write = Callable[[Path, list[Row]], object]


def plain(text: str) -> Write:
    return lambda path, _: path.write_text(text)


def not_utf8(path: Path, _: list[Row]) -> None:
    path.write_bytes(HEADER.encode() + b"\n\xff\xfe\xfa,1,OK,,,\n")


def cut_off(path: Path, rows: list[Row]) -> None:
    path.write_bytes(gzip.compress(agreeing(rows).encode())[:-9])


def agreeing(rows: list[Row]) -> str:
    return "\n".join([HEADER, *(",".join(map(str, each)) for each in rows)]) + "\n"


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (plain(""), "The file is empty"),
        (plain(HEADER + "\n"), "has a header and no line"),
        (plain("a,b,c\n1,2,3\n"), "no column 'Ref', which the mapping says is the reference. Its columns"),
        (plain("Ref,Ref,Amount,Status,Trace,Msisdn,Time\n"), "more than one column 'Ref'"),
        (not_utf8, "is not utf-8-sig"),
        (cut_off, "damaged gzip"),
        (plain(f"{HEADER}\n" + "x" * 20_000), "more than 10,000 characters"),
        (plain(f"{HEADER}\n" + "r1,no number,OK,,,\n" * 3), "3 of 3 lines can't be read, more than 5 %"),
        (plain(f"{HEADER}\n" + "r,5000,OK,,,\n" * 200), "None of the references looked up is one of ours"),
        (plain(f"{HEADER}\nr,5000,OK,,,\n"), "give its day: --day"),
    ],
    ids=["empty", "header", "columns", "twice", "encoding", "gzip", "long", "bad", "strangers", "no day"],
)  # fmt: skip
def test_what_is_no_file_of_ours(scene: Scene, app: Connection, write: Write, said: str) -> None:
    path = scene.folder / "day.csv"
    write(path, [row(each) for each in scene.sell(100)])
    before = rows_left(app, scene)

    ran = scene.settle(path)

    assert (ran.status, ran.told) == (3, {})
    assert said in ran.errors
    assert "Traceback" not in ran.errors
    assert rows_left(app, scene) == before == [(0, 0, 0)]


@pytest.mark.parametrize(
    ("words", "operator", "said"),
    [
        (["--day", "2024-12-01"], "mci", "not on 2024-12-01. Nothing was imported: give --day 20"),
        ([], "irancell", "were sold through mci, not irancell"),
        ([], "nobody", "There is no operator 'nobody'; there are irancell, mci"),
        (["--mapping", "nothing"], "mci", "No mapping is kept under 'nothing'"),
    ],
)
def test_a_file_of_another_day_operator_or_form(
    scene: Scene, app: Connection, words: list[str], operator: str, said: str
) -> None:
    sold = scene.sell(3)

    ran = scene.settle([row(each) for each in sold], *words, operator=operator)

    assert (ran.status, said in ran.errors) == (3, True), ran.errors
    assert rows_left(app, scene) == [(0, 0, 0)]


def test_a_day_that_is_not_over(scene: Scene, app: Connection) -> None:
    ran = scene.settle([("foreign", PRICE, "OK", "", "", "")], "--day", "2999-01-01")

    assert (ran.status, "2999-01-01 is not over in Asia/Tehran" in ran.errors) == (3, True), ran.errors
    assert rows_left(app, scene) == [(0, 0, 0)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"unknown": 1}, "unknown"),
        ({"delivered": []}, "say in `delivered`"),
        ({"failed": ["ok"]}, "means delivered and failed"),
        ({"encoding": "utf-99"}, "There is no encoding 'utf-99'"),
        ({"time_zone": "Asia/Nowhere"}, "There is no time zone 'Asia/Nowhere'"),
        ({"amount_unit": "dollar"}, "dollar"),
        ({"thousands": ","}, "thousands separator"),
    ],
)
def test_a_mapping_that_is_none(scene: Scene, change: dict[str, Any], said: str) -> None:  # of a mapping
    ran = scene.settle([row(each) for each in scene.sell()], **change)

    assert (ran.status, said in ran.errors) == (3, True), ran.errors


def test_a_bad_line_is_told_with_its_number_and_stops_nothing(scene: Scene) -> None:
    sold = scene.sell(60)
    rows = [row(each) for each in sold]
    rows[7] = (*row(sold[7])[:1], "12.5", *row(sold[7])[2:])
    rows[8] = (*row(sold[8])[:2], "MAYBE", *row(sold[8])[3:])

    ran = scene.settle(rows)

    assert (ran.status, ran.told["bad"], ran.told["matched"], ran.told["cases"]) == (2, 2, 60, 0)
    assert ran.told["bad_lines"] == [
        "line 9: the amount '12.5' is not a whole number of rials",
        "line 10: the state 'MAYBE' is not in the mapping's words",
    ]


def test_only_twenty_bad_lines_are_shown_and_all_are_counted(scene: Scene) -> None:
    rows = [row(each) for each in scene.sell(600)]
    rows += [("", PRICE, "OK", "", "", "")] * 30

    ran = scene.settle(rows)

    assert (ran.told["bad"], len(ran.told["bad_lines"])) == (30, 20)
    assert ran.told["bad_lines"][0] == "line 602: has no reference"
