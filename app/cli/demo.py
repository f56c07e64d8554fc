"""The sample shop "Nordlicht"."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

import click

from app import clock
from app.cli import WrongUse
from app.cli.shop import in_shop


@click.group()
def demo() -> None:
    """A sample shop with three teams and its matters, to look around in."""


@demo.command()
@click.option("--smtp-host", default="", help="Where the shop's answers go; else they wait.")
@click.option("--smtp-port", type=click.IntRange(1, 65_535), default=25, show_default=True)
@in_shop
def load(smtp_host: str, smtp_port: int) -> None:
    """Load the sample shop and print its log-ins, once."""
    from app.desk import setup
    from app.runs import demo as sample
    from app.runs import demo_platforms

    setup.ensure_defaults(at=clock.now())
    for email, password in sample.load(
        at=clock.now(), smtp_host=smtp_host, smtp_port=smtp_port, has_platforms=demo_platforms.are_there()
    ):
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


@demo.command()
@click.option("--hours", type=click.IntRange(1, 24 * 31), default=24, show_default=True, help="How far the clock goes.")
@click.option("--seconds", type=click.IntRange(1, 3600), default=60, show_default=True, help="How long it takes.")
def day(hours: int, seconds: int) -> None:
    """Let a day pass in a minute: move the clock file that FADEN_CLOCK_FILE names, then take it away again.

    Start the parts with the same FADEN_CLOCK_FILE; everything that becomes due then does so before your eyes.
    """
    name = os.environ.get("FADEN_CLOCK_FILE")
    if not name:
        raise WrongUse("FADEN_CLOCK_FILE: name the file that the running parts read the time from")
    file = Path(name)
    clock.read_from(file)
    begins_at, began = clock.now(), time.monotonic()
    try:
        while (passed := (time.monotonic() - began) / seconds) < 1:
            _write(file, begins_at + timedelta(hours=hours) * passed)
            time.sleep(0.25)
    finally:
        file.unlink(missing_ok=True)
    click.echo("The clock is right again.")


def _write(file: Path, at: datetime) -> None:
    """Put the instant there in one step, so that nobody reads half of it."""
    draft = file.with_name(f"{file.name}.draft")
    draft.write_text(at.isoformat(), encoding="ascii")
    draft.replace(file)
    click.echo(f"{at:%Y-%m-%d %H:%M} UTC")
