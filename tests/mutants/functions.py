"""Mutants inside functions, made and tried by mutmut.

Owns how mutmut is set up and what it prints. It changes comparisons, signs, numbers, words, arguments and
branches of functions. What a module does while it is imported is left to `tables.py`: mutmut changes a
function only when a test begins.
"""

import configparser
import subprocess
import sys
from pathlib import Path

from tests.mutants import subjects
from tests.mutants.result import Fate, Mutant
from tests.mutants.tables import AT_IMPORT

TIMEOUT_S = 3_600
_FATES = {"killed": Fate.KILLED, "timeout": Fate.TIMED_OUT, "segfault": Fate.KILLED}


def tried(place: Path, *, at_once: int) -> list[Mutant]:
    """All mutants of the subjects' functions, tried in a copy of the project at `place`."""
    subjects.copy_project(place)
    _configure(place)
    _mutmut(place, "run", "--max-children", str(at_once))
    lines = [line.strip().rpartition(": ") for line in _mutmut(place, "results", "--all", "true").split("\n")]
    mutants = [_mutant(place, name, status) for name, found, status in lines if found]
    return [each for each in mutants if each.where not in AT_IMPORT]


def _configure(place: Path) -> None:
    tests = sorted({test for each in subjects.TESTS.values() for test in each})
    settings: dict[str, list[str]] = {
        "source_paths": ["topup"],
        "only_mutate": list(subjects.TESTS),
        "also_copy": ["manage.py"],
        "pytest_add_cli_args": ["-p", "no:cacheprovider"],
        "pytest_add_cli_args_test_selection": tests,
        "use_git_change_detection": ["false"],
    }
    written = configparser.ConfigParser()
    written["mutmut"] = {name: "".join(f"\n{each}" for each in values) for name, values in settings.items()}
    for name in ("source_paths", "also_copy", "use_git_change_detection"):
        written["mutmut"][name] = settings[name][0]
    with (place / "setup.cfg").open("w", encoding="utf-8") as file:
        written.write(file)


def _mutant(place: Path, name: str, status: str) -> Mutant:
    module, _, function = name.rpartition(".")
    where = function.rpartition("__mutmut_")[0].removeprefix("x").removeprefix("_")
    fate = _FATES.get(status, Fate.SURVIVED)
    if fate is not Fate.SURVIVED:  # only of a survivor somebody asks what it is
        return Mutant(module, where, "", "", fate)
    changed = [line for line in _mutmut(place, "show", name).split("\n") if line[:2] in ("- ", "+ ")]
    was, becomes = (" ".join(line[1:].strip() for line in changed if line[0] == sign) for sign in "-+")
    return Mutant(module, where, was, becomes, fate)


def _mutmut(place: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *words],
        cwd=place,
        env=subjects.environment(place),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 0, (
        f"mutmut {' '.join(words)} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    )
    return done.stdout
