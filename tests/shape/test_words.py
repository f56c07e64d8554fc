"""The glossary is law: empty words do not name anything."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.shape import sources

EMPTY = {
    "manager",
    "handler",
    "helper",
    "helpers",
    "util",
    "utils",
    "common",
    "misc",
    "data",
    "info",
    "service",
    "services",
    "vorgang",
}
EMPTY_BEGINNINGS = ("process_", "do_", "handle_")
PRESCRIBED = {
    "data_dir",  # FADEN_DATA_DIR
    "handle_DATA",  # aiosmtpd calls these by name
    "handle_EHLO",
    "handle_HELO",
    "handle_MAIL",
    "handle_RCPT",
    "handle_exception",
    "handle_starttag",  # html.parser calls these by name
    "handle_endtag",
    "handle_startendtag",
    "handle_data",
    "handle_charref",
    "handle_entityref",
    "handle_comment",
    "process_bind_param",  # SQLAlchemy calls these by name
    "process_result_value",
}
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def names_given_in(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and name of everything the file names itself: what it only uses belongs to others."""
    yield 1, path.stem
    for node in ast.walk(sources.tree(path)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name


def is_empty(name: str) -> bool:
    if name.lstrip("_") in PRESCRIBED:
        return False
    words = set(CAMEL.sub("_", name).lower().split("_"))
    return bool(words & EMPTY) or name.lstrip("_").startswith(EMPTY_BEGINNINGS)


def test_no_name_is_an_empty_word() -> None:
    found = [
        f"{path}:{line} {name}"
        for path in sources.with_suffix(".py")
        for line, name in names_given_in(path)
        if is_empty(name)
    ]
    sources.check_none(found)


def test_the_glossary_lists_the_words_this_test_refuses() -> None:
    chapter = sources.text(Path("docs/glossary.md")).partition("## Words that say nothing")[2]
    assert [word for word in EMPTY if word.rstrip("s") not in chapter] == []


def test_the_glossary_has_the_nouns_of_the_house() -> None:
    glossary = sources.text(Path("docs/glossary.md"))
    rows = {
        node.name
        for path in sources.with_suffix(".py", "app")
        if path.is_relative_to("app/models")
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.ClassDef) and any("Model" in ast.unparse(base) for base in node.bases)
    }
    assert rows
    assert [row for row in sorted(rows) if CAMEL.sub(" ", row).lower() not in glossary.replace("-", " ").lower()] == []
