"""`python -m bench`: measure, print the table, write the results.

Its exit status is 1 where the books do not hold after the load. A target that is missed is said, and
is no failure: the machine has its part in it.
"""

import argparse
import sys
from pathlib import Path

from bench import profiling, report
from bench import run as runs
from bench.baseline.server import NotInstalled
from bench.growth import measure as growth
from bench.run import Part, Plan
from bench.scenarios import QUICK_SECONDS, SECONDS
from bench.slope import QUICK_RECHARGES, RECHARGES

RESULTS = Path(__file__).with_name("results")
EXIT_BROKEN_BOOKS = 1
EXIT_NOT_INSTALLED = 2


def main() -> int:
    """Run what the arguments say. Returns the exit status."""
    asked = _arguments()
    plan = _plan(asked)
    mark = "-quick" if asked.quick else ""
    if asked.profile:
        print(profiling.run(seconds=plan.seconds, directory=asked.out, mark=mark))
        return 0
    try:
        found = runs.run(plan)
    except NotInstalled as error:
        print(error, file=sys.stderr)
        return EXIT_NOT_INSTALLED
    if asked.only:
        mark += f"-{'+'.join(plan.parts)}"
    written = report.write(found, directory=asked.out, name=f"{found.date}{mark}")
    print(report.markdown(found))
    print("Written:", ", ".join(path.name for path in written))
    return 0 if found.holds else EXIT_BROKEN_BOOKS


def _plan(asked: argparse.Namespace) -> Plan:
    quick: bool = asked.quick
    every = [part for part in Part if not (quick and part is Part.IDLE)]
    return Plan(
        seconds=asked.seconds or (QUICK_SECONDS if quick else SECONDS),
        parts=asked.only or every,
        quick=quick,
        rows=asked.rows or (growth.QUICK_ROWS if quick else growth.ROWS),
        many_sellers=growth.QUICK_MANY_SELLERS if quick else growth.MANY_SELLERS,
        memory_recharges=asked.memory_recharges or (QUICK_RECHARGES if quick else RECHARGES),
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the speed on this machine.")
    parser.add_argument("--seconds", type=int, help=f"length of each measurement; {SECONDS}")
    parser.add_argument("--quick", action="store_true", help="less of everything: whether it works")
    parser.add_argument("--only", type=_parts, help=f"parts, with commas between: {','.join(Part)}")
    parser.add_argument("--rows", type=_rows, help="recharges already there at each step of growth, rising")
    parser.add_argument("--memory-recharges", type=int, help=f"sold while memory is watched; {RECHARGES:,}")
    parser.add_argument("--profile", action="store_true", help="say where the time goes, instead")
    parser.add_argument("--out", type=Path, default=RESULTS, help="directory of the results")
    return parser.parse_args()


def _parts(text: str) -> list[Part]:
    known = ", ".join(Part)
    try:
        return [Part(word) for word in text.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}: the parts are {known}") from error


def _rows(text: str) -> list[int]:
    rows = [int(word.replace("_", "")) for word in text.split(",")]
    if rows != sorted(rows) or rows[0] < 0:
        raise argparse.ArgumentTypeError("give numbers that rise, such as 0,1000000")
    return rows


if __name__ == "__main__":
    sys.exit(main())
