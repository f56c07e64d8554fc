"""What the documentation tells people to type exists."""

from __future__ import annotations

import re
from pathlib import Path

import click

from tests.shape import sources

TARGET = re.compile(r"(?:`|^ {4}|&& )make ([a-z][a-z-]*)", re.MULTILINE)
COMMAND = re.compile(r"(?:`|^ {4}|^\$ |bin/)faden ([a-z]+(?: [a-z]+)?)", re.MULTILINE)
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


def test_every_command_in_the_documentation_exists() -> None:
    from app.cli import root

    context = click.Context(root)
    sources.check_none(
        [
            f"{path}: faden {words}"
            for path in pages()
            for words in COMMAND.findall(sources.text(path))
            if not exists(root, context, words.split())
        ]
    )


def exists(group: click.Group, context: click.Context, words: list[str]) -> bool:
    """Say whether the first word is a command, and the second one of its own commands if it has any."""
    if words[0] not in group.list_commands(context):
        return False
    command = group.get_command(context, words[0])
    return not isinstance(command, click.Group) or len(words) < 2 or exists(command, context, words[1:2])
