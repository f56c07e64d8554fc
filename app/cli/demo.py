"""The sample shop "Nordlicht"."""

from __future__ import annotations

import click

from app.cli.shop import in_shop


@click.group()
def demo() -> None:
    """A sample shop with three teams and twelve matters, to look around in."""


@demo.command()
@click.option("--smtp-host", default="", help="Where the shop's answers go; else they wait.")
@click.option("--smtp-port", type=click.IntRange(1, 65_535), default=25, show_default=True)
@in_shop
def load(smtp_host: str, smtp_port: int) -> None:
    """Load the sample shop and print its log-ins, once."""
    from app import clock
    from app.desk import setup
    from app.runs import demo as sample

    setup.ensure_defaults(at=clock.now())
    for email, password in sample.load(at=clock.now(), smtp_host=smtp_host, smtp_port=smtp_port):
        click.echo(f"{email}\t{password}")


@demo.command()
@in_shop
def clear() -> None:
    """Remove the sample shop, and nothing else."""
    from app.runs import demo_clear

    removed = demo_clear.clear()
    for table, count in removed.items():
        click.echo(f"{table}\t{count}")
    if not removed:
        click.echo("There is no sample shop.")
