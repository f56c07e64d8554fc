"""How an answer that waits for its release comes to an end: what its author gets back, and what the ticket says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.access import Person
from app.db import Afterwards, db
from app.desk import draft_files, drafts, release_told
from app.desk.writing import record
from app.models import Agent, Conversation, Release, ReleaseState, Ticket

_PROMISED = {"promise": "promise_at", "promise_text": "promise_text"}
"""Keys of a draft's details and of those of a release."""


def waiting_on(ticket_id: int) -> list[Release]:
    """Return the answers that wait on a ticket's conversations, the oldest first."""
    found = (
        select(Release)
        .join(Conversation, Conversation.id == Release.conversation_id)
        .where(Conversation.ticket_id == ticket_id, Release.state == ReleaseState.ASKED)
        .order_by(Release.id)
    )
    return list(db.session.scalars(found))


def withdraw_all(ticket: Ticket, *, by: Person, at: datetime, afterwards: Afterwards) -> None:
    """Inside a verb that holds the ticket: give every answer that waits on it back to its author, who is told."""
    for release in waiting_on(ticket.id):
        settle(release, ReleaseState.WITHDRAWN, by=by, at=at)
        give_back(release, ticket, at=at, afterwards=afterwards)
        tell_timeline("release_withdrawn", release, ticket, by=by, at=at, afterwards=afterwards)
        if release.asked_by_id != by.id:
            release_told.answered(release, ticket, by=by, at=at, afterwards=afterwards)


def settle(release: Release, state: ReleaseState, *, by: Person, at: datetime) -> None:
    """Write down who decided, when, and how."""
    release.state, release.answered_by_id, release.answered_at = state, by.id, at


def give_back(release: Release, ticket: Ticket, *, at: datetime, afterwards: Afterwards) -> None:
    """Put the text where its author goes on writing; what they have begun since stays, below it or on its own way.

    Its files go along.
    """
    begun = drafts.of(ticket.id, "reply", by_id=release.asked_by_id)
    is_same_way = begun is None or (begun.is_public and begun.conversation_id == release.conversation_id)
    later = begun.text.strip() if begun and begun.text.strip() != release.text else ""
    # What was meant for everybody may stand in a private draft, but never the other way round.
    texts = [release.text, later] if is_same_way else [later, release.text]
    details: dict[str, Any] = {"class": release.details.get("class") or "substantive"}
    if release.details.get("promise_at"):
        details |= {key: release.details.get(other) for key, other in _PROMISED.items()}
    drafts.put(
        ticket.id,
        "reply",
        drafts.Begun(
            text="\n\n".join(filter(None, texts)),
            conversation_id=release.conversation_id if is_same_way or begun is None else begun.conversation_id,
            is_public=is_same_way or begun is None or begun.is_public,
            seen_id=int(release.details.get("seen_id") or 0) or None,
            details=details if is_same_way or begun is None else dict(begun.details),
        ),
        by_id=release.asked_by_id,
        at=at,
        afterwards=afterwards,
    )
    draft_files.give_back(release.id, ticket.id, by_id=release.asked_by_id)


def tell_timeline(
    kind: str, release: Release, ticket: Ticket, *, by: Person, at: datetime, afterwards: Afterwards, reason: str = ""
) -> None:
    """Write the line of the timeline."""
    asker = db.session.get_one(Agent, release.asked_by_id).name
    ticket.updated_at = at
    record(
        kind,
        ticket_id=ticket.id,
        at=at,
        actor_id=by.id,
        afterwards=afterwards,
        release=release.id,
        asker=asker,
        reason=reason,
    )
