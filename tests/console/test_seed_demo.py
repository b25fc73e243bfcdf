"""`topup seed_demo`: everybody once, and nobody where there is somebody."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

from tests.support.installation import Installation, installed


def seed(installation: Installation, **settings: str) -> dict[str, object]:
    done = subprocess.run(
        installation.command("seed_demo"),
        env=installation.environment(**settings),
        cwd=installation.home,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    (line,) = done.stdout.splitlines()
    answer: dict[str, object] = json.loads(line)
    return answer


def test_of_three_at_once_one_makes_everybody() -> None:
    with installed() as installation:
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(lambda _: seed(installation, ADMIN_PASSWORD="chosen"), range(3)))
        (made,) = [answer for answer in answers if answer["seeded"]]

        assert answers.count({"seeded": False}) == 2
        assert made["admin"]["password"] == "chosen"  # type: ignore[index]  # JSON
        assert [seller["username"] for seller in made["sellers"]] == ["shiraz", "tabriz"]  # type: ignore[attr-defined]  # JSON
        with installation.connect() as app:
            counts = "SELECT (SELECT count(*) FROM sellers_user), (SELECT count(*) FROM ledger.book)"
            assert app.execute(counts).fetchone() == (3, 2)
        assert seed(installation) == {"seeded": False}
