"""What a run's figures are judged by: slopes beside their noise, owners of samples, drops; and pictures."""

from xml.etree import ElementTree

import msgspec
import pytest

from bench import charts, cost, slope
from bench.charts import Bar, Curve
from bench.load import Counts
from bench.slope import Look


def looks(*, mb_per_million: float, noise_mb: float) -> list[Look]:
    """A line that starts at 100 MB, with noise to both sides in turn, after an unsettled beginning."""
    settled = [
        Look(sold, 100 + mb_per_million * sold / 1e6 + noise_mb * (-1) ** place)
        for place, sold in enumerate(range(200_000, 1_000_001, 20_000))
    ]
    return [Look(0, 40.0), Look(50_000, 80.0), *settled]


@pytest.mark.parametrize(
    ("mb_per_million", "noise_mb", "flat"),
    [(0, 0.5, True), (0.5, 0, True), (20, 0.5, False), (-20, 0.5, True), (3, 10, True)],
)
def test_memory_that_grows_by_more_than_its_noise_is_not_flat(
    mb_per_million: float, noise_mb: float, *, flat: bool
) -> None:
    found = slope.fit(looks(mb_per_million=mb_per_million, noise_mb=noise_mb), recharges=1_000_000)

    assert found.flat is flat
    assert found.mb_per_million == pytest.approx(mb_per_million, abs=2 * found.error + 0.01)


@pytest.mark.parametrize(
    ("stack", "owner"),
    [
        ("run (uvicorn/protocols/http.py:1);fronted (/x/topup/api/front.py:2)", cost.HTTP),
        ("fronted (/x/topup/api/front.py:2);read (/x/topup/phones.py:3)", cost.RULES),
        ("_run (/x/topup/ledger/poster.py:2);decide (/x/topup/ledger/core.py:3)", cost.RULES),
        ("_run (/x/topup/ledger/poster.py:2);numbers (/x/topup/ledger/literals.py:3)", cost.DRIVER),
        ("run_async (/x/topup/trips.py:2);execute (/v/psycopg/cursor_async.py:3)", cost.DRIVER),
        ("decide (/x/topup/ledger/core.py:3);sha256 (/lib/hashlib.py:3)", cost.RULES),
        ("run (/v/uvicorn/server.py:1);select (/lib/selectors.py:2)", cost.EVENT_LOOP),
        ("main (somewhere)", cost.EVENT_LOOP),
    ],
)
def test_a_sample_belongs_to_the_innermost_that_is_anybodys(stack: str, owner: str) -> None:
    assert cost.owner(stack.split(";")) == owner


def test_samples_are_shared_out_whole() -> None:
    text = "a (/x/topup/ledger/core.py:1) 3\nb (/v/psycopg/x.py:1) 1\n\n"

    assert cost.shares(text) == {cost.RULES: 0.75, cost.DRIVER: 0.25}


def test_without_samples_nothing_is_split() -> None:
    assert cost.shares("") == {cost.UNSPLIT: 1.0}


def test_everything_that_was_due_and_had_no_success_is_dropped() -> None:
    counts = Counts(sent=95, good=80, good_in_time=70, others={"503": 10}, p50_ms=1, p99_ms=2, unsent=5)

    assert counts.dropped == 20
    assert msgspec.structs.replace(counts, unsent=0).dropped == 15


@pytest.mark.parametrize(
    "picture",
    [
        charts.bars("A & B", [Bar("ours <fast>", 9_000.0), Bar("theirs", 0.0, theirs=True)], unit="a second"),
        charts.curves(
            "A", [Curve("p50", [(0, 1), (5, 2.5)]), Curve("p99", [(5, 90)])], across="x", upwards="y"
        ),
    ],
)
def test_a_picture_is_whole_and_names_its_parts(picture: str) -> None:
    words = [element.text for element in ElementTree.fromstring(picture).iter() if element.text]

    assert any("ours <fast>" in word or "p99" in word for word in words)
    assert "nan" not in picture
