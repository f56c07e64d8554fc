"""Nothing grows past what can be read in one go."""

from __future__ import annotations

import ast
from pathlib import Path

from channels.registry import connectors
from tests.shape import sources

ROUTES = {"get", "post", "put", "patch", "delete", "route"}


def too_long(suffix: str, cap: int, *folders: str) -> list[str]:
    paths = [path for path in sources.with_suffix(suffix, *folders) if not is_revision(path)]
    assert paths, f"there is no {suffix} file to measure"
    return [f"{path}: {sources.length(path)}" for path in paths if sources.length(path) > cap]


def is_revision(path: Path) -> bool:
    """A revision lists every table it makes, which has no shorter form."""
    return path.is_relative_to("migrations/versions")


def lines_of(function: sources.Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def is_route(function: sources.Function) -> bool:
    calls = [decorator.func for decorator in function.decorator_list if isinstance(decorator, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in ROUTES for call in calls)


def test_python_files_have_at_most_350_lines() -> None:
    sources.check_none(too_long(".py", 350))


def test_connectors_have_at_most_450_lines_of_code() -> None:
    """Mail is older than this measure: two protocols and a grammar, measured file by file.

    What only reads and asks a platform is a package of its own beside the connectors (`channels/meta`, `channels/xapi`).
    """
    kinds = [kind for kind in connectors() if kind != "email"]
    assert kinds
    files = sources.with_suffix(".py", "channels")
    sizes = {kind: sum(sources.code(path) for path in files if path.parts[1] == kind) for kind in kinds}
    sources.check_none([f"{kind}: {size}" for kind, size in sizes.items() if not 0 < size <= 450])


def test_templates_have_at_most_120_lines() -> None:
    sources.check_none(too_long(".html", 120, "app"))


def test_style_sheets_have_at_most_300_lines() -> None:
    sources.check_none(too_long(".css", 300, "frontend"))


def test_typescript_files_have_at_most_150_lines() -> None:
    sources.check_none(too_long(".ts", 150, "frontend"))


def test_functions_have_at_most_40_lines() -> None:
    found = [
        f"{path}:{function.lineno} {function.name}: {lines_of(function)}"
        for path in sources.with_suffix(".py")
        if not is_revision(path)
        for function in sources.functions(path)
        if lines_of(function) > 40
    ]
    sources.check_none(found)


def test_routes_have_at_most_20_lines() -> None:
    found = [
        f"{path}:{function.lineno} {function.name}: {lines_of(function)}"
        for path in sources.with_suffix(".py", "app")
        for function in sources.functions(path)
        if is_route(function) and lines_of(function) > 20
    ]
    sources.check_none(found)
