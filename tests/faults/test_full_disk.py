"""A full disk costs time and nothing else: clients are told to come back, and sales go on by themselves."""

from pathlib import Path

from tests.faults import full_disk


def test_nothing_is_lost_when_the_disk_is_full_and_sales_go_on_when_it_is_not(tmp_path: Path) -> None:
    trial = full_disk.fill(1, log=tmp_path / "clients.log")

    assert trial.findings == []
    assert set(trial.answers) <= {"503 with Retry-After"}, "nobody is told of an error"
    assert trial.answers["503 with Retry-After"] > 0
