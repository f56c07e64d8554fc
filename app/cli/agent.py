"""People who answer customers or watch over the answers."""

from __future__ import annotations

import secrets
import sys

import click

from app.cli import Refusal
from app.cli.shop import in_shop

ROLES = ("agent", "lead", "admin")


@click.group()
def agent() -> None:
    """People who log in."""


@agent.command()
@click.argument("email")
@click.option("--name", required=True, help="As customers read it.")
@click.option("--role", type=click.Choice(ROLES), default="agent", show_default=True)
@click.option("--team", "teams", multiple=True, help="May be given several times.")
@click.option("--language", type=click.Choice(("de", "en")), default="de", show_default=True)
@click.option(
    "--publish/--no-publish", "can_publish", default=True, show_default=True, help="May answer in public unreleased."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@in_shop
def add(
    email: str,
    name: str,
    role: str,
    teams: tuple[str, ...],
    language: str,
    *,
    can_publish: bool,
    password_stdin: bool,
) -> None:
    """Add a person; without --password-stdin a password is made and printed once."""
    from app import clock, signin
    from app.desk import people
    from app.models import Role

    password = _read_password() if password_stdin else secrets.token_urlsafe(12)
    people.add_agent(
        email,
        name=name,
        role=Role(role),
        teams=teams,
        password_hash=signin.hash_password(password),
        language=language,
        can_publish=can_publish,
        at=clock.now(),
    )
    click.echo(f"{email.strip().lower()} can log in." if password_stdin else f"{email.strip().lower()}\t{password}")


@agent.command(name="password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@in_shop
def change_password(email: str, *, password_stdin: bool) -> None:
    """Set a new password and end every browser session of this person."""
    from app import signin
    from app.finders import setup

    fresh = _read_password() if password_stdin else secrets.token_urlsafe(12)
    signin.set_password(setup.agent_id(email), fresh)
    click.echo("The password is set." if password_stdin else f"{email.strip().lower()}\t{fresh}")


@agent.command(name="list")
@in_shop
def list_() -> None:
    """Name everybody with their role and teams."""
    from app.finders import setup

    for row in setup.people():
        active = "" if row.is_active else "\tinactive"
        click.echo(f"{row.email}\t{row.name}\t{row.role}\t{', '.join(row.teams)}{active}")


def _read_password() -> str:
    """Read the first line of standard input; a password never stands in the list of processes."""
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Refusal("There is no password on standard input.")
    return password
