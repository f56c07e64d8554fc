"""What stands in the database after a scene: whole rows, what fired when, who was told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select

from app.db import db
from app.models import (
    Agent,
    Conversation,
    Customer,
    Firing,
    Identity,
    Message,
    Notification,
    Obligation,
    Ticket,
    Via,
)


def rows(model: Any, *where: Any) -> list[dict[str, Any]]:
    """Return rows as the database has them now, in the order of their ids."""
    db.session.rollback()
    db.session.expire_all()
    columns = [each.key for each in inspect(model).mapper.column_attrs]
    found = db.session.query(model).filter(*where).order_by(model.id)
    return [{name: getattr(row, name) for name in columns} for row in found]


def everything_of(customer_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return every row that is somebody's."""
    own = select(Conversation.id).join(Ticket, Ticket.id == Conversation.ticket_id)
    talks = own.where(Ticket.customer_id == customer_id)
    return {
        "customer": rows(Customer, Customer.id == customer_id),
        "addresses": rows(Identity, Identity.customer_id == customer_id),
        "tickets": rows(Ticket, Ticket.customer_id == customer_id),
        "conversations": rows(Conversation, Conversation.id.in_(talks)),
        "messages": rows(Message, Message.conversation_id.in_(talks)),
        "clocks": rows(Obligation, Obligation.conversation_id.in_(talks)),
    }


def fired(subject: str, rung: str = "breach") -> list[tuple[str, datetime]]:
    """Return what fired of one kind of clock on this rung, and when."""
    db.session.rollback()
    found = select(Firing.key, Firing.at).where(Firing.rung == rung, Firing.is_superseded.is_(False))
    return [(row.key, row.at) for row in db.session.execute(found.order_by(Firing.id)) if row.key.startswith(subject)]


def told(kind: str, *, via: Via = Via.MAIL) -> list[str]:
    """Return the first names of those who were told of this kind of thing, once for each time."""
    db.session.rollback()
    names = select(Agent.email).join(Notification, Notification.agent_id == Agent.id)
    found = db.session.scalars(names.where(Notification.kind == kind, Notification.via == via))
    return sorted(email.partition("@")[0] for email in found)
