"""The files the shape tests look at, read once."""

from __future__ import annotations

import ast
import io
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("app", "channels", "routing", "sla", "processes")
NOT_OURS = ("app/static/", "node_modules/", ".venv/", "build/")
NO_CODE = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE),
    *(tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> tuple[Path, ...]:
    """Every file of the repository, known to git or new, without what is ignored; relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return tuple(
        Path(name) for name in sorted(set(listed)) if not name.startswith(NOT_OURS) and (ROOT / name).is_file()
    )


def with_suffix(suffix: str, *folders: str) -> list[Path]:
    """Return the files of one sort, in these folders or everywhere."""
    return [path for path in files() if path.suffix == suffix and (not folders or path.parts[0] in folders)]


@cache
def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def length(path: Path) -> int:
    return len(text(path).splitlines())


@cache
def code(path: Path) -> int:
    """Count the lines that hold code, without comments, sentences about it and empty lines."""
    sentences = {
        line
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    tokens = tokenize.generate_tokens(io.StringIO(text(path)).readline)
    found = {line for each in tokens if each.type not in NO_CODE for line in range(each.start[0], each.end[0] + 1)}
    return len(found - sentences)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path))


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def check_none(found: list[str]) -> None:
    """Fail with everything that was found, one a line."""
    assert not found, "\n" + "\n".join(found)
