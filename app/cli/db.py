"""The database: migrations, and whether the models agree with it."""

from __future__ import annotations

import click

from app.cli import Refusal
from app.cli.shop import in_shop


@click.group()
def db() -> None:
    """Set the database up, bring it up to date, compare it with the models."""


@db.command()
@in_shop
def upgrade() -> None:
    """Run every migration that is new, and set up the standard calendar and targets where there are none."""
    from app import clock, schema
    from app.desk import setup

    schema.upgrade()
    for line in setup.ensure_defaults(at=clock.now()):
        click.echo(line)
    click.echo("The database is up to date.")


@db.command()
@click.argument("revision")
@in_shop
def downgrade(revision: str) -> None:
    """Take migrations back to REVISION; `base` empties the database."""
    from app import schema

    schema.downgrade(revision)
    click.echo(f"The database is at {revision}.")


@db.command()
@in_shop
def check() -> None:
    """Say whether every migration has run and the tables are as the models want them."""
    from app import schema

    if not schema.is_current():
        raise Refusal("Not every migration has run: faden db upgrade")
    differences = schema.differences()
    for difference in differences:
        click.echo(str(difference))
    if differences:
        raise Refusal(f"{len(differences)} differences between the models and the database")
    click.echo("The models and the database agree.")
