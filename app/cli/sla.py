"""The clocks alone: files in, deadlines out, one JSON a line; nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.shop import in_shop

if TYPE_CHECKING:
    from app.cli.sla_setup import Setup

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
    from app.cli.sla_lines import civil_deadline

    _answer(file, civil_deadline, key="received")


@sla.command()
@FILE
@click.option("--setup", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Else what is installed.")
@click.option("--explain", is_flag=True, help="Say of each obligation why its deadline lies where it lies.")
@JSON
def replay(file: Path, setup: Path | None, *, explain: bool) -> None:
    """Let the events of a ticket happen again and say what was owed when (docs/sla-replay.md)."""
    from app.cli.sla_replay import replayed

    terms = _terms(setup)
    _answer(file, lambda line: {"id": line["id"], "result": replayed(line, terms, explains=explain)}, key="id")


def _terms(file: Path | None) -> Setup:
    from app.cli.sla_setup import Setup

    try:
        return Setup(json.loads(file.read_text(encoding="utf-8")) if file else _installed())
    except WRONG as error:
        raise click.UsageError(f"{file or 'what is installed'}: {_words(error)}") from error


@sla.command()
@click.option("--ticket", "numbers", type=int, multiple=True, help="Only this one; may be given several times.")
@click.option("--json", "is_json", is_flag=True, help="One JSON a line that differs, and one for the whole.")
@in_shop
def check(numbers: tuple[int, ...], *, is_json: bool) -> None:
    """Reckon every stored deadline anew from what happened on its ticket; exit code 1 if one differs."""
    from app.runs import reproject

    proof = reproject.Proof()
    for tickets, found in reproject.check(numbers) if numbers else reproject.check_all():
        proof.tickets += tickets
        proof.differences += found
        for each in found:
            words = f"ticket {each.ticket}, {each.what}: stored {each.stored}, projected {each.projected}"
            click.echo(json.dumps(each._asdict(), ensure_ascii=False) if is_json else words)
    if not numbers:
        reproject.write_down(proof)
    whole = {"tickets": proof.tickets, "differences": len(proof.differences)}
    click.echo(json.dumps(whole) if is_json else f"{proof.tickets} tickets, {len(proof.differences)} differences")
    if proof.differences:
        raise click.exceptions.Exit(1)


@in_shop
def _installed() -> dict[str, Any]:
    from app.finders import setup

    return setup.aims()


WRONG = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What a file may cause that somebody else wrote."""


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _answer(file: Path, answer: Answer, *, key: str) -> None:
    is_refused = False
    for line in _lines(file):
        name = None
        try:
            read = json.loads(line)
            name = read[key] if isinstance(read, dict) else None
            answered = answer(read)
        except WRONG as error:
            is_refused = True
            answered = {key: name, "error": _words(error)}
        click.echo(json.dumps(answered, ensure_ascii=False))
    if is_refused:
        raise click.exceptions.Exit(1)


def _lines(file: Path) -> Iterator[str]:
    try:
        text = file.read_text(encoding="utf-8")
    except ValueError as error:
        raise click.UsageError(f"{file}: this is no UTF-8") from error
    yield from (line for line in text.split("\n") if line.strip())
