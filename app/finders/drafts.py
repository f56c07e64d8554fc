"""Drafts on tickets: one's own on every device, and those of colleagues that whoever opens it should know of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select

from app.access import Person
from app.db import db
from app.models import Agent, Conversation, Draft, DraftFile, Ticket

FRESH = timedelta(hours=12)
"""How long a colleague's draft is shown: what nobody touched for longer is being written no more."""


class Begun(NamedTuple):
    """What somebody has begun to write."""

    id: int
    agent_id: int
    name: str
    kind: str
    conversation_id: int | None
    is_public: bool
    text: str
    seen_id: int | None
    details: dict[str, Any]
    updated_at: datetime


class OnTicket(NamedTuple):
    own: list[Begun]
    others: list[Begun]


def of(ticket_id: int, person: Person, *, now: datetime) -> OnTicket:
    """Return the drafts on a ticket; one statement. A draft of an answer lies where its conversation lies."""
    here = select(Conversation.id).where(Conversation.ticket_id == ticket_id)
    numbers = select(Ticket.id).where((Ticket.id == ticket_id) | (Ticket.joined_into_id == ticket_id))
    is_loose = Draft.conversation_id.is_(None) & Draft.ticket_id.in_(numbers)
    rows = db.session.execute(
        select(
            Draft.id,
            Draft.agent_id,
            Agent.name,
            Draft.kind,
            Draft.conversation_id,
            Draft.is_public,
            Draft.text,
            Draft.seen_id,
            Draft.details,
            Draft.updated_at,
        )
        .join(Agent, Agent.id == Draft.agent_id)
        .where(or_(is_loose, Draft.conversation_id.in_(here)))
        .order_by(Draft.updated_at, Draft.id)
    )
    found = [Begun._make(row) for row in rows]
    others = [each for each in found if each.agent_id != person.id and now - each.updated_at < FRESH]
    return OnTicket([each for each in found if each.agent_id == person.id], others)


class Kept(NamedTuple):
    """A file of a draft, or of an answer that waits for its release."""

    id: int
    name: str
    type: str
    size: int


KEPT = (DraftFile.id, DraftFile.name, DraftFile.type, DraftFile.size)
"""The columns of one."""


def files(own: Iterable[Begun]) -> list[Kept]:
    """Return the files of one's draft of an answer; nothing is asked where there is none."""
    ids = [each.id for each in own if each.kind == "reply"]
    if not ids:
        return []
    # The newest draft is the one that the page shows.
    rows = db.session.execute(select(*KEPT).where(DraftFile.draft_id == ids[-1]).order_by(DraftFile.id))
    return [Kept._make(row) for row in rows]


def among(numbers: Collection[int], person: Person) -> frozenset[int]:
    """Return on which of these tickets this person has begun to write."""
    if not numbers:
        return frozenset()
    lies_on = func.coalesce(Conversation.ticket_id, Draft.ticket_id)
    wanted = (
        select(lies_on)
        .select_from(Draft)
        .outerjoin(Conversation, Conversation.id == Draft.conversation_id)
        .where(Draft.agent_id == person.id, lies_on.in_(numbers))
    )
    return frozenset(db.session.scalars(wanted))
