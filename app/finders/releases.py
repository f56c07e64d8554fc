"""Public answers that wait to be let go: on one ticket, and for everybody who may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from app.access import Person, visible
from app.db import db
from app.finders.drafts import KEPT, Kept
from app.models import UNRELEASED, Agent, Channel, Conversation, DraftFile, Release, ReleaseState, Ticket

MOST = 200


class Waiting(NamedTuple):
    """One of them, with what somebody needs to decide."""

    id: int
    number: int
    subject: str
    customer: str
    conversation: int
    channel_kind: str
    text: str
    asker: str
    asker_id: int
    at: datetime
    due_at: datetime | None
    files: list[Kept]


def on_ticket(ticket_id: int) -> list[Waiting]:
    """Return what waits on a ticket, the oldest first; the door has asked `access` for it before."""
    return _read(_ALL.where(Ticket.id == ticket_id))


def listed(person: Person) -> list[Waiting]:
    """Return what waits on the tickets this person may see, the oldest first."""
    return _read(_ALL.where(visible(person)).limit(MOST))


def _read(statement: Select[*tuple[Any, ...]]) -> list[Waiting]:
    rows = db.session.execute(statement).all()
    along = files([row[0] for row in rows])
    return [Waiting._make((*row, along.get(row[0], []))) for row in rows]


def files(release_ids: Sequence[int]) -> dict[int, list[Kept]]:
    """Return the files of each release that has any."""
    found: dict[int, list[Kept]] = {}
    if release_ids:
        wanted = select(DraftFile.release_id, *KEPT).where(DraftFile.release_id.in_(release_ids))
        row: Any
        for row in db.session.execute(wanted.order_by(DraftFile.id)):
            found.setdefault(row[0], []).append(Kept._make(row[1:]))
    return found


_ALL = (
    select(
        Release.id,
        Ticket.id,
        Ticket.subject,
        Ticket.customer_name,
        Release.conversation_id,
        Channel.kind,
        Release.text,
        Agent.name,
        Agent.id,
        Release.asked_at,
        Ticket.due_at,
    )
    .join(Conversation, Conversation.id == Release.conversation_id)
    .join(Ticket, Ticket.id == Conversation.ticket_id)
    .join(Channel, Channel.id == Conversation.channel_id)
    .join(Agent, Agent.id == Release.asked_by_id)
    .where(UNRELEASED)
    .order_by(Release.asked_at, Release.id)
)


class Standing(NamedTuple):
    """What became of one; `message` is the answer it has become."""

    id: int
    ticket: int
    conversation: int
    text: str
    state: ReleaseState
    reason: str
    message: int | None


def one(release_id: int) -> Standing | None:
    """Return one by its id, under the ticket where its conversation lies now."""
    row = db.session.execute(
        select(
            Release.id,
            Conversation.ticket_id,
            Release.conversation_id,
            Release.text,
            Release.state,
            Release.reason,
            Release.message_id,
        )
        .join(Conversation, Conversation.id == Release.conversation_id)
        .where(Release.id == release_id)
    ).first()
    return Standing._make(row) if row else None
