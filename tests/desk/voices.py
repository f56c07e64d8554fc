"""Eva on a platform: a page with private messages and comments, and what its connector would have heard."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.db import db
from app.desk import channels, intake
from app.models import Event, Message, Ticket
from channels.contract import Contact, ContactType, Handle
from tests.world import MONDAY_NINE, World, add_policy

PAGE = "900100"
EVA = Handle(kind="messenger", value="771", name="Eva Kundin", scope=PAGE)
OTTO = Handle(kind="messenger", value="772", name="Otto Kunde", scope=PAGE)
EVA_IN_PUBLIC = Handle(kind="facebook", value="551", name="Eva Kundin", scope=PAGE)
OTTO_IN_PUBLIC = Handle(kind="facebook", value="552", name="Otto Kunde", scope=PAGE)
US = Handle(kind="messenger", value=PAGE, name="Nordlicht", scope=PAGE)
MINUTE = timedelta(minutes=1)

_count = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The channel and its people."""

    world: World
    channel: int

    def hear(self, heard: Contact, *, at: datetime | None = None) -> intake.Filed:
        """File a contact the way a hook does; the envelope does not matter here."""
        return intake.receive(
            heard, channel_id=self.channel, envelope_id=None, at=at or max(heard.sent_at, MONDAY_NINE)
        )


def page(world: World) -> Page:
    """Set a page up for the team Social Media; an hour for a private message, two for a public one."""
    for route, minutes in (("messenger", 60), ("public", 120)):
        add_policy(route, first=minutes, following=minutes * 2)
    return Page(world=world, channel=channel_of(world.social))


def channel_of(team_id: int) -> int:
    """Set a page up for a team, without any aims."""
    return channels.add("messenger", name="Seite", address=PAGE, settings={"app_id": "1"}, secrets={}, team_id=team_id)


def dm(**values: Any) -> Contact:
    """Return a private message of Eva's."""
    sender = values.get("sender", EVA)
    defaults: dict[str, Any] = {
        "external_id": f"m_{next(_count)}",
        "sender": sender,
        "recipient": US,
        "sent_at": MONDAY_NINE,
        "text": "Wann kommt meine Lampe?",
        "conversation_key": sender.value,
    }
    return Contact(**{**defaults, **values})


def own_dm(**values: Any) -> Contact:
    """Return a message of ours to Eva as the platform echoes it."""
    to = values.pop("to", EVA)
    defaults = {"sender": US, "recipient": to, "is_own": True, "text": "Morgen.", "conversation_key": to.value}
    return dm(**{**defaults, **values})


def comment(**values: Any) -> Contact:
    """Return a public comment of Eva's under a post of ours."""
    external_id = values.get("external_id") or f"900100_{next(_count)}"
    defaults: dict[str, Any] = {
        "external_id": external_id,
        "type": ContactType.COMMENT,
        "sender": EVA_IN_PUBLIC,
        "sent_at": MONDAY_NINE,
        "text": "Meine Lampe flackert!",
        "conversation_key": external_id,
        "is_public": True,
    }
    return Contact(**{**defaults, **values})


def events(number: int) -> list[str]:
    """Return the kinds of a ticket's events, the oldest first."""
    return list(db.session.scalars(select(Event.kind).where(Event.ticket_id == number).order_by(Event.id)))


def messages() -> list[Message]:
    """Return all messages by the platform's time."""
    db.session.expire_all()
    return db.session.query(Message).order_by(Message.sent_at, Message.external_id).all()


def tickets() -> list[Ticket]:
    """Return all tickets, the oldest first."""
    db.session.expire_all()
    return db.session.query(Ticket).order_by(Ticket.id).all()
