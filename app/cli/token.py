"""Keys to the API."""

from __future__ import annotations

import click

from app.cli.shop import in_shop


@click.group()
def token() -> None:
    """Keys to the API; each acts as its person."""


@token.command()
@click.argument("email")
@click.option("--name", default="", help="What it is for.")
@in_shop
def add(email: str, name: str) -> None:
    """Make a token for a person and print it; it cannot be shown again."""
    from app import clock, signin
    from app.finders import setup

    click.echo(signin.issue_token(setup.agent_id(email), name=name, at=clock.now()))
