"""A live look at the other side of a channel."""

from __future__ import annotations

from app.db import db
from app.desk.accounts import account_of
from app.models import Channel
from app.seal import SealBroken
from channels.contract import Check
from channels.registry import UnknownKind, build


def check(channel_id: int) -> list[Check]:
    """Log in over there and say line by line what works; takes as long as the other side lets us wait."""
    channel = db.session.get_one(Channel, channel_id)
    try:
        connector = build(account_of(channel))
    except (UnknownKind, SealBroken, ValueError) as error:
        return [Check(name="Einstellungen", is_ok=False, words=str(error))]
    # No transaction stays open while the other side is asked.
    db.session.rollback()
    return connector.check()
