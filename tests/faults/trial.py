"""What came of a fault that was made.

Owns the figures: how often, what was acknowledged under it, what is wrong since, and how soon it was over.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from tests.faults.auditor import Finding, audit

if TYPE_CHECKING:
    from tests.faults.crowd import Crowd


@dataclass
class Trial:
    """One fault. `recovered_s` has a time for each time that it was made."""

    fault: str
    acknowledged: int = 0
    recovered_s: list[float] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    control: bool = False
    """Whether it must be found wrong, or the audit proves nothing."""
    went_on: int = 0
    """Sales that were acknowledged while it lasted."""
    opened: bool = True
    """Whether the console could be opened meanwhile."""
    answers: dict[str, int] = field(default_factory=dict)
    """What clients were answered where it was neither success nor refusal, and how often."""
    turned_away_s: list[float] = field(default_factory=list)
    """How long each of them had waited for that."""

    @property
    def made(self) -> int:
        return len(self.recovered_s)

    def p95_s(self) -> float:
        """The time that 95 of 100 recoveries did not exceed."""
        return p95(self.recovered_s)

    def heard(self, crowd: "Crowd") -> None:
        """Take over what the clients were answered."""
        self.acknowledged, self.answers = crowd.acknowledged, dict(crowd.failures)
        self.turned_away_s = list(crowd.turned_away_s)


def p95(times: Iterable[float]) -> float:
    """What 95 of 100 did not exceed; 0 where there are none."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)] if ordered else 0.0


def proved(
    dsn: str, log: Path, trials: Iterable[Trial], *, operator: Path | None = None, everybody: bool = True
) -> list[Trial]:
    """The trials with what the auditor found after all of them."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        findings = audit(connection, log, operator=operator, everybody=everybody)
    made = list(trials)
    for trial in made:
        trial.findings = findings
    return made
