"""Teams."""

from __future__ import annotations

import click

from app.cli.shop import in_shop


@click.group()
def team() -> None:
    """Teams own tickets."""


@team.command()
@click.argument("name")
@in_shop
def add(name: str) -> None:
    """Add a team; one that is there already stays as it is."""
    from app.desk import people

    click.echo(f"Team {people.add_team(name)}: {name}")


@team.command(name="list")
@in_shop
def list_() -> None:
    """Name the teams and how many people are in each."""
    from app.finders import setup

    for row in setup.teams():
        click.echo(f"{row.name}\t{row.people}")
