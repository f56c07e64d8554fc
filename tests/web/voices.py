"""Channels of every kind and what people say on them, written as plain rows; the connectors are the real ones."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from app.db import db, transaction
from app.desk import channels
from app.models import (
    Conversation,
    Customer,
    Direction,
    Identity,
    Message,
    MessageClass,
    MessageKind,
    MessageState,
    Ticket,
    TicketState,
)
from tests import world as cast

NINE = cast.MONDAY_NINE
PAGE = "2200000000000042"
US_ON_X = "4200000001"
_count = itertools.count(1)


def row(made: Any) -> int:
    """Write one row and return its id."""
    with transaction():
        db.session.add(made)
        db.session.flush()
        return int(made.id)


def messenger(world: cast.World) -> int:
    return channels.add("messenger", name="Nordlicht-Seite", address=PAGE, settings={}, secrets={}, team_id=world.care)


def x(world: cast.World) -> int:
    settings: dict[str, object] = {"username": "nordlicht"}
    return channels.add("x", name="Nordlicht auf X", address=US_ON_X, settings=settings, secrets={}, team_id=world.care)


def phone(world: cast.World) -> int:
    return channels.add("phone", name="Hotline", address="+49431555010", settings={}, secrets={}, team_id=world.care)


def matter(world: cast.World, kind: str, *, name: str = "Kim Kern", **values: Any) -> int:
    """Return the number of a new ticket of a customer with this name."""
    customer_id = row(Customer(name=name, created_at=NINE))
    return row(
        Ticket(
            subject="Wo bleibt meine Lampe?",
            state=TicketState.OPEN,
            team_id=world.care,
            customer_id=customer_id,
            created_at=NINE,
            updated_at=NINE,
            customer_name=name,
            preview_at=NINE,
            channel_kind=kind,
            **values,
        )
    )


def thread(number: int, channel_id: int, kind: str, value: str, *, name: str = "Kim Kern", **values: Any) -> int:
    """Return a conversation of the ticket with the customer's address of this kind."""
    ticket = cast.ticket(number)
    scope = PAGE if kind in {"messenger", "facebook"} else ""
    identity_id = row(
        Identity(customer_id=ticket.customer_id, kind=kind, value=value, scope=scope, name=name, created_at=NINE)
    )
    return row(
        Conversation(
            ticket_id=number,
            home_ticket_id=number,
            channel_id=channel_id,
            identity_id=identity_id,
            created_at=NINE,
            **{"heard_at": NINE, "external_key": value, **values},
        )
    )


def say(conversation_id: int, text: str, **values: Any) -> int:
    """Return a message of the customer, or one of ours where a direction says so."""
    asked = db.session.query(Conversation.channel_id, Identity.value)
    channel_id, address = (
        asked.join(Identity, Identity.id == Conversation.identity_id).filter(Conversation.id == conversation_id).one()
    )
    at = values.get("sent_at", NINE)
    is_out = values.get("direction") is Direction.OUT
    given: dict[str, Any] = {
        "external_id": f"m_{next(_count)}",
        "direction": Direction.IN,
        "state": MessageState.SENT if is_out else MessageState.RECEIVED,
        "message_class": MessageClass.SUBSTANTIVE if is_out else MessageClass.CONTACT,
        "author_name": "Ada" if is_out else "Kim Kern",
        "author_address": "" if is_out else address,
        "sent_at": at,
        "stored_at": at,
    }
    return row(Message(conversation_id=conversation_id, channel_id=channel_id, text=text, **{**given, **values}))


def comment(world: cast.World, text: str = "Seit drei Wochen warte ich!", **values: Any) -> tuple[int, int]:
    """Return ticket and message of a comment below a post of ours."""
    number = matter(world, "messenger")
    talk = thread(number, messenger(world), "facebook", "71", is_public=True, external_key="900_77")
    given = {"external_id": "900_77", "kind": MessageKind.COMMENT, "is_public": True}
    return number, say(talk, text, **{**given, **values})


def direct(world: cast.World, text: str = "Hallo, wo ist mein Paket?", *, heard_ago: float = 1.0, **values: Any) -> int:
    """Return the ticket of a message on Messenger; it was heard so many hours before nine."""
    number = matter(world, "messenger")
    at = NINE - timedelta(hours=heard_ago)
    say(thread(number, messenger(world), "messenger", "6100000000000001", heard_at=at), text, sent_at=at, **values)
    return number


def group(world: cast.World, text: str = "Weiß jemand, wo mein Paket ist?") -> int:
    """Return the ticket of a message that was written in a group on X."""
    number, facts = matter(world, "x"), {"username": "kim_kern", "is_group": True}
    say(thread(number, x(world), "x", "55501", external_key="1500000000000000001", details=facts), text, details=facts)
    return number


def post(world: cast.World, text: str = "Nie wieder Nordlicht.", *, can_reply: bool = False, **values: Any) -> int:
    """Return the ticket of a public post on X."""
    number = matter(world, "x")
    facts = {"username": "kim_kern", "can_reply": can_reply}
    talk = thread(number, x(world), "x", "55501", is_public=True, external_key="1990000000000000101", details=facts)
    given = {"external_id": "1990000000000000101", "kind": MessageKind.POST, "is_public": True, "details": facts}
    say(talk, text, **{**given, **values})
    return number
