"""What is mutated, and by which tests each mutant must die.

Owns the list of modules, and the copy of the project that mutmut writes its mutants into. It must never
write into the project itself.
"""

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("topup", "tests", "pyproject.toml", "manage.py")

CORE = (
    "tests/pure/test_core_rules.py",
    "tests/pure/test_core_scenarios.py",
    "tests/pure/test_core_properties.py",
    "tests/pure/test_low_balance_rule.py",
)
TESTS: dict[str, tuple[str, ...]] = {
    "topup/ledger/core.py": CORE,
    "topup/ledger/chain.py": ("tests/pure/test_chain.py",),
    "topup/recharges/rules.py": ("tests/pure/test_sale_rules.py", "tests/pure/test_directory.py"),
    "topup/recharges/lifecycle.py": ("tests/pure/test_lifecycle.py",),
    "topup/credit/lifecycle.py": ("tests/pure/test_credit_lifecycle.py",),
}
"""The modules that are mutated. The stateful tests are left out, so that what they alone would find is
found by a test that says what the rule is."""


def copy_project(place: Path) -> None:
    for name in COPIED:
        source, target = ROOT / name, place / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)


def environment(place: Path) -> dict[str, str]:
    """That of a process which imports the copy and not the project."""
    return {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""}
