"""The lists behind what was done in the days: answers, matters that were resolved, and clocks that ended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, literal, null, select

from app.db import db
from app.finders.board_causes import UNNAMED
from app.finders.board_causes import resolved as was_resolved
from app.finders.board_figures import MOST, SPANNED, Behind, Figure, Narrowed
from app.finders.board_list_columns import instant, of_ticket
from app.finders.board_scope import Scope, Span
from app.finders.board_settled import IS_FIRST
from app.models import (
    RUNNING_CLOCK,
    SETTLED,
    SETTLED_CLOCK,
    TICKING,
    Channel,
    ClockKind,
    Conversation,
    Obligation,
    Team,
    Ticket,
    TicketClock,
)

WHICH: dict[Figure, Any] = {
    Figure.HELD: Obligation.verdict == "met",
    Figure.MISSED: Obligation.verdict != "met",
    Figure.FIRST: IS_FIRST,
}


def answers(scope: Scope, span: Span, figure: Figure, narrowed: Narrowed) -> list[Behind]:
    """Return answers, the newest first; those to what customers wrote in one hour of the day are picked out here."""
    asked = _answers(scope, span, figure, narrowed.channel)
    found: list[Behind] = []
    row: Any
    for row in db.session.connection().execute(asked if narrowed.hour is not None else asked.limit(MOST + 1)):
        *columns, verdict, opened_at = row
        if narrowed.hour in {None, _hour(opened_at, span)}:
            found.append(Behind(*(*columns, ""))._replace(verdict=verdict))
        if len(found) > MOST:
            break
    return found


def _answers(scope: Scope, span: Span, figure: Figure, channel: str) -> Select[*tuple[Any, ...]]:
    asked = (
        select(Ticket.id, Ticket.customer_name, Ticket.subject, Team.name, Channel.kind, Obligation.settled_at)
        .add_columns(Obligation.due_at, Obligation.elapsed_seconds, Obligation.target_minutes)
        .add_columns(Obligation.verdict, Obligation.opened_at)
        .select_from(Obligation)
        .join(Channel, Channel.id == Obligation.channel_id)
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .join(Ticket, Ticket.id == Conversation.ticket_id)
        .outerjoin(Team, Team.id == Obligation.team_id)
        .where(
            SETTLED,
            Obligation.settled_at >= instant(span.begins_at),
            Obligation.settled_at < instant(span.ends_at),
            scope.answered(),
        )
        .order_by(Obligation.settled_at.desc(), Obligation.id.desc())
    )
    asked = asked.where(WHICH[figure]) if figure in WHICH else asked
    return asked.where(Channel.kind == channel) if channel else asked


def _hour(at: datetime, span: Span) -> int:
    """Return the hour as it is counted: by the full hour of universal time, also where clocks are half an hour off."""
    full = at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return full.astimezone(span.zone).hour


def resolved(scope: Scope, span: Span, cause: str) -> Select[*tuple[Any, ...]]:
    """Return what was resolved, first what most of us had a hand in."""
    asked = (
        of_ticket(Ticket.closed_at, null(), null(), null(), Ticket.cause)
        .add_columns(Ticket.people_count, Ticket.team_count, Ticket.contact_count)
        .outerjoin(Team, Team.id == Ticket.team_id)
        .where(*was_resolved(is_all=scope.is_all))
        .order_by(Ticket.people_count.desc().nulls_last(), Ticket.closed_at.desc(), Ticket.id)
    )
    asked = asked.params(begins_at=span.begins_at, ends_at=span.ends_at, **scope.named)
    return asked.where(Ticket.cause == ("" if cause == UNNAMED else cause)) if cause else asked


def clocks(scope: Scope, span: Span, figure: Figure, now: datetime) -> Select[*tuple[Any, ...]]:
    """Return the matters whose resolution runs, is late, or ended in the span."""
    of = TicketClock
    conditions: tuple[Any, ...] = (RUNNING_CLOCK,)
    if figure is Figure.LATE:
        conditions = (TICKING, of.breach_at <= instant(now))
    elif figure is not Figure.RUNNING:
        verdict = of.verdict == "met" if figure is Figure.ENDED_HELD else of.verdict != "met"
        ended = (of.settled_at >= instant(span.begins_at), of.settled_at < instant(span.ends_at))
        conditions = (SETTLED_CLOCK, *ended, verdict)
    at = of.settled_at if figure in SPANNED else of.opened_at
    in_scope = () if scope.is_all else (of.team_id.in_(scope.team_ids),)
    return (
        of_ticket(at, of.due_at, of.elapsed_seconds, of.target_minutes, literal(""))
        .join(of, of.ticket_id == Ticket.id)
        .outerjoin(Team, Team.id == Ticket.team_id)
        .where(of.kind == ClockKind.RESOLUTION, *conditions, *in_scope)
        .order_by(at.desc() if figure in SPANNED else of.due_at, of.id)
    )
