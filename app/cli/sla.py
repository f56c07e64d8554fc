"""The clocks alone: files in, deadlines out, one JSON a line; nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from app.cli.shop import in_shop

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
JSON = click.option("--json", is_flag=True, expose_value=False, help="There is no other form, so it changes nothing.")
Answer = Callable[[dict[str, Any]], dict[str, Any]]


@click.group()
def sla() -> None:
    """Deadlines reckoned from files."""


@sla.command()
@FILE
@JSON
def hours(file: Path) -> None:
    """Add to or measure business time, a line for a line; a line that cannot be right answers with `error`."""
    from app.cli.sla_lines import business_time

    _answer(file, business_time, key="id")


@sla.command()
@FILE
@JSON
def deadline(file: Path) -> None:
    """Reckon civil deadlines: the last day of so many days after receipt."""
    from sla.civil import last_day

    def answered(line: dict[str, Any]) -> dict[str, Any]:
        found = last_day(date.fromisoformat(line["received"]), line["days"], line["region"])
        return {**{name: line[name] for name in ("received", "days", "region")}, "last_day": found.isoformat()}

    _answer(file, answered, key="received")


@sla.command()
@FILE
@click.option("--setup", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Else what is installed.")
@JSON
def replay(file: Path, setup: Path | None) -> None:
    """Let the events of a ticket happen again and say what was owed when."""
    from app.cli.sla_lines import replayed

    terms = json.loads(setup.read_text(encoding="utf-8")) if setup else _installed()
    _answer(file, lambda line: {"id": line["id"], "result": replayed(line, terms)}, key="id")


@in_shop
def _installed() -> dict[str, Any]:
    from app.finders import setup

    return setup.aims()


def _answer(file: Path, answer: Answer, *, key: str) -> None:
    is_refused = False
    for line in _lines(file):
        try:
            answered = answer(line)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            is_refused = True
            answered = {key: line.get(key), "error": f"{type(error).__name__}: {error}"}
        click.echo(json.dumps(answered, ensure_ascii=False))
    if is_refused:
        raise click.exceptions.Exit(1)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError as error:
            raise click.UsageError(f"{file}:{number}: this is no JSON: {error}") from error
        if not isinstance(found, dict):
            raise click.UsageError(f"{file}:{number}: this is no JSON object")
        yield found
