"""Everything about one ticket for a program: threads with their messages and files, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from app.db import db
from app.finders import customers, tickets
from app.models import (
    Agent,
    Attachment,
    Channel,
    Conversation,
    Direction,
    Event,
    Identity,
    Message,
    MessageClass,
    MessageState,
    Note,
)

MOST_MESSAGES = 1000
MOST_EVENTS = 1000
"""The newest ones; a ticket with more says so."""


class Thread(NamedTuple):
    """A conversation, its channel, and the address we answer to."""

    id: int
    subject: str
    public: bool
    home_ticket: int
    channel_id: int
    channel_kind: str
    channel_name: str
    address: str


class Said(NamedTuple):
    """A message; `html` is as it arrived and must be made harmless before it is shown."""

    id: int
    conversation: int
    external_id: str
    direction: Direction
    author_name: str
    author_address: str
    message_class: MessageClass
    automatic: bool
    bounce: bool
    subject: str
    text: str
    quoted_text: str
    html: str
    sent_at: datetime
    delivery: MessageState
    fault: str
    fault_words: str
    attachment_count: int


class File(NamedTuple):
    message: int
    id: int
    name: str
    type: str
    size: int
    sha256: str
    inline: bool


class Happened(NamedTuple):
    at: datetime
    kind: str
    actor: str | None
    ticket: int
    message: int | None
    note: str | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """The rows, each kind in order of time; `is_cut` when the oldest messages or events are left out."""

    head: tickets.TicketRow
    addresses: list[customers.Address]
    threads: list[Thread]
    messages: list[Said]
    files: list[File]
    events: list[Happened]
    is_cut: bool


def dossier(number: int) -> Dossier:
    """Read the ticket in six statements; the door has asked `access` for it before."""
    head = tickets.row(number)
    threads = _threads(number)
    messages = _messages([thread.id for thread in threads])
    events = _events(sorted({number, *(thread.home_ticket for thread in threads)}))
    return Dossier(
        head=head,
        addresses=customers.addresses_of([head.customer_id]).get(head.customer_id, []),
        threads=threads,
        messages=messages,
        files=_files([message.id for message in messages if message.attachment_count]),
        events=events,
        is_cut=len(messages) == MOST_MESSAGES or len(events) == MOST_EVENTS,
    )


def _threads(number: int) -> list[Thread]:
    rows = db.session.execute(
        select(
            Conversation.id,
            Conversation.subject,
            Conversation.is_public,
            Conversation.home_ticket_id,
            Channel.id,
            Channel.kind,
            Channel.name,
            Identity.value,
        )
        .join(Channel, Channel.id == Conversation.channel_id)
        .join(Identity, Identity.id == Conversation.identity_id)
        .where(Conversation.ticket_id == number)
        .order_by(Conversation.id)
    )
    return [Thread._make(row) for row in rows]


def _messages(conversation_ids: Sequence[int]) -> list[Said]:
    rows = db.session.execute(
        select(
            Message.id,
            Message.conversation_id,
            Message.external_id,
            Message.direction,
            Message.author_name,
            Message.author_address,
            Message.message_class,
            Message.is_automatic,
            Message.is_bounce,
            Message.subject,
            Message.text,
            Message.quoted_text,
            Message.html,
            Message.sent_at,
            Message.state,
            Message.fault,
            Message.fault_words,
            Message.attachment_count,
        )
        .where(Message.conversation_id.in_(conversation_ids))
        .order_by(Message.id.desc())
        .limit(MOST_MESSAGES)
    ).all()
    return [Said._make(row) for row in reversed(rows)]


def _files(message_ids: Sequence[int]) -> list[File]:
    if not message_ids:
        return []
    rows = db.session.execute(
        select(
            Attachment.message_id,
            Attachment.id,
            Attachment.name,
            Attachment.type,
            Attachment.size,
            Attachment.digest,
            Attachment.is_inline,
        )
        .where(Attachment.message_id.in_(message_ids))
        .order_by(Attachment.id)
    )
    return [File._make(row) for row in rows]


def _events(numbers: Sequence[int]) -> list[Happened]:
    """Return what happened to the ticket and to those that were joined into it."""
    rows = db.session.execute(
        select(Event.at, Event.kind, Agent.name, Event.ticket_id, Event.message_id, Note.text, Event.details)
        .outerjoin(Agent, Agent.id == Event.actor_id)
        .outerjoin(Note, Note.id == Event.note_id)
        .where(Event.ticket_id.in_(numbers))
        .order_by(Event.id.desc())
        .limit(MOST_EVENTS)
    ).all()
    return [Happened._make(row) for row in reversed(rows)]
