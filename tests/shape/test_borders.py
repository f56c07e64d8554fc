"""Where the product asks for the time, catches everything, or would tell where it was built."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.shape import sources

CLOCK_CALLS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
CATCH_ALLS = 4
"""The error page, the job runner, the loops, around vendor parsing."""
HOSTS = [f"{name}.org" for name in ("pypi", "pythonhosted", "npmjs")] + ["proxy.golang" + ".org"]
FOREIGN = re.compile(r"/(?:root|home/\w+|work/(?:main|shared))/|" + "|".join(map(re.escape, HOSTS)))
ASSERTING = re.compile(r"\bassert\b|\braises\(|\bexpect\(|\bwarns\(|\bcheck_\w|\bassert_\w|\buntil\(|\bwait_for\(")


def test_only_the_clock_asks_for_the_time_of_day() -> None:
    found = [
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for path in sources.with_suffix(".py", *sources.PRODUCT)
        if path != Path("app/clock.py")
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCK_CALLS
    ]
    sources.check_none(found)


def test_everything_is_caught_in_four_places_only() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in sources.with_suffix(".py", *sources.PRODUCT)
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or "Exception" in ast.unparse(node.type).split("."))
    ]
    assert len(found) <= CATCH_ALLS, found


def test_what_catches_even_an_interrupt_raises_it_again() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in sources.with_suffix(".py", *sources.PRODUCT)
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.ExceptHandler) and node.type is not None and ast.unparse(node.type) == "BaseException"
        if not any(isinstance(each, ast.Raise) and each.exc is None for each in ast.walk(node))
    ]
    sources.check_none(found)


def test_no_file_names_a_registry_or_the_machine_it_was_written_on() -> None:
    found = [
        f"{path}: {match[0]}"
        for path in sources.files()
        if path.suffix not in {".png", ".woff2", ".eml", ".ico"}
        for match in [FOREIGN.search(sources.text(path))]
        if match
    ]
    sources.check_none(found)


def test_every_test_claims_something() -> None:
    """A test may leave its claim to a function of its own file that asserts."""
    found = [
        f"{path}:{function.lineno} {function.name}"
        for path in sources.with_suffix(".py", "tests")
        for function in sources.functions(path)
        if function.name.startswith("test_") and not claims(path, function)
    ]
    sources.check_none(found)


def claims(path: Path, function: sources.Function) -> bool:
    if ASSERTING.search(ast.unparse(function)):
        return True
    asserting = {each.name for each in sources.functions(path) if ASSERTING.search(ast.unparse(each))}
    return any(isinstance(node, ast.Name) and node.id in asserting for node in ast.walk(function))


QUICK_ROWS = Path("app/web/rows.py")
"""The rows of a list fill one skeleton by hand: fifty times twenty values are most of the page's time."""
WRITTEN_BY_PEOPLE = {"customer_name", "subject", "preview"}


def test_the_quick_rows_escape_what_people_wrote() -> None:
    """The assignee's name goes through a function of its own, which escapes it."""
    bare = re.findall(r"(?<!escape\()\brow\.(\w+)", sources.text(QUICK_ROWS))
    assert "preview_at" in bare
    sources.check_none(sorted(WRITTEN_BY_PEOPLE & set(bare)))


def test_templates_trust_no_text_and_carry_no_script() -> None:
    """Text is escaped, styles and scripts come from files: the content security policy allows nothing else."""
    forbidden = re.compile(r"\|\s*safe\b|\bautoescape\s+false|<style\b|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)")
    found = [
        f"{path}: {match[0].strip()}"
        for path in sources.with_suffix(".html", "app")
        for match in forbidden.finditer(sources.text(path))
    ]
    sources.check_none(found)
