"""The path of an outgoing message: claimed, handed over without a transaction, settled.

queued -> sending -> sent
            |-> queued      a temporary fault; tried again later
            |-> failed      a permanent one, or no patience left; what it had answered is owed again
            '-> unsure      nobody knows whether it went out: a person decides, it is never sent twice by itself
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app import queue, seal
from app.db import Afterwards, database_now, db, once_more, transaction
from app.desk import bounces, clocks
from app.desk.accounts import account_of
from app.desk.writing import badges, held_for, record, recount
from app.models import (
    IN_OUTBOX,
    Attachment,
    Channel,
    Conversation,
    Direction,
    Identity,
    Message,
    MessageClass,
    MessageState,
    Ticket,
)
from channels.contract import Account, DeliveryError, DeliveryFault, Handle, Outgoing, Sent
from routing import reply_token

BACKOFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""Waiting times after temporary faults; the last one repeats."""
PATIENCE = 20
"""Attempts, about four hours with these waiting times, after which a message that was never taken has failed."""
MOST_REFERENCES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A claimed message with everything needed to hand it over; `enclosures` are (name, type, digest)."""

    message_id: int
    account: Account
    outgoing: Outgoing
    enclosures: tuple[tuple[str, str, str], ...]


def claim(message_id: int, *, at: datetime) -> Parcel | None:
    """Take a queued message for sending; None if another worker has it, it rests, or its channel is paused."""
    with transaction():
        claimed = db.session.scalar(
            update(Message)
            .where(
                Message.id == message_id,
                Message.state == MessageState.QUEUED,
                (Message.retry_at.is_(None)) | (Message.retry_at <= at),
                Message.channel_id.in_(select(Channel.id).where(Channel.is_paused.is_(False))),
            )
            .values(state=MessageState.SENDING, claimed_at=database_now(), attempts=Message.attempts + 1)
            .returning(Message.id)
        )
        return _parcel(message_id) if claimed else None


def _parcel(message_id: int) -> Parcel:
    message, conversation, channel, identity = db.session.execute(
        select(Message, Conversation, Channel, Identity)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Channel, Channel.id == Message.channel_id)
        .join(Identity, Identity.id == Conversation.identity_id)
        .where(Message.id == message_id)
    ).one()
    references = _references(conversation.id, before=message_id)
    outgoing = Outgoing(
        external_id=message.external_id,
        recipient=Handle(kind=identity.kind, value=identity.value, name=identity.name, scope=identity.scope),
        text=message.text,
        subject=message.subject,
        replies_to=references[-1] if references else "",
        references=references,
        reply_token=reply_token.sign(conversation.id, key=seal.token_keys()[0]),
        ticket_number=conversation.ticket_id,
        is_automatic=message.is_automatic,
        author_name=message.author_name,
        sent_at=message.sent_at,
    )
    enclosures = _enclosures(message_id) if message.attachment_count else ()
    return Parcel(message_id=message_id, account=account_of(channel), outgoing=outgoing, enclosures=enclosures)


def _references(conversation_id: int, *, before: int) -> tuple[str, ...]:
    """Return the newest ids of the thread, the oldest first; what did not go out is not part of it."""
    found = db.session.scalars(
        select(Message.external_id)
        .where(
            Message.conversation_id == conversation_id,
            Message.id < before,
            Message.is_bounce.is_(False),
            Message.state.in_([MessageState.RECEIVED, MessageState.SENT]),
        )
        .order_by((Message.direction == Direction.IN).desc(), Message.id.desc())
        .limit(MOST_REFERENCES)
    )
    return tuple(reversed(list(found)))


def _enclosures(message_id: int) -> tuple[tuple[str, str, str], ...]:
    found = db.session.execute(
        select(Attachment.name, Attachment.type, Attachment.digest)
        .where(Attachment.message_id == message_id)
        .order_by(Attachment.id)
    )
    return tuple((name, type_, digest) for name, type_, digest in found)


@once_more
def settle(message_id: int, sent: Sent, *, at: datetime) -> None:
    """The provider accepted the message at `at`; what it answers is judged by that instant."""
    with transaction() as afterwards:
        ticket = held_for(message_id)
        settled = db.session.execute(
            update(Message)
            .where(Message.id == message_id, Message.state.in_([MessageState.SENDING, MessageState.UNSURE]))
            .values(
                state=MessageState.SENT,
                sent_at=at,
                fault="",
                fault_words="",
                retry_at=None,
                details={"accepted_as": sent.external_id, "remark": sent.remark},
            )
            .returning(Message.stored_at, Message.message_class, Message.channel_id)
        ).first()
        if settled is None:
            return
        if settled.message_class is MessageClass.SUBSTANTIVE:
            _settle_clocks(ticket, message_id, stored_at=settled.stored_at, at=at)
        _reached(settled.channel_id, at=at)
        record("sent", ticket_id=ticket.id, at=at, message_id=message_id, afterwards=afterwards)


def _settle_clocks(ticket: Ticket, message_id: int, *, stored_at: datetime, at: datetime) -> None:
    """Judge what the message answers, also if it had been taken for lost meanwhile."""
    before = badges(ticket)
    clocks.answer(ticket.id, message_id, at=stored_at)
    clocks.settle(message_id, at=at)
    db.session.flush()
    ticket.answered_at = max(stored_at, ticket.answered_at or stored_at)
    clocks.renew(ticket)
    recount(before, badges(ticket))


def _reached(channel_id: int, *, at: datetime) -> None:
    db.session.execute(update(Channel).where(Channel.id == channel_id).values(reached_at=at))


@once_more
def fail(message_id: int, error: DeliveryError, *, at: datetime) -> None:
    """Write down why a message did not go out, and what follows: again later, failed, or unsure."""
    with transaction() as afterwards:
        ticket = held_for(message_id)
        message = db.session.get_one(Message, message_id)
        if message.state is not MessageState.SENDING:
            return
        message.fault, message.fault_words = error.fault.value, error.words[:500]
        if error.fault is DeliveryFault.UNSURE:
            _lose(message, MessageState.UNSURE, ticket, at=at, afterwards=afterwards)
        elif error.is_permanent or message.attempts >= PATIENCE:
            _lose(message, MessageState.FAILED, ticket, at=at, afterwards=afterwards)
        else:
            wait = BACKOFF[min(message.attempts, len(BACKOFF)) - 1]
            message.state = MessageState.QUEUED
            message.retry_at = at + (timedelta(seconds=error.retry_within) if error.retry_within else wait)


@once_more
def lose_track(message_id: int, *, at: datetime) -> None:
    """A claim was never settled: the worker died, perhaps after the message had gone out."""
    with transaction() as afterwards:
        ticket = held_for(message_id)
        message = db.session.get_one(Message, message_id)
        if message.state is MessageState.SENDING:
            message.fault = DeliveryFault.UNSURE.value
            message.fault_words = "Der Versand wurde unterbrochen."
            _lose(message, MessageState.UNSURE, ticket, at=at, afterwards=afterwards)


def _lose(message: Message, state: MessageState, ticket: Ticket, *, at: datetime, afterwards: Afterwards) -> None:
    message.state = state
    db.session.flush()
    before = badges(ticket)
    if message.message_class is MessageClass.SUBSTANTIVE:
        bounces.owe_again(message.id, ticket=ticket)
    record(
        state.value, ticket_id=ticket.id, at=at, message_id=message.id, afterwards=afterwards, words=message.fault_words
    )
    recount(before, badges(ticket))


def lost(*, lease: float, limit: int = 500) -> list[int]:
    """Return messages whose claim is older than the lease (seconds, database time)."""
    now = db.session.execute(select(database_now())).scalar_one()
    return list(
        db.session.scalars(
            select(Message.id)
            .where(
                IN_OUTBOX, Message.state == MessageState.SENDING, Message.claimed_at < now - timedelta(seconds=lease)
            )
            .order_by(Message.id)
            .limit(limit)
        )
    )


def waiting(*, at: datetime, limit: int = 500) -> list[int]:
    """Return queued messages whose time has come, the oldest first; the queue may have forgotten them."""
    return list(
        db.session.scalars(
            select(Message.id)
            .join(Channel, Channel.id == Message.channel_id)
            .where(
                IN_OUTBOX,
                Message.state == MessageState.QUEUED,
                (Message.retry_at.is_(None)) | (Message.retry_at <= at),
                Channel.is_paused.is_(False),
            )
            .order_by(Message.id)
            .limit(limit)
        )
    )


def deliver_again(message_ids: list[int]) -> None:
    """Hand messages to the workers once more; the rows decide, so a double hand-over is harmless."""
    for message_id in message_ids:
        queue.deliver_later(message_id)
