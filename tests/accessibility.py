"""Ask axe-core (from npm) what on a page shuts people out."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
QUESTION = """async (rules) => (await axe.run(document, {runOnly: rules})).violations.flatMap(
    (rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${rule.help}`))"""


def violations(page: Page) -> list[str]:
    """Return one line for each element that breaks a rule of WCAG 2.2 AA; needs no change of the page's CSP."""
    page.evaluate(_script())
    return [str(line) for line in page.evaluate(QUESTION, RULES)]


@cache
def _script() -> str:
    return AXE.read_text(encoding="utf-8")
