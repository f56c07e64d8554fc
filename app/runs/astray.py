"""What a platform told one channel although it is for another account of the same application.

Meta and X know one address of a hook for a whole application, so the channel that stands there hears for its
neighbours, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.desk import envelopes
from app.desk.envelopes import Arrival, HookCall
from app.models import Channel
from app.runs.connectors import connector_of
from app.seal import SealBroken
from channels.contract import Connector, Heard, SharesHook, Signal, SignalType
from channels.registry import UnknownKind


def passed_on(
    values: Sequence[Heard], channel: Channel, connector: Connector, *, arrival: Arrival, at: datetime
) -> list[Heard]:
    """Give the input to the channels it is for as well; returns what is to be filed here.

    What is for an account without a channel stays among it, as a sentence for whoever sets channels up.
    """
    kept: list[Heard] = []
    for value in values:
        neighbour = _neighbour(value, channel, connector)
        if neighbour is None:
            kept.append(value)
        else:
            envelopes.keep([HookCall(channel_id=neighbour, arrival=arrival, is_news=True, at=at)])
    return kept


def _neighbour(value: Heard, channel: Channel, connector: Connector) -> int | None:
    """Return the channel that a value names as the right one, if the platform signs for both with one secret."""
    if not isinstance(value, Signal) or value.type is not SignalType.ASTRAY or not isinstance(connector, SharesHook):
        return None
    address = str(value.details.get("address", ""))
    for other in _others(channel, address):
        try:
            is_ours = connector.shares_hook_with(connector_of(other))
        except (UnknownKind, SealBroken, ValueError):
            continue
        if is_ours:
            return other.id
    return None


def _others(channel: Channel, address: str) -> list[Channel]:
    found = list(
        db.session.scalars(
            select(Channel)
            .where(Channel.kind == channel.kind, Channel.address == address, Channel.id != channel.id)
            .order_by(Channel.id)
        )
    )
    for each in found:
        db.session.expunge(each)
    return found
