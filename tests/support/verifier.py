"""The public verifier of seals and proofs, run where nothing of ours can be imported."""

import subprocess
import sys

from tests.support.installation import ROOT

VERIFIER = ROOT / "docs" / "verify_seal.py"


def verifier(*words: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", str(VERIFIER), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
