"""Connectors, built once and kept until the row of their channel changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

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
