"""Everything about one ticket for a program: threads with their messages and files, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from app.db import db
from app.finders import capability, customers, tickets
from app.finders.capability import Speaking
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
    MessageKind,
    MessageState,
    Note,
    Revision,
)

MOST_MESSAGES = 1000
MOST_EVENTS = 1000
"""The newest ones; a ticket with more says so."""


class Thread(NamedTuple):
    """A conversation, its channel, the address we answer to, and whether we may."""

    id: int
    subject: str
    public: bool
    home_ticket: int
    channel_id: int
    channel_kind: str
    channel_name: str
    address: str
    speaking: Speaking


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
    public: bool
    kind: MessageKind
    elsewhere: bool
    answers: int | None
    edited_at: datetime | None
    removed_at: datetime | None
    hidden_at: datetime | None
    progress: str
    stored_at: datetime
    details: dict[str, Any]


class File(NamedTuple):
    message: int
    id: int
    name: str
    type: str
    size: int
    sha256: str
    inline: bool


class Revised(NamedTuple):
    """What a message said until it was edited."""

    message: int
    text: str
    until: datetime


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
    revisions: list[Revised]
    events: list[Happened]
    is_cut: bool


def dossier(number: int, *, now: datetime) -> Dossier:
    """Read the ticket in six statements, seven where something was edited; the door has asked `access` before."""
    head = tickets.row(number)
    threads = _threads(number, now=now)
    messages = _messages([thread.id for thread in threads])
    events = _events(sorted({number, *(thread.home_ticket for thread in threads)}))
    return Dossier(
        head=head,
        addresses=customers.addresses_of([head.customer_id]).get(head.customer_id, []),
        threads=threads,
        messages=messages,
        files=_files([message.id for message in messages if message.attachment_count]),
        revisions=_revisions([message.id for message in messages if message.edited_at]),
        events=events,
        is_cut=len(messages) == MOST_MESSAGES or len(events) == MOST_EVENTS,
    )


def _threads(number: int, *, now: datetime) -> list[Thread]:
    rows = db.session.execute(
        select(
            Conversation.id,
            Conversation.subject,
            Conversation.home_ticket_id,
            *capability.COLUMNS,
        )
        .join(Channel, Channel.id == Conversation.channel_id)
        .join(Identity, Identity.id == Conversation.identity_id)
        .where(Conversation.ticket_id == number)
        .order_by(Conversation.id)
    )
    return [_thread(*row, now=now) for row in rows]


def _thread(id_: int, subject: str, home_ticket: int, *facts: Any, now: datetime) -> Thread:
    known = capability.Facts._make(facts)
    return Thread(
        id=id_,
        subject=subject,
        public=known.is_public,
        home_ticket=home_ticket,
        channel_id=known.channel_id,
        channel_kind=known.channel_kind,
        channel_name=known.channel_name,
        address=known.identity_value,
        speaking=capability.speaking_of(known, now=now),
    )


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
            Message.is_public,
            Message.kind,
            Message.is_elsewhere,
            Message.answers_id,
            Message.edited_at,
            Message.removed_at,
            Message.hidden_at,
            Message.progress,
            Message.stored_at,
            Message.details,
        )
        .where(Message.conversation_id.in_(conversation_ids))
        .order_by(Message.id.desc())
        .limit(MOST_MESSAGES)
    ).all()
    # By the platform's time, for calls come in any order.
    return sorted((Said._make(row) for row in rows), key=lambda said: (said.sent_at, said.id))


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


def _revisions(message_ids: Sequence[int]) -> list[Revised]:
    if not message_ids:
        return []
    rows = db.session.execute(
        select(Revision.message_id, Revision.text, Revision.until)
        .where(Revision.message_id.in_(message_ids))
        .order_by(Revision.id)
    )
    return [Revised._make(row) for row in rows]


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
