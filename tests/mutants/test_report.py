"""The page counts every mutant once, and a survivor is only excused by a reason of its own."""

from pathlib import Path

import pytest

from tests.mutants import report, subjects
from tests.mutants.report import Run
from tests.mutants.result import Fate, Mutant

CORE = "topup.ledger.core"
DEAD = Mutant(CORE, "decide", "", "", Fate.KILLED)
SLOW = Mutant(CORE, "decide", "", "", Fate.TIMED_OUT)
ALIVE = Mutant(CORE, "_fits", "a < b", "a <= b")
EXCUSED = Mutant(CORE, "_fits", "a | b", "b | a")


@pytest.fixture(autouse=True)
def excuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "equivalent.toml"
    file.write_text(
        f'[[mutant]]\nmodule = "{CORE}"\nwhere = "_fits"\nwas = "a | b"\nbecomes = "b | a"\n'
        'why = "the same set"\n'
    )
    monkeypatch.setattr(report, "EQUIVALENT", file)


def page(*mutants: Mutant) -> str:
    return report.page(Run(mutants, version="1.2.3", day="2026-01-02", minutes=3, processors=4))


def test_the_page_counts_each_fate() -> None:
    text = page(DEAD, DEAD, SLOW, ALIVE, EXCUSED)

    assert f"| `{CORE}` | 5 | 2 | 1 | 1 | 1 |\n" in text
    assert "| all | 5 | 2 | 1 | 1 | 1 |\n" in text
    assert f"| {CORE}._fits | `a < b` | `a <= b` |\n" in text
    assert f"| {CORE}._fits | `a \\| b` | `b \\| a` | the same set |\n" in text


def test_a_survivor_without_a_reason_is_told() -> None:
    assert report.survivors([DEAD, SLOW, ALIVE, EXCUSED]) == [ALIVE]


def test_a_reason_for_what_did_not_survive_is_told() -> None:
    assert report.outdated([DEAD, EXCUSED]) == []
    assert [each.why for each in report.outdated([DEAD])] == ["the same set"]


def test_every_module_that_is_mutated_has_its_row() -> None:
    text = page(DEAD)

    assert all(f"| `{path.removesuffix('.py').replace('/', '.')}` |" in text for path in subjects.TESTS)
