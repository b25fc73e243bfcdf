"""Whether a library that we lean on has a known hole: `python -m tests.attack.audit`, or `make audit`.

It is no test: it asks the Python Package Index, which tests never do. Where that is not to be reached it says
how much was not audited, and that is no failure; a known hole is one.
"""

import json
import subprocess
import sys
from typing import Any, Final

from tests.support.installation import ROOT

LOCKS: Final = ("requirements.lock", "requirements-dev.lock")
TIMEOUT_S: Final = 300


def audit(lock: str) -> int:
    """Ask about the libraries of a lock file, and print what was learnt; how many have a known hole."""
    words = [
        "-m",
        "pip_audit",
        "--requirement",
        lock,
        "--require-hashes",
        "--disable-pip",
        "--format",
        "json",
    ]
    done = subprocess.run(
        [sys.executable, *words, "--progress-spinner", "off"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=TIMEOUT_S,
    )  # fmt: skip
    try:
        told: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]  # JSON objects
    except ValueError:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        _say(f"{lock}: NOT audited: the index is not to be reached from here ({reason[:200]})")
        return 0
    unknown = [each["name"] for each in told if "skip_reason" in each]
    holes = [(each, hole) for each in told for hole in each.get("vulns", ())]
    _say(f"{lock}: {len(told) - len(unknown)} libraries audited, {len(holes)} known holes")
    if unknown:
        _say(f"{lock}: {len(unknown)} NOT audited, the index did not know them: {', '.join(unknown)}")
    for each, hole in holes:
        mended = ", ".join(hole["fix_versions"]) or "no version yet"
        _say(f"{each['name']} {each['version']}: {hole['id']}; mended in {mended}")
    return len(holes)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(1 if sum(audit(lock) for lock in LOCKS) else 0)
