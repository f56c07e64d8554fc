"""`faden channel explain`: what a connector hears in raw files; nothing is stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from app import clock
from channels.contract import Account, Connector, Unreadable
from channels.explain import body_of, explained
from channels.foreign import attempted
from channels.registry import UnknownKind, build


@click.command()
@click.argument("kind")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--account", default="", help="Our own page, user or number: tells own posts and foreign pages apart.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each.")
def explain(kind: str, files: tuple[Path, ...], account: str, *, as_json: bool) -> None:
    """Say what a connector of a KIND hears in raw input, request bodies or recorded calls; nothing is stored.

    Exit code 1 if a file cannot be read or understood at all.
    """
    try:
        connector = build(Account(id=0, kind=kind, name=kind, address=account, settings={}))
    except UnknownKind as error:
        raise click.BadParameter(str(error), param_hint="KIND") from error
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--account") from error
    is_refused = False
    for file in files:
        line = _line(connector, file)
        is_refused |= "error" in line
        click.echo(json.dumps(line, ensure_ascii=False, default=str, indent=None if as_json else 2))
    if is_refused:
        raise click.exceptions.Exit(1)


def _line(connector: Connector, file: Path) -> dict[str, Any]:
    empty: dict[str, Any] = {"file": str(file), "contacts": []}
    try:
        raw = body_of(file.read_bytes())
    except OSError as error:
        return {**empty, "error": error.strerror or str(error)}

    def heard() -> dict[str, Any]:
        return {**empty, "contacts": [explained(each) for each in connector.parse(raw, received_at=clock.now())]}

    def refused(error: Exception) -> dict[str, Any]:
        words = str(error) if isinstance(error, Unreadable) else f"{type(error).__name__}: {error}"
        return {**empty, "error": words}

    return attempted(heard, refused)
