"""The shop in one file: applied as often as one likes, shown again in the same format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app.cli import WrongUse
from app.cli.shop import in_shop


@click.group()
def config() -> None:
    """Teams, people, calendars, targets and channels declared in one YAML file."""


@config.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@in_shop
def apply(file: Path, *, dry_run: bool) -> None:
    """Make the shop as FILE declares it and print the difference; a second time nothing changes."""
    from app import clock
    from app.desk import setup
    from app.desk.declared import WrongEntries, read

    try:
        declared = read(_document(file), folder=file.absolute().parent)
        changes = setup.apply(declared, at=clock.now(), rehearse=dry_run)
    except WrongEntries as error:
        for line in error.lines:
            click.echo(f"{file}: {line}", err=True)
        raise click.exceptions.Exit(1) from error
    for change in changes:
        click.echo(str(change))
    if not changes:
        click.echo("Nothing to change.")
    elif dry_run:
        click.echo("Nothing was changed (--dry-run).")


def _document(file: Path) -> Any:
    import yaml

    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise WrongUse(f"{file}: this is no YAML: {error}") from error
    if not isinstance(found, dict | None):
        raise WrongUse(f"{file}: the file must be a list of sections such as teams: and channels:")
    return found


@config.command()
@in_shop
def show() -> None:
    """Print the shop in the format of `config apply`, without passwords and secrets."""
    import yaml

    from app import clock
    from app.finders import declared

    shop = declared.shown(now=clock.now())
    click.echo(yaml.safe_dump(shop, allow_unicode=True, sort_keys=False, width=120), nl=False)
