"""No secret is kept with the code, and bandit warns of nothing in it but what is known and why.

Whether a library that we lean on has a known hole is asked elsewhere (`audit.py`), by a machine that reaches
the internet.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.installation import ROOT

MAX_BYTES = 1_000_000
TIMEOUT_S = 600
SECRETS = re.compile(
    r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"
    r"|\btk_[0-9a-f]{32}_[A-Za-z0-9_-]{43}\b"
    r"|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bglpat-[A-Za-z0-9_-]{20}\b|\bxox[abpr]-[0-9A-Za-z-]{20,}"
    r"|\bwhsec_[A-Za-z0-9+/]{32,}={0,2}"
    r"|\b(?:postgres(?:ql)?|rediss?|https?)://[^\s:/@{}$<>\[\]]*:(?!hunter2|password|secret)[^\s:/@{}$<>\[\]]{6,}@"
)
"""Keys of ours and of others that are known by their form, and addresses with a password, but for the one
that everybody knows."""
ASSIGNED = re.compile(
    r"(?im)^\s*(?:SECRET_KEY|ADMIN_PASSWORD|METRICS_TOKEN|[A-Z_]*PASSWORD)\s*=\s*([^\s#]+)\s*$"
)
"""A setting with a value, in a file of settings."""
ACCEPTED = {
    ("topup/config.py", "B108"): "the directory's mode is 0700, and its owner is checked",
    ("topup/gateways/simulator/book.py", "B608"): "what is put together are constants of the module",
    ("topup/gateways/simulator/gateway.py", "B104"): "compared with, not listened on",
    ("topup/management/box.py", "B104"): "compared with, not listened on",
    ("topup/portal/login.py", "B104"): "an address for who has none, not listened on",
    ("topup/portal/live.py", "B703"): "what Django's own templates made, which escape",
    ("topup/portal/live.py", "B308"): "the same line",
    ("topup/portal/templatetags/people.py", "B703"): "only its digits change, of what was safe before",
    ("topup/portal/templatetags/people.py", "B308"): "the same line",
    ("topup/console/templatetags/shown.py", "B703"): "only its digits change, of what was safe before",
    ("topup/console/templatetags/shown.py", "B308"): "the same line",
}
"""What bandit warns of, and why it may stay."""
BINARY = frozenset({".png", ".ico", ".woff2", ".mo", ".xlsx", ".gz", ".ttf"})


def kept() -> list[Path]:
    """The files that git keeps, or will."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [
        path
        for path in paths
        if path.is_file() and path.suffix not in BINARY and path.stat().st_size < MAX_BYTES
    ]


def test_no_file_has_a_secret() -> None:
    found = {
        str(path.relative_to(ROOT)): match[0][:20]
        for path in kept()
        for match in SECRETS.finditer(path.read_text("utf-8", errors="replace"))
    }

    assert found == {}


def test_no_file_of_settings_has_a_password() -> None:
    files = [
        path
        for path in kept()
        if path.name.startswith((".env", "compose")) or path.suffix in (".env", ".ini")
    ]

    found = [(path.name, value) for path in files for value in ASSIGNED.findall(path.read_text("utf-8"))]

    assert found == []
    assert files


def test_a_secret_would_be_found() -> None:
    planted = f"key = 'tk_{'0' * 32}_{'a' * 43}'"

    assert SECRETS.search(planted)
    assert SECRETS.search("-----BEGIN " + "PRIVATE KEY-----")
    assert SECRETS.search("postgresql://owner" + ":hush-hush@db.internal/topup")


def test_what_must_stay_here_is_not_for_git() -> None:
    for path in ("var/secret_key", ".env", "var/postgresql/PG_VERSION"):
        ignored = subprocess.run(
            ["git", "check-ignore", "-q", path], cwd=ROOT, check=False, timeout=TIMEOUT_S
        )
        assert ignored.returncode == 0, path


def test_bandit_warns_of_nothing_grave() -> None:
    words = [
        "-m",
        "bandit",
        "--recursive",
        "--severity-level",
        "medium",
        "--format",
        "json",
        "--quiet",
        "topup",
    ]

    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=TIMEOUT_S
    )

    told = json.loads(done.stdout)
    assert {(each["filename"], each["test_id"]) for each in told["results"]} == set(ACCEPTED)
    assert told["errors"] == []
    assert told["metrics"]["_totals"]["loc"] > 10_000


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.lock")), ids=lambda path: path.name)
def test_every_library_is_pinned_by_its_hash(lock: Path) -> None:
    text = lock.read_text("utf-8")
    pinned = re.findall(r"(?m)^([\w.\[\]-]+)==\S+", text)

    assert len(pinned) > 10
    assert len(pinned) == len(
        re.findall(r"(?m)^\S+==.*\\\n(?:\s+--hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+", text)
    )
