"""Who is on the telephone: the identity behind a number, the ticket a call belongs to, its conversation.

Nobody has proven who holds the receiver: a call is filed where its own number leads. Whoever writes by the same number
on another channel is that person (`keys`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from app.db import db
from app.desk import keys
from app.desk.threading import REOPEN_WINDOW
from app.desk.writing import HOLD, add, held, upsert
from app.errors import NotFound
from app.models import (
    NOTHING_DUE,
    Call,
    Channel,
    Conversation,
    Customer,
    Identity,
    Priority,
    Ticket,
    TicketState,
)
from channels.numbers import shown

KIND = "phone"
WITHHELD = "Unterdrückte Nummer"


def identity_of(call: Call, *, at: datetime, is_demo: bool = False, customer_id: int | None = None) -> Identity:
    """Return whose number it is and hold the row, so that two calls at once do not open two tickets.

    A number we have not met becomes somebody new, or one more address of `customer_id`: an agent says so.
    """
    value = call.number or f"unknown:{call.root_id}"
    found = _held(value)
    if found is None:
        known_id = None if customer_id else keys.owner_by_number(KIND, value)
        owner_id = customer_id or known_id or add(Customer, name="", created_at=at, is_demo=is_demo)
        tie = "an agent said so" if customer_id else keys.SAME_NUMBER if known_id else "called us"
        is_ours = _write_down(value, owner_id, evidence=tie, at=at)
        if not is_ours and customer_id is None and known_id is None:
            db.session.execute(delete(Customer).where(Customer.id == owner_id))
        found = _held(value)
    if found is None:
        raise NotFound("Diese Rufnummer gibt es nicht mehr.")
    return found


def only_customer(ticket_id: int) -> int | None:
    """Return the customer a ticket is about; None where several are on it, for which of them calls is not known."""
    own = select(Ticket.customer_id).where(Ticket.id == ticket_id)
    spoken = select(Identity.customer_id).join(Conversation, Conversation.identity_id == Identity.id)
    found = list(db.session.scalars(spoken.where(Conversation.ticket_id == ticket_id).union(own)))
    return found[0] if len(found) == 1 else None


def _held(value: str) -> Identity | None:
    return db.session.scalars(
        select(Identity)
        .where(Identity.kind == KIND, Identity.value == value, Identity.scope == "")
        .with_for_update(key_share=HOLD["key_share"])
    ).first()


def _write_down(value: str, customer_id: int, *, evidence: str, at: datetime) -> bool:
    """Write an identity; False where another process did so at the same time."""
    written = db.session.scalar(
        upsert(Identity)
        .values(customer_id=customer_id, kind=KIND, value=value, evidence=evidence, created_at=at)
        .on_conflict_do_nothing(index_elements=["kind", "value", "scope"])
        .returning(Identity.id)
    )
    return written is not None


def open_ticket_of(identity: Identity) -> int | None:
    """Return the newest open ticket this number was on; else the newest open one of the person it belongs to."""
    own = (
        select(Ticket.id)
        .join(Conversation, Conversation.ticket_id == Ticket.id)
        .where(Conversation.identity_id == identity.id, Ticket.closed_at.is_(None))
        .order_by(Ticket.id.desc())
        .limit(1)
    )
    anyway = (
        select(Ticket.id)
        .where(Ticket.customer_id == identity.customer_id, Ticket.closed_at.is_(None))
        .order_by(Ticket.id.desc())
        .limit(1)
    )
    return db.session.scalar(own) or db.session.scalar(anyway)


def closed_ticket_of(identity: Identity, *, at: datetime) -> int | None:
    """Return the ticket of this number that was resolved last, if a return to it still belongs to the matter."""
    return db.session.scalar(
        select(Ticket.id)
        .join(Conversation, Conversation.ticket_id == Ticket.id)
        .where(
            Conversation.identity_id == identity.id,
            Ticket.state == TicketState.RESOLVED,
            Ticket.closed_at >= at - REOPEN_WINDOW,
        )
        .order_by(Ticket.closed_at.desc())
        .limit(1)
    )


def new_ticket(identity: Identity, channel: Channel, *, at: datetime) -> Ticket:
    """Open a ticket of a caller's; its subject and what is owed on it come with the call that is filed under it."""
    name = identity.name or name_of(identity.value)
    ticket = Ticket(
        state=TicketState.WAITING,
        priority=Priority.NORMAL,
        team_id=channel.team_id,
        customer_id=identity.customer_id,
        customer_name=name[:200],
        created_at=at,
        updated_at=at,
        preview_at=at,
        queue_at=NOTHING_DUE,
        channel_kind=channel.kind,
        channel_count=0,
    )
    db.session.add(ticket)
    db.session.flush()
    return held(ticket.id)


def conversation_on(ticket: Ticket, channel: Channel, identity: Identity, *, at: datetime) -> int:
    """Return the conversation of this number on the ticket; one is opened where there is none."""
    known = select(Conversation.id).where(
        Conversation.ticket_id == ticket.id,
        Conversation.channel_id == channel.id,
        Conversation.identity_id == identity.id,
    )
    found = db.session.scalar(known.order_by(Conversation.id.desc()).limit(1))
    if found:
        return found
    kinds = select(Channel.kind).join(Conversation, Conversation.channel_id == Channel.id)
    ticket.channel_count += KIND not in set(db.session.scalars(kinds.where(Conversation.ticket_id == ticket.id)))
    return add(
        Conversation,
        ticket_id=ticket.id,
        home_ticket_id=ticket.id,
        channel_id=channel.id,
        identity_id=identity.id,
        external_key=identity.value[:254],
        created_at=at,
    )


def name_of(number: str) -> str:
    """Return a number as people read it, or that there is none."""
    return shown(number) if number.startswith("+") else WITHHELD
