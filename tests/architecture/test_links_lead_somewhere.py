"""A link in the documents to a file of this repository leads to a file that is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import sources
from tests.support.installation import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SYSTEMS = (
    "TopUpEngine", "B2B Recharge Management", "the Django recharge and credit system", "PayLedger",
    "B2B Charge Service",
)  # fmt: skip
_LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def links(text: str) -> Iterator[str]:
    """The paths that a document links to."""
    for target in _LINK.findall(_CODE.sub("`", text)):
        if not _ELSEWHERE.match(target):
            yield target.partition("#")[0]


def features() -> list[str]:
    """The rows of the README's table of features."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("\n## Features\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("|")][2:]


def test_links_are_told_from_other_text() -> None:
    text = '[a](b.md) [c](<d.md#e> "f") [g](https://h.example) [i](#j) `[k](l.md)`\n```\n[m](n.md)\n```\n'

    assert list(links(text)) == ["b.md", "d.md"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=sources.shown)
def test_every_link_leads_to_a_file(document: Path) -> None:
    found = list(links(document.read_text(encoding="utf-8")))

    assert [target for target in found if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_readme_names_every_system_of_before(system: str) -> None:
    assert any(f"**{system}**" in row for row in features())


def test_every_feature_is_linked_to_a_test_that_shows_it() -> None:
    rows = features()

    assert rows
    for row in rows:
        assert any(re.match(r"tests/(\w+/)*test_\w+\.py$", target) for target in links(row)), row
