"""The sellers that are measured with come about as the bench expects."""

import sys
from pathlib import Path

from bench import processes
from tests.conftest import Api
from tests.support.installation import Installation
from tests.support.sellers_at_hand import StaffAtHand

LIMIT_S = 60


def test_sellers_are_made_with_keys_and_funds(installation: Installation, api: Api, tmp_path: Path) -> None:
    keys = tmp_path / "keys"

    finished = processes.run(
        [sys.executable, "-m", "bench.sellers", "2", str(keys)],
        limit_s=LIMIT_S,
        env=installation.environment(),
        directory=installation.home,
    )

    made = keys.read_text(encoding="ascii").split()
    assert len(made) == 2
    for key in made:
        answer = api(StaffAtHand(0, "", "", key)).get("/api/v1/balance")
        assert answer.json()["available"] > 0
    staff = api(StaffAtHand(0, "", "", finished.output.split()[-1]))
    assert staff.get("/api/balance/verify/", follow_redirects=True).status_code == 200
