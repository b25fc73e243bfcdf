"""`make mutants`: try every mutant, write the page, and fail where one survived."""

import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from tests.mutants import functions, report, trying

AT_ONCE = os.cpu_count() or 1


def main() -> int:
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as home:
        place = Path(home)
        print("Mutants of functions, by mutmut", flush=True)  # noqa: T201  # a command tells what it does
        (place / "functions").mkdir()
        mutants = functions.tried(place / "functions", at_once=AT_ONCE)
        print("Mutants of tables", flush=True)  # noqa: T201  # see above
        mutants += trying.tried(at_once=AT_ONCE)
    run = report.Run(
        mutants=mutants,
        version=metadata.version("mutmut"),
        day=datetime.now(tz=UTC).date().isoformat(),
        minutes=round((time.monotonic() - began_s) / 60),
        processors=AT_ONCE,
    )
    report.PAGE.write_text(report.page(run), encoding="utf-8")
    return _judged(run)


def _judged(run: report.Run) -> int:
    lost, outdated = report.survivors(run.mutants), report.outdated(run.mutants)
    for each in lost:
        print(f"survived: {each.module}.{each.where}: {each.was} → {each.becomes}")  # noqa: T201  # see above
    for old in outdated:
        print(f"no survivor any more, take it out of {report.EQUIVALENT.name}: {old}")  # noqa: T201  # see above
    print(f"{len(run.mutants)} mutants, {len(lost)} survived; see {report.PAGE}")  # noqa: T201  # see above
    return 1 if lost or outdated else 0


if __name__ == "__main__":
    sys.exit(main())
