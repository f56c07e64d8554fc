"""What a screen on a wall shows: four figures and twelve lines, of numbers and teams alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all

from app.db import UtcDateTime, db
from app.finders.board import total
from app.finders.board_handovers import Waiting, waiting
from app.finders.board_promises import PromiseDue, promises
from app.finders.board_scope import Scope, Span, midnight
from app.finders.board_settled import Judged, judged
from app.finders.board_standing import HOUR, Standing, standing
from app.models import NOTHING_DUE, Team, Ticket

LINES = 6
"""Rows of each of the two columns."""


class Due(NamedTuple):
    """A ticket that is due next; nothing of what anybody wrote."""

    number: int
    team: str | None
    channel: str
    due_at: datetime
    soon_at: datetime | None
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """Everything a screen shows."""

    at: datetime
    teams: tuple[str, ...]
    is_all: bool
    total: Standing
    judged: Judged
    unassigned: int
    """Due within the hour, and nobody's."""
    dues: list[Due]
    promises: list[PromiseDue]
    handovers: list[Waiting]


def wall(seen: Scope, today: Span, *, now: datetime) -> Wall:
    """Read the figures of a screen; six statements, whatever the shop's size."""
    return Wall(
        at=now,
        teams=tuple(team.name for team in seen.teams if team.id is not None),
        is_all=seen.is_all,
        total=total(list(standing(seen, now=now).values())),
        judged=judged(seen, today).all,
        unassigned=_unassigned(seen, now),
        dues=_dues(seen),
        promises=promises(seen, now=now, until=midnight(today, now)).first[:LINES],
        handovers=waiting(seen, limit=LINES),
    )


def _unassigned(seen: Scope, now: datetime) -> int:
    counted = (
        select(func.count())
        .select_from(Ticket)
        .where(
            Ticket.closed_at.is_(None),
            Ticket.assignee_id.is_(None),
            Ticket.queue_at > literal(now, UtcDateTime()),
            Ticket.queue_at <= literal(now + HOUR, UtcDateTime()),
            seen.holds(),
        )
    )
    return int(db.session.connection().execute(counted).scalar_one())


def _dues(seen: Scope) -> list[Due]:
    """Walk one index, or one for each team, as far as the rows that are shown."""
    parts = [_first()] if seen.is_all else [_first(Ticket.team_id == id_) for id_ in seen.team_ids]
    if not parts:
        return []
    found = union_all(*(select(part.subquery()) for part in parts)).subquery().c
    asked = (
        select(found.id, Team.name, found.channel_kind, found.queue_at, found.soon_at, found.oldest_unanswered_at)
        .outerjoin(Team, Team.id == found.team_id)
        .order_by(found.queue_at, found.id)
        .limit(LINES)
    )
    return [Due._make(row) for row in db.session.connection().execute(asked)]


def _first(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Ticket.id,
            Ticket.team_id,
            Ticket.channel_kind,
            Ticket.queue_at,
            Ticket.soon_at,
            Ticket.oldest_unanswered_at,
        )
        .where(Ticket.closed_at.is_(None), Ticket.queue_at < literal(NOTHING_DUE, UtcDateTime()), *conditions)
        .order_by(Ticket.queue_at, Ticket.id)
        .limit(LINES)
    )
