"""What the documentation tells people to type exists."""

from __future__ import annotations

import re
from pathlib import Path

from tests.shape import sources

TARGET = re.compile(r"(?:`|^ {4}|&& )make ([a-z][a-z-]*)", re.MULTILINE)
FIXTURE = re.compile(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", re.MULTILINE)


def pages() -> list[Path]:
    return [
        path
        for path in sources.with_suffix(".md")
        if path.parts[0] in {"docs", "README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"}
    ]


def test_every_make_target_in_the_documentation_exists() -> None:
    makefile = sources.text(Path("Makefile"))
    sources.check_none(
        [
            f"{path}: make {target}"
            for path in pages()
            for target in TARGET.findall(sources.text(path))
            if not re.search(rf"^{target}:", makefile, re.MULTILINE)
        ]
    )


def test_every_fixture_in_the_documentation_exists() -> None:
    names = {
        function.name
        for path in sources.with_suffix(".py", "tests")
        if path.name == "conftest.py" or path.parts[1] == "fixtures"
        for function in sources.functions(path)
    }
    rows = FIXTURE.findall(sources.text(Path("CONTRIBUTING.md")))
    assert rows
    sources.check_none([name for row in rows for name in re.findall(r"\w+", row) if name not in names])
