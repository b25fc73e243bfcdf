"""What became of a mutant."""

from enum import StrEnum
from typing import NamedTuple


class Fate(StrEnum):
    KILLED = "killed"
    TIMED_OUT = "timed out"
    """The tests never ended, which is noticed too."""
    SURVIVED = "survived"


class Mutant(NamedTuple):
    """A change of one place. `where` is a function, or `(table)` for what a module says outside of any."""

    module: str
    where: str
    was: str
    becomes: str
    fate: Fate = Fate.SURVIVED
