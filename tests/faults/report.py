"""`docs/reference/reliability.md`: what came of the last full run, as a page.

Owns the page's words. It tells no path, no host name and no address.
"""

import statistics
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import Machine
from tests.faults.trial import Trial, p95

HEAD = """# Reliability

What was broken on purpose, how often, and what became of it. Made by `make chaos`; each change of the
product goes through a short run of the same faults, in `tests/faults`.

The clients are {clients} at once where nothing else is said. Each has a key of its own for each sale,
sends it again until it knows, and writes what it asks and what it hears to the disk. Afterwards an
auditor that shares no code with the product reads their log and the database: everything acknowledged is
there exactly once as it was answered, nothing refused is there, an unknown has one stable answer, the
order is kept, and every book is proved from its first movement. *Back after* is the time until the last
of all clients had an answer to something that it sent after the fault. *Away* is how many were told
to come back where there was not enough of something, and how long 95 of 100 of them had waited for that.

{date}, {cores} cores ({cpu}), {kernel}, {versions}.

| fault | times | acknowledged under it | lost, doubled or wrong | back after, half / 95 of 100 | away |
|---|---:|---:|---|---|---|
"""
TAIL = """
The power is cut by the kernel's own means of testing file systems: ext4 on a disk of its own forgets
whatever was not synced, and all processes end at once. The control turns PostgreSQL's fsync off behind
the product's back, which refuses to start so: then the same cut must be found out, or the audit would
prove nothing.

Not shown by a run on one machine: a disk that says it has written what it has not, and the loss of the
machine, for which there are backups and a standby.
"""


def page(trials: Iterable[Trial], machine: Machine, *, clients: int) -> str:
    """The page, with a row for each fault."""
    made = list(trials)
    head = HEAD.format(
        clients=clients,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        cores=machine.cores,
        cpu=machine.cpu_model,
        kernel=machine.kernel,
        versions=", ".join(f"{name} {version}" for name, version in machine.versions.items()),
    )
    kept = [trial for trial in made if not trial.control]
    acknowledged, times = sum(trial.acknowledged for trial in kept), sum(trial.made for trial in kept)
    wrong = sum(_wrong(trial) for trial in kept)
    total = f"| **all but the control** | {times:,} | {acknowledged:,} | **{wrong or 'nothing'}** | | |\n"
    return head + "".join(map(row, made)) + total + TAIL


def _wrong(trial: Trial) -> int:
    return len(trial.findings)


def row(trial: Trial) -> str:
    """One fault as a row of the table."""
    wrong = f"{_wrong(trial):,} found" if trial.findings else "nothing"
    if trial.control:
        wrong += ", as it must be" if trial.findings else ": THE AUDIT PROVES NOTHING"
    half = statistics.median(trial.recovered_s) if trial.recovered_s else 0.0
    back = f"{half:.1f} s / {trial.p95_s():.1f} s"
    away = f"{len(trial.turned_away_s):,} in {p95(trial.turned_away_s):.1f} s" if trial.turned_away_s else ""
    return f"| {trial.fault} | {trial.made:,} | {trial.acknowledged:,} | {wrong} | {back} | {away} |\n"


def write(path: Path, trials: Iterable[Trial], machine: Machine, *, clients: int) -> None:
    path.write_text(page(trials, machine, clients=clients), encoding="utf-8")
