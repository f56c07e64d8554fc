"""Accounts on platforms: set up, listed, checked against the other side, paused."""

from __future__ import annotations

import json
from typing import Any

import click

from app.cli.heard import explain
from app.cli.shop import in_shop


@click.group()
def channel() -> None:
    """Accounts on platforms through which customers write."""


channel.add_command(explain)


@channel.command()
@click.argument("kind")
@click.option("--name", required=True)
@click.option("--settings", default="{}", help="JSON by documented names; `address` and secrets may be among them.")
@click.option("--address", default="", help="Where customers write to; else `address` of the settings.")
@click.option("--team", default="", help="Who gets what comes in.")
@in_shop
def add(kind: str, name: str, settings: str, address: str, team: str) -> None:
    """Set an account of a KIND up, such as email. A secret is given as {"file": "PATH"}."""
    from app import clock
    from app.desk import setup
    from app.desk.declared import read
    from app.errors import Refused
    from app.finders import setup as found

    if name in {row.name for row in found.channels()}:
        raise Refused(f"Einen Kanal „{name}“ gibt es schon.")
    given = _settings(settings)
    secrets = {key: given.pop(key) for key in list(given) if isinstance(given[key], dict)}
    entry = {
        "kind": kind,
        "name": name,
        "address": address or str(given.pop("address", "")),
        "team": team or None,
        "settings": {key: value for key, value in given.items() if key != "address"},
        "secrets": secrets,
    }
    setup.apply(read({"channels": [entry]}), at=clock.now())
    click.echo(f"Channel {found.channel_id(name)}: {name}")


def _settings(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"this is no JSON: {error}", param_hint="--settings") from error
    if not isinstance(found, dict):
        raise click.BadParameter('this is no JSON object such as {"imap_host": "..."}', param_hint="--settings")
    return found


@channel.command(name="list")
@click.option("--json", "as_json", is_flag=True)
@in_shop
def list_(*, as_json: bool) -> None:
    """Name the accounts and how they are."""
    from app.finders import setup

    for row in setup.channels():
        if as_json:
            click.echo(json.dumps(row._asdict(), ensure_ascii=False))
        else:
            state = "paused" if row.is_paused else row.problem or "well"
            click.echo(f"{row.id}\t{row.kind}\t{row.name}\t{row.address}\t{state}")


@channel.command()
@click.argument("name")
@in_shop
def check(name: str) -> None:
    """Talk to the other side of an account and say line by line what works."""
    from app.finders import setup
    from app.runs import checks

    lines = checks.check(setup.channel_id(name))
    for line in lines:
        click.echo(f"{'ok  ' if line.is_ok else 'FAIL'} {line.name}: {line.words}")
    if not all(line.is_ok for line in lines):
        raise click.exceptions.Exit(1)


@channel.command()
@click.argument("name")
@in_shop
def pause(name: str) -> None:
    """Stop hearing and speaking on an account; answers wait meanwhile."""
    from app.desk import channels
    from app.finders import setup

    channels.pause(setup.channel_id(name), is_paused=True)
    click.echo(f"{name} is paused.")


@channel.command()
@click.argument("name")
@in_shop
def resume(name: str) -> None:
    """Go on hearing and speaking."""
    from app.desk import channels
    from app.finders import setup

    channels.pause(setup.channel_id(name), is_paused=False)
    click.echo(f"{name} goes on.")
