"""The whole shop in one file, and back."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.shop import in_shop


@click.command()
@click.argument("place", type=click.Path(path_type=Path))
@in_shop
def backup(place: Path) -> None:
    """Write everything into a file, or into a new file in a folder.

    The shop goes on meanwhile. The key file (secret.key in the data folder) is not part of it: keep a copy elsewhere,
    for without it the passwords of the mailboxes have to be entered anew.
    """
    from app import clock
    from app.runs import backup as copying

    at = clock.now()
    file = place / f"faden-{at:%Y%m%d-%H%M%S}.tar" if place.is_dir() else place
    copied = copying.back_up(file, at=at)
    for digest in copied.missing:
        click.echo(f"There are no bytes of {digest} in the store.", err=True)
    click.echo(f"{file}: {copied.rows} rows, {copied.files} files")
    if copied.missing:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@in_shop
def restore(file: Path) -> None:
    """Read a backup into an empty database, of whichever kind."""
    from app import schema
    from app.runs import backup as copying

    schema.upgrade()
    copied = copying.restore(file)
    for name in copied.sealed:
        click.echo(f"The secrets of the channel {name} were sealed with another key: enter them anew.", err=True)
    click.echo(f"{copied.rows} rows, {copied.files} files")
