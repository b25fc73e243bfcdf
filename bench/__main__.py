"""`python -m bench`: measure, print the table, write the results.

Its exit status is 1 where the books do not hold after the load. A target that is missed is said, and
is no failure: the machine has its part in it.
"""

import argparse
import sys
from pathlib import Path

from bench import measure, profiling, report
from bench.scenarios import QUICK_SECONDS, SECONDS

RESULTS = Path(__file__).with_name("results")
EXIT_BROKEN_BOOKS = 1


def main() -> int:
    """Run what the arguments say. Returns the exit status."""
    asked = _arguments()
    seconds: int = QUICK_SECONDS if asked.quick else asked.seconds
    mark = "-quick" if asked.quick else ""
    if asked.profile:
        print(profiling.run(seconds=seconds, directory=asked.out, mark=mark))
        return 0
    run = measure.run(seconds=seconds)
    written = report.write(run, directory=asked.out, name=f"{run.date}{mark}")
    print(report.markdown(run))
    print("Written:", ", ".join(path.name for path in written))
    return 0 if run.audit.holds else EXIT_BROKEN_BOOKS


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the speed on this machine.")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="length of each measurement")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SECONDS} s each: whether it works")
    parser.add_argument("--profile", action="store_true", help="say where the time goes, instead")
    parser.add_argument("--out", type=Path, default=RESULTS, help="directory of the results")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
