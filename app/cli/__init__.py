"""The command `faden`: one file a group of commands, each imported only when it is asked for.

Exit codes: 0 done, 1 some input was refused or something is wrong, 2 wrong usage or a wrong setting.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from app.errors import DeskError, FadenError, SettingError

PARTS = "app.cli.parts"
COMMANDS = {
    "up": PARTS,
    "web": PARTS,
    "work": PARTS,
    "listen": PARTS,
    "tick": PARTS,
    "sweep": PARTS,
    "agent": "app.cli.agent",
    "backup": "app.cli.backup",
    "channel": "app.cli.channel",
    "config": "app.cli.config",
    "db": "app.cli.db",
    "demo": "app.cli.demo",
    "doctor": "app.cli.doctor",
    "envelope": "app.cli.envelope",
    "mail": "app.cli.mail",
    "restore": "app.cli.backup",
    "sla": "app.cli.sla",
    "team": "app.cli.team",
    "token": "app.cli.token",
}


class Refusal(click.ClickException):
    """Something was refused; one line on stderr."""

    def __init__(self, words: str) -> None:
        super().__init__(" ".join(words.split()))

    def show(self, file: Any = None) -> None:
        click.echo(f"faden: {self.message}", file=file, err=file is None)


class WrongUse(Refusal):
    """The command cannot even begin: a wrong setting, a file that is not what it should be."""

    exit_code = 2


class Faden(click.Group):
    """The commands by name, and one line for everything that goes wrong in a known way."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the file of one command."""
        module = COMMANDS.get(cmd_name)
        return getattr(import_module(module), cmd_name) if module else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a refusal of ours is a line, never a traceback."""
        try:
            return super().invoke(ctx)
        except SettingError as error:
            raise WrongUse(str(error)) from error
        except (DeskError, FadenError) as error:
            raise Refusal(str(error)) from error


@click.group(cls=Faden, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="faden", prog_name="faden")
def root() -> None:
    """Faden: customer matters from every channel in one thread, with deadlines that are kept.

    Settings are environment variables FADEN_*; docs/configuration.md names them.
    """
