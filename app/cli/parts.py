"""The running parts, all at once or one by one."""

from __future__ import annotations

import os
from pathlib import Path

import click

from app.cli.shop import in_shop, open_shop


@click.command()
@click.option("--port", type=click.IntRange(1, 65_535), help="Where the pages are; else PORT, else 8000.")
@click.option("--data", "folder", type=click.Path(file_okay=False, path_type=Path), help="Instead of FADEN_DATA_DIR.")
@click.option("--demo/--no-demo", default=None, help="Sample content on the first start; else FADEN_DEMO.")
def up(port: int | None, folder: Path | None, *, demo: bool | None) -> None:
    """Start everything in one process group; Ctrl-C stops it again."""
    from app.runs import supervise

    # The parts are processes of their own and read their settings from the environment.
    if port:
        os.environ["PORT"] = str(port)
    if folder:
        os.environ["FADEN_DATA_DIR"] = str(folder.absolute())
    if demo is not None:
        os.environ["FADEN_DEMO"] = str(int(demo))
    raise click.exceptions.Exit(supervise.up(open_shop()))


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 behind a proxy on another machine.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Else PORT, else 8000.")
def web(host: str, port: int | None) -> None:
    """Serve the pages."""
    from app.runs import serve

    serve.run(host=host, port=port)


@click.command()
def work() -> None:
    """Send answers and notices, one after the other."""
    from app.runs import work as part

    part.run(open_shop())


@click.command()
def listen() -> None:
    """Hear mailboxes, and mail that is handed in over SMTP or LMTP."""
    from app.runs import listen as part

    part.run(open_shop())


@click.command()
def tick() -> None:
    """Fire warnings and breaches when they are due."""
    from app.runs import tick as part

    part.run(open_shop())


@click.command()
@in_shop
def sweep() -> None:
    """Find once what was left lying: unsettled sends, unfiled envelopes, forgotten jobs, wrong counters."""
    from app.runs import sweep as part

    part.run()
