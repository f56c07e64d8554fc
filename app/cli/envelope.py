"""Raw input that could not be filed: listed, tried again, taken out as it came."""

from __future__ import annotations

import sys

import click

from app.cli import Refusal
from app.cli.shop import in_shop


@click.group()
def envelope() -> None:
    """Raw input that is parked because it could not be filed."""


@envelope.command(name="list")
@in_shop
def list_() -> None:
    """List what is parked, with the reason."""
    from app.finders import setup

    for row in setup.parked():
        at = row.received_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        click.echo(f"{row.id}\t{at}\t{row.channel}\t{row.source}\t{row.problem}")


@envelope.command()
@click.argument("numbers", nargs=-1, type=int)
@click.option("--all", "takes_all", is_flag=True, help="Everything that is parked.")
@in_shop
def retry(numbers: tuple[int, ...], *, takes_all: bool) -> None:
    """Try to file parked input once more; exit 1 if some of it is parked again."""
    from app import clock
    from app.finders import setup
    from app.runs import intake

    parked = [row.id for row in setup.parked(limit=1_000_000)]
    if not takes_all and not numbers:
        raise click.UsageError("Name the numbers from `faden envelope list`, or --all.")
    unknown = set(numbers) - set(parked)
    if unknown:
        raise Refusal(f"Not parked: {', '.join(map(str, sorted(unknown)))}")
    is_left = False
    for number in parked if takes_all else numbers:
        understood = intake.understand(number, at=clock.now())
        is_left = is_left or bool(understood.reason)
        ticket_id = understood.filed.ticket_id if understood.filed else 0
        words = f"ticket {ticket_id}" if ticket_id else "done"
        click.echo(f"{number}\t{f'parked: {understood.reason}' if understood.reason else words}")
    if is_left:
        raise click.exceptions.Exit(1)


@envelope.command()
@click.argument("number", type=int)
@in_shop
def show(number: int) -> None:
    """Write the raw input to standard output, exactly as it arrived."""
    from app.runs import intake

    sys.stdout.buffer.write(intake.raw_of(number))
