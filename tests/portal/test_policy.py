"""What a browser may do with a page: nothing inline, nothing from elsewhere, in no frame."""

import re
from pathlib import Path

import pytest

from tests.conftest import NewSeller
from tests.portal.conftest import Visit
from tests.support.installation import ROOT

TEMPLATES = sorted((ROOT / "topup" / "portal" / "templates").rglob("*.html"))
SHEETS = sorted((ROOT / "topup" / "portal" / "static" / "portal").glob("*.css"))
PHYSICAL = re.compile(
    r"(?:margin|padding|border)-(?:left|right)|(?:^|[\s;{])(?:left|right)\s*:"
    r"|text-align:\s*(?:left|right)|float:\s*(?:left|right)",
    re.MULTILINE,
)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", ["/account/login/", "/no/such/page/", "/"])
def test_every_answer_names_the_policy(visit: Visit, new_seller: NewSeller, path: str) -> None:
    headers = visit(new_seller()).open(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))

    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_no_template_has_anything_inline(path: Path) -> None:
    text = path.read_text("utf-8")

    assert not re.search(r"\sstyle=|\son\w+=|javascript:|hx-on|hx-vals=.js:", text)
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_no_template_asks_another_site_for_anything(path: Path) -> None:
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", path.read_text("utf-8"))


@pytest.mark.parametrize("path", SHEETS, ids=shown)
def test_no_style_knows_left_from_right(path: Path) -> None:
    """Only logical properties: the same sheet serves both directions."""
    assert PHYSICAL.findall(path.read_text("utf-8")) == []
