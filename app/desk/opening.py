"""A first message from us: on a ticket it belongs to, or as the beginning of a new one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.access import Person
from app.db import Afterwards, db, once_more, transaction
from app.desk import outbox
from app.desk.writing import add, badges, held, record, recount
from app.errors import NotFound, Refused
from app.models import (
    NOTHING_DUE,
    Channel,
    Conversation,
    Customer,
    Identity,
    MessageClass,
    Priority,
    Ticket,
    TicketState,
)
from routing.addresses import normalise


@once_more
def write_first(
    *, channel_id: int, to: str, subject: str, text: str, ticket_id: int | None = None, by: Person, at: datetime
) -> tuple[int, int]:
    """Open a conversation with a person and queue the first message; returns ticket number and message id.

    Nothing is owed on an outbound-first ticket until the customer answers.
    """
    address, words = normalise(to), text.strip()
    if "@" not in address:
        raise Refused("Bitte geben Sie eine E-Mail-Adresse an.", field="to")
    if not words:
        raise Refused("Bitte schreiben Sie einen Text.", field="text")
    with transaction() as afterwards:
        channel = db.session.get(Channel, channel_id)
        if channel is None:
            raise NotFound("Diesen Kanal gibt es nicht.")
        identity = _identity(channel.kind, address, at=at)
        ticket = held(ticket_id) if ticket_id else _ticket(channel, identity, subject=subject, by=by, at=at)
        conversation_id = add(
            Conversation,
            ticket_id=ticket.id,
            home_ticket_id=ticket.id,
            channel_id=channel_id,
            identity_id=identity.id,
            subject=subject[:300],
            created_at=at,
        )
        message_id = _say(channel, conversation_id, subject, words, by=by, at=at, afterwards=afterwards)
        ticket.updated_at = at
        if ticket_id:
            ticket.channel_count += 1
        record("wrote", ticket_id=ticket.id, at=at, actor_id=by.id, message_id=message_id, afterwards=afterwards)
    return ticket.id, message_id


def _say(
    channel: Channel,
    conversation_id: int,
    subject: str,
    words: str,
    *,
    by: Person,
    at: datetime,
    afterwards: Afterwards,
) -> int:
    return outbox.enqueue(
        channel,
        conversation_id=conversation_id,
        subject=subject,
        text=words,
        message_class=MessageClass.SUBSTANTIVE,
        author_id=by.id,
        author_name=by.name,
        at=at,
        afterwards=afterwards,
    )


def _identity(kind: str, address: str, *, at: datetime) -> Identity:
    found = db.session.scalars(select(Identity).where(Identity.kind == kind, Identity.value == address)).first()
    if found:
        return found
    customer_id = add(Customer, name="", created_at=at)
    identity = Identity(customer_id=customer_id, kind=kind, value=address, evidence="we wrote to them", created_at=at)
    db.session.add(identity)
    db.session.flush()
    return identity


def _ticket(channel: Channel, identity: Identity, *, subject: str, by: Person, at: datetime) -> Ticket:
    ticket = Ticket(
        subject=subject[:300],
        state=TicketState.WAITING,
        priority=Priority.NORMAL,
        team_id=channel.team_id,
        assignee_id=by.id,
        customer_id=identity.customer_id,
        customer_name=(identity.name or identity.value)[:200],
        created_at=at,
        updated_at=at,
        answered_at=at,
        preview_at=at,
        queue_at=NOTHING_DUE,
        channel_kind=channel.kind,
        channel_count=1,
    )
    db.session.add(ticket)
    db.session.flush()
    recount((), badges(ticket))
    return ticket
