"""What is wrong with this installation, one line each."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import click

from app.cli.shop import in_shop

if TYPE_CHECKING:
    from app.config import Settings
    from app.health import Incoming

LEAST_ROOM = 500_000_000
"""Bytes that must be free where the mails are kept."""
MOST_SKEW = 2.0
"""Seconds that the database's clock may differ from ours."""
NO_BLOB = "0" * 64


class Line(NamedTuple):
    name: str
    is_ok: bool
    words: str


@click.command()
@in_shop
def doctor() -> None:
    """Look at settings, database, queue, disk, clocks, running parts and channels; exit 1 if anything is wrong."""
    from flask import current_app

    is_well = True
    for line in _lines(current_app.config["FADEN"]):
        is_well = is_well and line.is_ok
        click.echo(f"{'ok  ' if line.is_ok else 'FAIL'} {line.name}: {line.words}")
    if not is_well:
        raise click.exceptions.Exit(1)


def _lines(settings: Settings) -> Iterator[Line]:
    yield Line("settings", True, f"data folder {settings.data_dir}, pages at {settings.base_url}")
    yield _room(settings)
    yield _folder(settings)
    yield _blobs(settings)
    database = _database()
    yield database
    yield from _parts(is_queue_embedded=settings.is_queue_embedded)
    if database.is_ok:
        yield _skew()
        yield from _holidays()
        yield _proof()
        yield from _channels()


def _room(settings: Settings) -> Line:
    free = shutil.disk_usage(settings.data_dir).free
    return Line("disk", free >= LEAST_ROOM, f"{free / 1e9:.1f} GB free in {settings.data_dir}")


def _folder(settings: Settings) -> Line:
    try:
        with tempfile.TemporaryFile(dir=settings.data_dir) as file:
            file.write(b"faden")
    except OSError as error:
        return Line("data folder", False, f"cannot write to {settings.data_dir}: {error.strerror}")
    return Line("data folder", True, "can be written to")


def _blobs(settings: Settings) -> Line:
    from obstore.exceptions import BaseError

    from app import blobs

    try:
        blobs.at(settings.blobs_url).get(NO_BLOB)
    except blobs.BlobMissing:
        return Line("mails and files", True, f"{settings.blobs_url} can be read")
    except (OSError, BaseError) as error:
        return Line("mails and files", False, f"{settings.blobs_url}: {error}")
    return Line("mails and files", True, f"{settings.blobs_url} can be read")


def _database() -> Line:
    from sqlalchemy.exc import SQLAlchemyError

    from app import schema
    from app.db import db

    try:
        is_current = schema.is_current()
    except SQLAlchemyError as error:
        return Line("database", False, f"does not answer: {str(getattr(error, 'orig', error)).splitlines()[0]}")
    where = db.engine.url.render_as_string(hide_password=True)
    return Line("database", is_current, where if is_current else f"{where} needs: faden db upgrade")


def _parts(*, is_queue_embedded: bool) -> Iterator[Line]:
    """Say of each running part whether it gives signs of life; the database has its own line."""
    from app import health

    for part, words in health.look().parts.items():
        is_ok = words == health.OK
        hint = " (the embedded one runs inside `faden up`)" if part == "queue" and is_queue_embedded else ""
        if part != "database":
            yield Line(part, is_ok, "runs" if is_ok else f"{words}{hint}")


def _skew() -> Line:
    from sqlalchemy import select

    from app import clock
    from app.db import database_now, db

    if clock.is_moved():
        return Line("clock", True, f"a test clock runs: {clock.now().isoformat()}")
    theirs: datetime = db.session.execute(select(database_now())).scalar_one()
    seconds = abs((clock.now() - theirs).total_seconds())
    return Line("clock", seconds <= MOST_SKEW, f"differs from the database's by {seconds:.1f} s")


def _holidays() -> Iterator[Line]:
    from app import clock
    from app.finders import setup

    year = clock.now().year
    for name, last_year in setup.last_holiday_years().items():
        words = f"holidays are known until {last_year}"
        yield Line(f"calendar {name}", last_year >= year, words if last_year >= year else f"{words}: faden db upgrade")


def _proof() -> Line:
    """Say whether every stored deadline was what its ticket's log says, the last time that was looked at."""
    from app.finders import meters

    found = meters.last_proof()
    if found is None:
        return Line("deadlines", True, "not proved yet: the first proof comes at night, or with faden sla check")
    words = f"{found.wrong} of the values stored on {found.tickets} tickets differ ({found.on})"
    return Line("deadlines", found.wrong == 0, words if found.wrong == 0 else f"{words}: faden sla check")


def _channels() -> Iterator[Line]:
    from app import health
    from app.finders import setup
    from app.runs import checks

    incoming = {each.id: each for each in health.incoming()}
    for channel in setup.channels():
        name = f"channel {channel.name}"
        if channel.is_paused:
            yield Line(name, True, "is paused")
            continue
        for check in checks.check(channel.id):
            yield Line(name, check.is_ok, f"{check.name}: {check.words}")
        yield from _incoming(incoming[channel.id], name)


def _incoming(found: Incoming, name: str) -> Iterator[Line]:
    """Say what waits and what was refused, and of a permission that it will end."""
    from app import clock
    from app.desk.channels import TOKEN_WARNING

    if found.pending or found.refused:
        words = f"{found.pending} stored and not filed yet, {found.refused} calls refused for their signature"
        yield Line(name, True, words)
    left = found.token_expires_at - clock.now() if found.token_expires_at else None
    if left is not None and left < TOKEN_WARNING:
        yield Line(name, left.total_seconds() > 0, f"its permission ends on {found.token_expires_at:%Y-%m-%d}")
