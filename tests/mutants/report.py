"""The page of the last run, and which survivors are no mutants at all.

Owns what is said of a survivor: one that changes nothing anybody can see is `equivalent`, with its reason
in `equivalent.toml`. Any other one must die.
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.mutants import subjects
from tests.mutants.result import Fate, Mutant

PAGE = subjects.ROOT / "docs" / "reference" / "mutants.md"
EQUIVALENT = Path(__file__).with_name("equivalent.toml")

_ABOUT = """\
# Mutants

Made by `make mutants`; do not change it by hand. The rules that decide about money are changed on purpose,
one place at a time: a comparison, a sign, a number, a word, a state, an argument, a branch. Each such
mutant must make a test of that module fail. Functions are changed by [mutmut](https://pypi.org/project/mutmut/)
{version}, tables (which state follows which, what moves where) by `tests/mutants/tables.py`; the tests are
named in `tests/mutants/subjects.py`. The stateful tests are left out: what they alone would find is to be
found by a test that says what the rule is.

Last run: {day}, {minutes} minutes on {processors} processors.

| module | mutants | killed | timed out | equivalent | survived |
|---|---:|---:|---:|---:|---:|
"""
_EQUIVALENT = """
## Equivalent

Mutants that nobody can tell from the original, with the reason of each (`tests/mutants/equivalent.toml`).

| where | was | becomes | why it is the same |
|---|---|---|---|
"""
_SURVIVED = """
## Survived

| where | was | becomes |
|---|---|---|
"""


class Equivalent(NamedTuple):
    module: str
    where: str
    was: str
    becomes: str
    why: str


class Run(NamedTuple):
    """All mutants, and what the page says of the run."""

    mutants: Sequence[Mutant]
    version: str
    day: str
    minutes: int
    processors: int


def equivalents() -> list[Equivalent]:
    with EQUIVALENT.open("rb") as file:
        return [Equivalent(**each) for each in tomllib.load(file).get("mutant", [])]


def survivors(mutants: Sequence[Mutant]) -> list[Mutant]:
    """Those that should have died."""
    known = {each[:4] for each in equivalents()}
    return [each for each in mutants if each.fate is Fate.SURVIVED and each[:4] not in known]


def outdated(mutants: Sequence[Mutant]) -> list[Equivalent]:
    """What is called equivalent and is no survivor of this run."""
    found = {each[:4] for each in mutants if each.fate is Fate.SURVIVED}
    return [each for each in equivalents() if each[:4] not in found]


def page(run: Run) -> str:
    lost = survivors(run.mutants)
    modules = [path.removesuffix(".py").replace("/", ".") for path in subjects.TESTS]
    lines = [_line(f"`{each}`", [m for m in run.mutants if m.module == each], lost) for each in modules]
    lines.append(_line("all", run.mutants, lost))
    told = run._asdict()
    text = _ABOUT.format(**told) + "".join(lines)
    if equivalents():
        text += _EQUIVALENT
        text += "".join(
            _row(f"{e.module}.{e.where}", _code(e.was), _code(e.becomes), e.why) for e in equivalents()
        )
    if lost:
        text += _SURVIVED
        text += "".join(_row(f"{m.module}.{m.where}", _code(m.was), _code(m.becomes)) for m in lost)
    return text


def _line(name: str, mutants: Sequence[Mutant], lost: Sequence[Mutant]) -> str:
    fates = [each.fate for each in mutants]
    survived = sum(each in lost for each in mutants)
    counts = (
        len(fates),
        fates.count(Fate.KILLED),
        fates.count(Fate.TIMED_OUT),
        fates.count(Fate.SURVIVED) - survived,
        survived,
    )
    return _row(name, *(str(count) for count in counts))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |\n"


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`" if text else "(nothing)"
