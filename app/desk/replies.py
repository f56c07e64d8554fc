"""Answering a customer, trying a failed answer again, and settling one whose fate is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from app import queue
from app.access import Person
from app.db import db, once_more, transaction
from app.desk import bounces, clocks, outbox
from app.desk.writing import badges, held_for, record, recount
from app.errors import NotFound, Refused
from app.models import Channel, Conversation, Message, MessageClass, MessageState, Ticket

LONGEST_TEXT = 100_000


@once_more
def reply(
    conversation_id: int,
    *,
    text: str,
    enclosures: Sequence[outbox.Enclosure] = (),
    last_seen_id: int | None = None,
    by: Person,
    at: datetime,
) -> int:
    """Queue an answer and return the message's id; everything owed on the ticket counts as answered from now.

    The verdict is passed when the provider accepts it. `last_seen_id`: the newest message its author had read.
    """
    words = _sayable(text)
    with transaction() as afterwards:
        loaded = _load(conversation_id)
        ticket: Ticket = loaded.Ticket
        _refuse_unseen(ticket.id, last_seen_id)
        before = badges(ticket)
        message_id = outbox.enqueue(
            loaded,
            conversation_id=conversation_id,
            subject=loaded.subject,
            text=words,
            message_class=MessageClass.SUBSTANTIVE,
            author_id=by.id,
            author_name=by.name,
            enclosures=enclosures,
            at=at,
            afterwards=afterwards,
        )
        clocks.answer(ticket.id, message_id, at=at)
        ticket.answered_at = ticket.updated_at = at
        clocks.renew(ticket)
        if ticket.assignee_id is None:
            ticket.assignee_id = by.id
        record("replied", ticket_id=ticket.id, at=at, actor_id=by.id, message_id=message_id, afterwards=afterwards)
        recount(before, badges(ticket))
    return message_id


def _sayable(text: str) -> str:
    words = text.strip()
    if not words:
        raise Refused("Bitte schreiben Sie einen Text.", field="text")
    if len(words) > LONGEST_TEXT:
        raise Refused("Der Text ist zu lang: höchstens %(most)s Zeichen.", field="text", most=LONGEST_TEXT)
    return words


_LOADED = (
    select(Conversation.subject, Ticket, Channel.id, Channel.address)
    .join(Ticket, Ticket.id == Conversation.ticket_id)
    .join(Channel, Channel.id == Conversation.channel_id)
    .where(Conversation.id == bindparam("conversation"))
    .with_for_update(of=Ticket, key_share=True)
)


def _load(conversation_id: int) -> Any:
    """Return the conversation's subject, its ticket with the row held, and id and address of its channel."""
    found = db.session.execute(_LOADED, {"conversation": conversation_id}).first()
    if found is None:
        raise NotFound("Diesen Gesprächsfaden gibt es nicht.")
    return found


def _refuse_unseen(ticket_id: int, last_seen_id: int | None) -> None:
    if last_seen_id is None:
        return
    newer = db.session.scalar(
        select(Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.ticket_id == ticket_id,
            Message.id > last_seen_id,
            Message.message_class != MessageClass.AUTO,
        )
        .limit(1)
    )
    if newer:
        raise Refused("Neu seit Ihrem Entwurf: Bitte lesen Sie erst die neue Nachricht.", field="text")


@once_more
def retry(message_id: int, *, by: Person, at: datetime) -> None:
    """Queue a failed or unsure message again under the same id, so that a double can be recognised over there."""
    with transaction() as afterwards:
        ticket = held_for(message_id)
        before = badges(ticket)
        freed = db.session.scalar(
            update(Message)
            .where(Message.id == message_id, Message.state.in_([MessageState.FAILED, MessageState.UNSURE]))
            .values(state=MessageState.QUEUED, retry_at=None, attempts=0, fault="", fault_words="")
            .returning(Message.id)
        )
        if freed is None:
            raise Refused("Diese Nachricht ist schon unterwegs.")
        message = db.session.get_one(Message, message_id)
        if message.message_class is MessageClass.SUBSTANTIVE:
            clocks.answer(ticket.id, message_id, at=message.stored_at)
            ticket.answered_at = clocks.last_answer(ticket.id)
            clocks.renew(ticket)
        record("retried", ticket_id=ticket.id, at=at, actor_id=by.id, message_id=message_id, afterwards=afterwards)
        recount(before, badges(ticket))
        afterwards.append(lambda: queue.deliver_later(message_id))


@once_more
def confirm_sent(message_id: int, *, by: Person, at: datetime) -> None:
    """A person found out that an unsure message did arrive; it counts from the instant it was handed over."""
    with transaction() as afterwards:
        ticket = held_for(message_id)
        before = badges(ticket)
        settled = db.session.scalar(
            update(Message)
            .where(Message.id == message_id, Message.state == MessageState.UNSURE)
            .values(state=MessageState.SENT, fault="", fault_words="")
            .returning(Message.id)
        )
        if settled is None:
            raise Refused("Diese Nachricht ist nicht mehr unsicher.")
        message = db.session.get_one(Message, message_id)
        if message.message_class is MessageClass.SUBSTANTIVE:
            clocks.answer(ticket.id, message_id, at=message.stored_at)
            clocks.settle(message_id, at=message.sent_at)
            ticket.answered_at = clocks.last_answer(ticket.id)
            clocks.renew(ticket)
        record("confirmed", ticket_id=ticket.id, at=at, actor_id=by.id, message_id=message_id, afterwards=afterwards)
        recount(before, badges(ticket))


@once_more
def discard(message_id: int, *, by: Person, at: datetime) -> None:
    """Give a failed or unsure message up: it stays on the timeline, and what it had answered is owed."""
    with transaction() as afterwards:
        ticket = held_for(message_id)
        before = badges(ticket)
        given_up = db.session.scalar(
            update(Message)
            .where(Message.id == message_id, Message.state == MessageState.UNSURE)
            .values(state=MessageState.FAILED, fault="given_up")
            .returning(Message.id)
        )
        if given_up is None:
            raise Refused("Diese Nachricht ist nicht mehr unsicher.")
        bounces.owe_again(message_id, ticket=ticket)
        record("given_up", ticket_id=ticket.id, at=at, actor_id=by.id, message_id=message_id, afterwards=afterwards)
        recount(before, badges(ticket))
