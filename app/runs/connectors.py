"""Connectors, built once and kept until the row of their channel changes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import Row, bindparam, select

from app.db import db
from app.desk.accounts import account_of
from app.desk.writing import run
from app.models import Channel
from channels.contract import Connector
from channels.registry import build, connectors


@dataclass(frozen=True, slots=True)
class _Built:
    """A connector and what it was built from."""

    mark: tuple[object, ...]
    connector: Connector


_built: dict[int, _Built] = {}

_ROW = select(
    Channel.id, Channel.kind, Channel.name, Channel.address, Channel.settings, Channel.secrets, Channel.is_paused
).where(Channel.id == bindparam("channel"))


def row_of(channel_id: int) -> Row[Any] | None:
    """Return what a connector is built from, as it is now; None if there is no such channel."""
    found: Row[Any] | None = run(_ROW, channel=channel_id).first()
    return found


FRESH_FOR = 1.0
"""Seconds for which a channel's row is taken for what it was, where asking costs as much as all the rest."""


def recent_row_of(channel_id: int) -> Row[Any] | None:
    """Return a channel's row as it was a second ago at the most."""
    at, kept = _rows().get(channel_id, (float("-inf"), None))
    return kept if time.monotonic() - at < FRESH_FOR else row_now(channel_id)


def row_now(channel_id: int) -> Row[Any] | None:
    """Read a channel's row and let the database go; None if there is no such channel."""
    found = row_of(channel_id)
    db.session.rollback()
    _rows()[channel_id] = (time.monotonic(), found)
    return found


def _rows() -> dict[int, tuple[float, Row[Any] | None]]:
    """Return what this application has read; several of them may know several databases."""
    rows: dict[int, tuple[float, Row[Any] | None]] = current_app.extensions.setdefault("faden.channels", {})
    if len(rows) > MOST_ROWS:
        rows.clear()
    return rows


MOST_ROWS = 1000
"""Strangers may ask for any number."""


def connector_of(channel: Any) -> Connector:
    """Return the connector of a channel's row; threads share it.

    Raises `UnknownKind`, `SealBroken`, or `ValueError` naming a wrong setting.
    """
    maker = connectors().get(channel.kind)
    mark = (maker, channel.kind, channel.name, channel.address, channel.settings, channel.secrets)
    found = _built.get(channel.id)
    if found is None or found.mark != mark:
        found = _built[channel.id] = _Built(mark, build(account_of(channel)))
    return found.connector
