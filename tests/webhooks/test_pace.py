"""Webhooks wait while sales need the machine, go on a little all the same, and hurry when it is free."""

import asyncio
from pathlib import Path

import pytest

from topup.webhooks.pace import MOST, Pace


class Machine:
    """A machine whose CPUs the test uses: a file in the form of /proc/stat."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.user = self.niced = self.idle = 0
        self.pass_by()

    def pass_by(self, *, user: int = 0, niced: int = 0, idle: int = 0) -> None:
        self.user, self.niced, self.idle = self.user + user, self.niced + niced, self.idle + idle
        self.path.write_text(f"cpu  {self.user} {self.niced} 0 {self.idle} 0 0 0 0 0 0\ncpu0 1 2 3\n")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "stat")


def rest(own: Pace) -> int:
    asyncio.run(own.rest(0.0))
    return own.times


def test_a_crowded_machine_makes_the_rests_longer_up_to_a_limit(machine: Machine) -> None:
    own = Pace(machine.path, look_s=0)
    times = []
    for _ in range(8):
        machine.pass_by(user=95, idle=5)
        times.append(rest(own))

    assert times == [1, 2, 4, 8, 16, MOST, MOST, MOST]


def test_a_free_machine_makes_them_shorter_down_to_none(machine: Machine) -> None:
    own = Pace(machine.path, look_s=0)
    own.times = 4
    times = []
    for _ in range(4):
        machine.pass_by(user=50, idle=50)
        times.append(rest(own))

    assert times == [2, 1, 0, 0]


def test_what_the_worker_itself_takes_is_no_crowd(machine: Machine) -> None:
    own = Pace(machine.path, look_s=0)
    machine.pass_by(niced=90, user=10)

    assert rest(own) == 0


def test_where_there_is_no_such_file_nothing_is_crowded(tmp_path: Path, machine: Machine) -> None:
    assert rest(Pace(tmp_path / "nowhere", look_s=0)) == 0
