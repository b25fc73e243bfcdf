"""When the power goes, everything that was acknowledged is on the disk."""

from pathlib import Path

from tests.faults import power
from tests.faults.auditor import Damage


def test_nothing_acknowledged_is_lost_when_the_power_goes_and_without_fsync_it_would_be(
    tmp_path: Path,
) -> None:
    """If the auditor found nothing wrong in the control, the first cut would have proved nothing."""
    trial, control = power.cuts(1, tmp_path)

    assert trial.findings == []
    assert trial.acknowledged > 0
    assert Damage.LOST in {finding.damage for finding in control.findings}
