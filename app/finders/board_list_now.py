"""The lists behind what stands open now: what waits, what falls due, what will be late, and what was promised."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, null, select

from app.db import db
from app.finders.board_ahead import SLOT, WITHIN, HoursOf, ahead
from app.finders.board_figures import MOST, Figure, Narrowed
from app.finders.board_list_columns import instant, of_ticket
from app.finders.board_promises import owed_until
from app.finders.board_scope import Scope
from app.finders.board_standing import HOUR, WAITS
from app.finders.board_standing import standing as standing_of
from app.models import AWAITING, NOTHING_DUE, Conversation, Promise, Team, Ticket

BY_DUE = frozenset({Figure.OPEN, Figure.OVERDUE, Figure.DUE_IN_HOUR, Figure.DUE_AHEAD})


def standing(scope: Scope, figure: Figure, narrowed: Narrowed, now: datetime) -> Select[*tuple[Any, ...]]:
    """Return what stands open now: what is due first at the beginning, or what waits longest."""
    since = Ticket.waits_since if figure is Figure.THIRD else Ticket.oldest_unanswered_at
    order = Ticket.queue_at if figure in BY_DUE else since
    return _open(scope, *_so(figure, narrowed, now), since=since).order_by(order, Ticket.id)


def _open(scope: Scope, *conditions: Any, since: Any) -> Select[*tuple[Any, ...]]:
    return (
        of_ticket(since, Ticket.due_at, null(), null(), Ticket.waits_for)
        .outerjoin(Team, Team.id == Ticket.team_id)
        .where(Ticket.closed_at.is_(None), scope.holds(), *conditions)
    )


def _so(figure: Figure, narrowed: Narrowed, now: datetime) -> list[Any]:
    is_owed = Ticket.oldest_unanswered_at.is_not(None)
    match figure:
        case Figure.OVERDUE:
            return [Ticket.queue_at <= instant(now)]
        case Figure.DUE_IN_HOUR:
            return [Ticket.queue_at > instant(now), Ticket.queue_at <= instant(now + HOUR)]
        case Figure.DUE_AHEAD:
            return _due_ahead(narrowed.slot, now)
        case Figure.OWED | Figure.OLDEST:
            return [is_owed, *_waiting(narrowed.waiting, now)]
        case Figure.PUBLIC | Figure.OLDEST_PUBLIC:
            return [Ticket.publicity.is_not(None), is_owed]
    return [AWAITING] if figure is Figure.THIRD else [Ticket.queue_at <= instant(NOTHING_DUE)]


def _due_ahead(slot: datetime | None, now: datetime) -> list[ColumnElement[bool]]:
    """Return the condition of the four hours, or of a quarter of an hour as far as they go."""
    begins, ends = now, now + WITHIN
    if slot is not None:
        # One that lies nowhere near would not bear being added to.
        begins = min(max(slot, now - SLOT), ends)
        ends = min(begins + SLOT, ends)
    return [Ticket.queue_at > instant(now), Ticket.queue_at >= instant(begins), Ticket.queue_at < instant(ends)]


def _waiting(name: str, now: datetime) -> list[ColumnElement[bool]]:
    """Return the condition of a class of waiting; none for a name nobody gave."""
    before: list[ColumnElement[bool]] = []
    for each, within in WAITS:
        since = [Ticket.oldest_unanswered_at > instant(now - within)] if within else []
        if each == name:
            return [*since, *before]
        before = [Ticket.oldest_unanswered_at <= instant(now - within)] if within else []
    return []


def breaches(scope: Scope, narrowed: Narrowed, *, now: datetime, hours_of: HoursOf) -> Select[*tuple[Any, ...]]:
    """Return what the forecast says will be late; nothing of a team about whose pace too little is known."""
    numbers = sorted(_late(scope, narrowed.slot, now=now, hours_of=hours_of))[: MOST + 1]
    is_late = Ticket.id.in_([number for _due_at, number in numbers])
    return _open(scope, is_late, since=Ticket.oldest_unanswered_at).order_by(Ticket.queue_at, Ticket.id)


def _late(scope: Scope, slot: datetime | None, *, now: datetime, hours_of: HoursOf) -> Iterator[tuple[datetime, int]]:
    """Tell tickets apart that the forecast counts by the minute: of one minute the last are answered last."""
    overdue = {team_id: figures.overdue for team_id, figures in standing_of(scope, now=now).items()}
    forecast = ahead(scope, overdue, now=now, hours_of=hours_of)
    due: defaultdict[tuple[int | None, datetime], list[tuple[datetime, int]]] = defaultdict(list)
    asked = select(Ticket.team_id, Ticket.queue_at, Ticket.id).where(Ticket.closed_at.is_(None), scope.holds())
    asked = asked.where(*_due_ahead(None, now)).order_by(Ticket.queue_at, Ticket.id)
    for team_id, due_at, number in db.session.connection().execute(asked):
        due[team_id, due_at.replace(second=0, microsecond=0)].append((due_at, number))
    for (team_id, minute), found in due.items():
        missed = (forecast[team_id].missed or Counter())[minute] if team_id in forecast else 0
        if missed and (slot is None or slot <= minute < slot + SLOT):
            yield from found[-missed:]


def promises(scope: Scope, figure: Figure, *, now: datetime, until: datetime) -> Select[*tuple[Any, ...]]:
    """Return what was promised up to the end of the day and is still owed: all of it, what is late, or what is not."""
    which = {
        Figure.PROMISES_BROKEN: [Promise.due_at <= instant(now)],
        Figure.PROMISES_AHEAD: [Promise.due_at > instant(now)],
    }
    return (
        of_ticket(Promise.promised_at, Promise.due_at, null(), null(), Promise.text)
        .join(Conversation, Conversation.ticket_id == Ticket.id)
        .join(Promise, Promise.conversation_id == Conversation.id)
        .outerjoin(Team, Team.id == Ticket.team_id)
        .where(*owed_until(instant(until)), scope.holds(), *which.get(figure, []))
        .order_by(Promise.due_at, Promise.id)
    )
