"""A live look at the other side of a channel."""

from __future__ import annotations

from flask import current_app

from app.config import Settings
from app.db import db
from app.desk.accounts import account_of
from app.models import Channel
from app.seal import SealBroken
from channels.contract import Check, Connector, Hooked
from channels.registry import UnknownKind, build


def check(channel_id: int) -> list[Check]:
    """Log in over there and say line by line what works; takes as long as the other side lets us wait."""
    channel = db.session.get_one(Channel, channel_id)
    try:
        connector = build(account_of(channel))
    except (UnknownKind, SealBroken, ValueError) as error:
        return [Check(name="Einstellungen", is_ok=False, words=str(error))]
    # No transaction stays open while the other side is asked.
    kind = channel.kind
    db.session.rollback()
    return [*connector.check(), *_address(connector, kind, channel_id)]


def _address(connector: Connector, kind: str, channel_id: int) -> list[Check]:
    """Say where the platform has to call us, so that whoever sets it up can copy it."""
    if not isinstance(connector, Hooked):
        return []
    settings: Settings = current_app.config["FADEN"]
    url = settings.hook_url(kind, channel_id)
    hint = "" if url.startswith("https://") else " (von außen nicht zu erreichen, solange FADEN_BASE_URL so lautet)"
    return [Check(name="Adresse für die Plattform", is_ok=True, words=f"{url}{hint}")]
