"""An import that is killed at any moment can be run again, and ends as if nothing had happened."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.reconciliation.settlement.conftest import MAPPING, Scene, row
from tests.support.posting import PRICE
from tests.support.terminal import run_on_a_terminal
from topup import trips
from topup.reconciliation.settlement.stage import SQL
from topup.reconciliation.settlement.verdicts import Exit
from topup.trips import Connection

LIMIT_S = 30
LINES = 6_000


def start(scene: Scene, path: Path) -> "subprocess.Popen[bytes]":
    declared = scene.folder / "mapping.json"
    declared.write_text(json.dumps(MAPPING))
    words = ("import", str(path), "--operator", scene.operator, "--mapping", str(declared))
    return subprocess.Popen(
        scene.installation.command("settle", *words),
        env=scene.installation.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def until(app: Connection, process: "subprocess.Popen[bytes]", question: str, *values: object) -> None:
    """Wait until the answer to this question is yes, or the process ended."""
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end and process.poll() is None:
        if app.execute(question.encode(), values).fetchall()[0][0]:
            return
        time.sleep(0.002)


STAGED = "SELECT EXISTS (SELECT FROM settlement.line)"
COMPARING = "SELECT EXISTS (SELECT FROM recharges.staff_case c WHERE c.seller_id = %s)"
BLOCKED = "SELECT pid FROM pg_stat_activity WHERE pg_blocking_pids(pid) <> '{}'"
BEGUN = "SELECT EXISTS (SELECT FROM settlement_file f WHERE f.done_at_us IS NULL AND %s > 0)"


@pytest.mark.parametrize("moment", [BEGUN, STAGED, COMPARING])
def test_after_kill_9_the_same_command_finishes_the_work(scene: Scene, app: Connection, moment: str) -> None:
    sold = scene.sell(LINES)
    path = scene.write(
        [row(each, amount=PRICE + (number % 50 == 1)) for number, each in enumerate(sold) if number % 50]
    )
    process = start(scene, path)
    until(app, process, moment, *([scene.seller] if "%s" in moment else []))
    process.send_signal(signal.SIGKILL)
    assert process.wait() in (-signal.SIGKILL, Exit.DIFFERENCES), "on a busy machine it may have ended before"

    ran = scene.settle(path)

    different = LINES // 50
    assert (ran.told["ours_only"], ran.told["amount_differs"]) == (different, different)
    assert ran.told["matched"] == LINES - 2 * different
    assert ran.told["cases"] == len(scene.cases(ran)) == 2 * different
    assert scene.one("SELECT count(*) FROM settlement.line") == 0


def test_after_kill_9_at_its_very_end_no_staged_line_stays_for_ever(
    scene: Scene, app: Connection, superuser: Connection
) -> None:
    path = scene.write([row(each) for each in scene.sell(500)[1:]])
    process = start(scene, path)
    until(app, process, STAGED)
    with superuser.transaction():  # the lines can be read and compared, and not removed
        superuser.execute("SELECT FROM settlement.line FOR UPDATE")
        until(superuser, process, f"SELECT EXISTS ({BLOCKED})")
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        superuser.execute(f"SELECT pg_terminate_backend(pid) FROM ({BLOCKED})")

    ran = scene.settle(path)

    assert (ran.told["matched"], ran.told["ours_only"]) == (499, 1)
    assert scene.one("SELECT count(*) FROM settlement.line") == 0


def test_two_imports_of_an_operator_at_once_are_one_after_the_other(scene: Scene, app: Connection) -> None:
    other = scene.write([("one-after-the-other", PRICE, "OK", "", "", "")], name="other.csv")
    under_way = (SQL["lock_operator"], ("mci",))  # what an import holds for as long as it runs

    assert trips.run(app, [under_way]) == [[(True,)]]
    refused = scene.settle(other, "--day", str(scene.day))
    app.execute("SELECT pg_advisory_unlock_all()")
    after = scene.settle(other, "--day", str(scene.day))

    assert (refused.status, "is being imported" in refused.errors) == (3, True), refused.errors
    assert "is being imported" not in after.errors


def test_a_terminal_sees_how_far_it_is(scene: Scene) -> None:
    path = scene.write([row(each) for each in scene.sell(500)])
    (scene.folder / "mapping.json").write_text(json.dumps(MAPPING))
    words = ("import", str(path), "--operator", "mci", "--mapping", "./mapping.json")
    command, environment = scene.installation.command("settle", *words), scene.installation.environment()

    done, shown = run_on_a_terminal(command, env=environment, cwd=scene.folder)

    assert done.returncode == 0
    assert "Looking for" in shown  # its last step, which is drawn however quick the others were
    assert done.stdout.startswith(f"mci, {scene.day}: 500 lines, 0 bad; 500 matched")
