"""A first message from us: on a ticket it belongs to, or as the beginning of a new one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.access import Person
from app.db import db, once_more, transaction
from app.desk import answering, outbox, recipients, saying, spread
from app.desk.writing import add, badges, held, recount
from app.errors import NotFound, Refused
from app.models import (
    NOTHING_DUE,
    Channel,
    Conversation,
    Identity,
    MessageClass,
    Priority,
    Ticket,
    TicketState,
)
from channels.registry import is_social

PREVIEW_LENGTH = 140


@once_more
def write_first(
    *,
    channel_id: int,
    to: str = "",
    identity_id: int | None = None,
    subject: str = "",
    text: str,
    ticket_id: int | None = None,
    enclosures: Sequence[outbox.Enclosure] = (),
    by: Person,
    at: datetime,
) -> tuple[int, int]:
    """Open a conversation with a person and queue the first message; returns ticket number and message id.

    On a ticket of theirs it answers whatever is owed there, on all its channels; a ticket that begins with it owes
    nothing until they answer. Raises `Refused` with a code where the platform does not let us begin.
    """
    words = text.strip()
    if not words:
        raise Refused("Bitte schreiben Sie einen Text.", field="text")
    with transaction() as afterwards:
        channel = _channel(channel_id)
        ticket = _held(ticket_id) if ticket_id else None
        identity = recipients.recipient(channel, to=to, identity_id=identity_id, ticket=ticket, at=at)
        earlier = _permitted(channel, identity, text=words, files=enclosures, at=at)
        begun = ticket or _ticket(channel, identity, subject=subject, words=words, by=by, at=at)
        message_id = outbox.enqueue(
            channel,
            conversation_id=_begin(begun, channel, identity, earlier, subject=subject, at=at),
            subject=subject,
            text=words,
            message_class=MessageClass.SUBSTANTIVE,
            author=by,
            enclosures=enclosures,
            at=at,
            afterwards=afterwards,
        )
        answering.count_as_answer(begun, message_id, event="wrote", by=by, at=at, afterwards=afterwards)
    return begun.id, message_id


def begin(
    ticket: Ticket,
    channel: Channel,
    identity: Identity,
    *,
    text: str,
    files: Sequence[outbox.Enclosure],
    at: datetime,
) -> int:
    """Inside a verb that holds the ticket: open a conversation for an answer, and return its id.

    Raises `Refused` with a code where the platform does not let us begin, or would not take the text.
    """
    earlier = _permitted(channel, identity, text=text, files=files, at=at)
    return _begin(ticket, channel, identity, earlier, subject=ticket.subject, at=at)


def _permitted(
    channel: Channel, identity: Identity, *, text: str, files: Sequence[outbox.Enclosure], at: datetime
) -> Conversation | None:
    """Return what we have with this address already; raises `Refused` where the platform lets us not begin."""
    earlier = _earlier(channel, identity)
    capability = saying.capability_of(channel, saying.first_exchange(identity, earlier), is_public=False, at=at)
    saying.refuse_impossible(capability, is_public=False, text=text, files=files, at=at)
    return earlier


def _channel(channel_id: int) -> Channel:
    found = db.session.get(Channel, channel_id)
    if found is None:
        raise NotFound("Diesen Kanal gibt es nicht.")
    return found


def _held(ticket_id: int) -> Ticket:
    ticket = held(ticket_id)
    if ticket.state is TicketState.JOINED:
        raise Refused("Dieses Anliegen ist mit einem anderen verbunden.")
    return ticket


def _earlier(channel: Channel, identity: Identity) -> Conversation | None:
    """Return the newest private conversation with this address, on whichever ticket: the platform has one thread."""
    if channel.kind in saying.OWN_IDS:
        return None
    return saying.with_one_person(
        db.session.scalars(
            select(Conversation)
            .where(
                Conversation.identity_id == identity.id,
                Conversation.channel_id == channel.id,
                Conversation.is_public.is_(False),
            )
            .order_by(Conversation.heard_at.desc().nulls_last(), Conversation.id.desc())
        )
    )


def _begin(
    ticket: Ticket, channel: Channel, identity: Identity, earlier: Conversation | None, *, subject: str, at: datetime
) -> int:
    """Open the conversation; it goes on where the platform's thread with this person stands."""
    if earlier is not None and earlier.ticket_id == ticket.id:
        return earlier.id
    conversation_id = add(
        Conversation,
        ticket_id=ticket.id,
        home_ticket_id=ticket.id,
        channel_id=channel.id,
        identity_id=identity.id,
        external_key=earlier.external_key if earlier else "",
        heard_at=earlier.heard_at if earlier else None,
        details=dict(earlier.details) if earlier else {},
        subject=subject[:300],
        created_at=at,
    )
    before = badges(ticket)
    spread.renew(ticket)
    recount(before, badges(ticket))
    return conversation_id


def _ticket(channel: Channel, identity: Identity, *, subject: str, words: str, by: Person, at: datetime) -> Ticket:
    preview = " ".join(words[: PREVIEW_LENGTH * 3].split())[:PREVIEW_LENGTH]
    ticket = Ticket(
        subject=subject[:300] or preview,
        state=TicketState.WAITING,
        priority=Priority.NORMAL,
        team_id=channel.team_id,
        assignee_id=by.id,
        customer_id=identity.customer_id,
        customer_name=(identity.name or identity.value)[:200],
        created_at=at,
        updated_at=at,
        answered_at=at,
        preview=preview,
        preview_at=at,
        queue_at=NOTHING_DUE,
        channel_kind=channel.kind,
        channel_count=1,
        is_social=is_social(channel.kind),
    )
    db.session.add(ticket)
    db.session.flush()
    recount((), badges(ticket))
    return ticket
