"""The console command `faden`, also `python -m app`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.cli import root

if TYPE_CHECKING:
    from flask import Flask


def open_core() -> Flask:
    """Build the application without its pages from the environment; imported late, `faden --help` needs none of it."""
    from app.config import Settings  # noqa: PLC0415
    from app.factory import create_core  # noqa: PLC0415

    return create_core(Settings.from_environment())


def main(args: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    root.main(args=args, prog_name="faden", obj=open_core)


if __name__ == "__main__":
    main()
