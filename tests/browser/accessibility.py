"""What axe-core finds on a page that keeps people from using it.

Owns the rules that count: WCAG 2.1 A and AA and axe's best practices, of serious impact or worse.
"""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
GRAVE = ("serious", "critical")
_RUN = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], iframes: false})"
"""Of what is right, axe describes one element a rule and not each."""


def findings(page: Page) -> list[str]:
    """One line for each element and rule; empty where there is nothing serious."""
    page.evaluate(AXE.read_text("utf-8"))
    result: Any = page.evaluate(_RUN, RULES)  # axe's JSON
    return [
        f"{found['id']} ({found['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for found in result["violations"]
        if found["impact"] in GRAVE
        for node in found["nodes"]
    ]
