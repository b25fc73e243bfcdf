"""The file list is the architecture: each module has a name that means something and says what it owns."""

import ast
from pathlib import Path

import pytest

from tests.support import sources
from tests.support.installation import ROOT

MEANINGLESS = {
    "utils", "util", "helpers", "helper", "common", "services", "service", "managers", "manager", "misc",
    "base_utils", "tools", "stuff",
}  # fmt: skip
OURS = [
    *sources.python_files(),
    *sorted(path for folder in ("tests", "bench") for path in (ROOT / folder).rglob("*.py")),
]


@pytest.mark.parametrize("path", OURS, ids=sources.shown)
def test_no_name_means_nothing(path: Path) -> None:
    names = {path.stem, *(part for part in path.relative_to(ROOT).parts[:-1])}

    assert not names & MEANINGLESS


def test_no_rule_hides_in_a_signal_handler() -> None:
    listening = [
        sources.shown(path)
        for path in sources.python_files()
        if "django.dispatch" in (text := path.read_text("utf-8")) or "django.db.models.signals" in text
    ]

    assert listening == []


@pytest.mark.parametrize("path", OURS, ids=sources.shown)
def test_a_module_opens_by_saying_what_it_owns(path: Path) -> None:
    said = ast.get_docstring(sources.parsed(path))

    assert said
    assert said.splitlines()[0].endswith((".", ":", "?")), said.splitlines()[0]


@pytest.mark.parametrize("path", [path for path in OURS if "tests" in path.parts], ids=sources.shown)
def test_the_tests_use_the_product_and_no_doubles_of_it(path: Path) -> None:
    imported = {
        name
        for node in ast.walk(sources.parsed(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
    }

    assert not imported & {"mock", "unittest.mock", "pytest_mock", "MagicMock", "patch"}
