"""The tickets behind a figure of the overview: what was held or missed, who waits in public, who waits for others."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import literal, select

from app.access import Person
from app.db import UtcDateTime, db
from app.finders.board_scope import Scope, Span, scope
from app.models import AWAITING, SETTLED, Channel, Conversation, Obligation, Team, Ticket

MOST = 500
"""Rows of one list; whoever wants more narrows it."""


class Figure(StrEnum):
    HELD = "held"
    MISSED = "missed"
    PUBLIC = "public_unanswered"
    THIRD = "waiting_for_others"


class Behind(NamedTuple):
    """One ticket of a list. Of an answer: `at` is when it was accepted, `due_at` until when it was owed.

    Of a ticket that waits: `at` is since when; `words` say for whom.
    """

    number: int
    customer_name: str
    subject: str
    team: str | None
    channel: str
    at: datetime
    due_at: datetime | None
    elapsed_seconds: int | None
    target_minutes: int | None
    words: str


def behind(
    person: Person, figure: Figure, span: Span, *, team: str = "", channel: str = "", hour: int | None = None
) -> list[Behind]:
    """Return the tickets behind a figure, at most `MOST`, the newest first; who waits longest first.

    `channel` is a kind, `hour` the one in which the customer wrote, where the shop is. Raises `NotFound`.
    """
    seen = scope(person, team)
    if figure in {Figure.HELD, Figure.MISSED}:
        return _answers(seen, span, is_held=figure is Figure.HELD, channel=channel, hour=hour)
    return _waiting(seen, figure, channel)


def _answers(scope: Scope, span: Span, *, is_held: bool, channel: str, hour: int | None) -> list[Behind]:
    verdict = Obligation.verdict == "met" if is_held else Obligation.verdict != "met"
    asked = (
        select(
            Ticket.id,
            Ticket.customer_name,
            Ticket.subject,
            Team.name,
            Channel.kind,
            Obligation.settled_at,
            Obligation.due_at,
            Obligation.elapsed_seconds,
            Obligation.target_minutes,
            Obligation.opened_at,
        )
        .select_from(Obligation)
        .join(Channel, Channel.id == Obligation.channel_id)
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .join(Ticket, Ticket.id == Conversation.ticket_id)
        .outerjoin(Team, Team.id == Obligation.team_id)
        .where(
            SETTLED,
            Obligation.settled_at >= literal(span.begins_at, UtcDateTime()),
            Obligation.settled_at < literal(span.ends_at, UtcDateTime()),
            verdict,
            scope.answered(),
        )
        .order_by(Obligation.settled_at.desc(), Obligation.id.desc())
    )
    if channel:
        asked = asked.where(Channel.kind == channel)
    found: list[Behind] = []
    row: Any
    for row in _rows(asked if hour is not None else asked.limit(MOST)):
        *columns, opened_at = row
        if hour is None or opened_at.replace(tzinfo=opened_at.tzinfo or UTC).astimezone(span.zone).hour == hour:
            found.append(Behind._make((*columns, "")))
        if len(found) == MOST:
            break
    return found


def _waiting(scope: Scope, figure: Figure, channel: str) -> list[Behind]:
    is_third = figure is Figure.THIRD
    since = Ticket.waits_since if is_third else Ticket.oldest_unanswered_at
    asked = (
        select(
            Ticket.id,
            Ticket.customer_name,
            Ticket.subject,
            Team.name,
            Ticket.channel_kind,
            since,
            Ticket.due_at,
            Ticket.waits_for,
        )
        .outerjoin(Team, Team.id == Ticket.team_id)
        .where(scope.holds())
        .order_by(since, Ticket.id)
        .limit(MOST)
    )
    is_public = (Ticket.closed_at.is_(None), Ticket.publicity.is_not(None), Ticket.oldest_unanswered_at.is_not(None))
    asked = asked.where(AWAITING) if is_third else asked.where(*is_public)
    if channel:
        asked = asked.where(Ticket.channel_kind == channel)
    return [
        Behind(number, who, subject, team, kind, at, due_at, None, None, words)
        for number, who, subject, team, kind, at, due_at, words in _rows(asked)
    ]


def _rows(asked: Any) -> Any:
    return db.session.connection().execute(asked)
