"""The list of a view, sorted by the next deadline; keyset paging, never an offset, never a scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ColumnExpressionArgument,
    Select,
    String,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
    tuple_,
    type_coerce,
    union,
)

from app.access import Person, held_by, sees_all, takes_part
from app.db import Base, UtcDateTime, db
from app.models import SHARED, SOCIAL, TicketState

PAGE = 50
TAKES_PART = "takes_part"


class InboxRow(NamedTuple):
    """One ticket as the list shows it; everything is in the ticket's own row, but the assignee's name."""

    number: int
    subject: str
    state: str
    priority: str
    assignee_id: int | None
    assignee_name: str | None
    customer_name: str
    preview: str
    preview_at: datetime
    channel_kind: str
    channel_count: int
    publicity: str | None
    due_at: datetime | None
    soon_at: datetime | None
    oldest_unanswered_at: datetime | None
    queue_at: datetime
    closed_at: datetime | None
    asked_at: datetime | None
    asked_team: str | None
    """Since when a hand-over waits for an answer, and whose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Which tickets a list shows: one of the kinds of `app.web.inbox.FIXED`, or `team` and `tag` with which."""

    kind: str
    team_id: int = 0
    tag: str = ""

    @property
    def is_done(self) -> bool:
        return self.kind == "done"

    @property
    def slug(self) -> str:
        if self.tag:
            return f"tag-{self.tag}"
        return f"team-{self.team_id}" if self.team_id else self.kind


class Position(NamedTuple):
    """Where a page ended: the sort key of its last row."""

    at: datetime
    number: int


# Plain columns, not the mapped ones: a page of fifty must not pay for objects it never uses.
_tickets = Base.metadata.tables["ticket"]
_ticket, _agent, _team, _tag, _part = (
    Base.metadata.tables[name].c for name in ("ticket", "agent", "team", "tag", "participation")
)
_COLUMNS = (
    _ticket.id,
    _ticket.subject,
    type_coerce(_ticket.state, String),
    type_coerce(_ticket.priority, String),
    _ticket.assignee_id,
    _agent.name,
    _ticket.customer_name,
    _ticket.preview,
    _ticket.preview_at,
    _ticket.channel_kind,
    _ticket.channel_count,
    type_coerce(_ticket.publicity, String),
    _ticket.due_at,
    _ticket.soon_at,
    _ticket.oldest_unanswered_at,
    _ticket.queue_at,
    _ticket.closed_at,
    _ticket.asked_at,
    # Looked up for the few rows that ask somebody: a join would be made for all of them.
    select(_team.name).where(_team.id == _ticket.asked_team_id).scalar_subquery(),
)
_ROWS = select(*_COLUMNS).select_from(
    _tickets.outerjoin(Base.metadata.tables["agent"], _agent.id == _ticket.assignee_id)
)
_AT = bindparam("after_at", type_=UtcDateTime())
_NUMBER = bindparam("after_number", type_=BigInteger())


def page(
    person: Person, view: View, *, now: datetime, after: Position | None = None, limit: int = PAGE
) -> tuple[list[InboxRow], Position | None]:
    """Return the rows after a position, and the position of the last one if there are more."""
    wanted = statement(person, view, is_after=after is not None, limit=limit + 1)
    parameters: dict[str, Any] = {"now": now}
    if after:
        parameters |= {"after_at": after.at, "after_number": after.number}
    rows = [InboxRow._make(row) for row in db.session.connection().execute(wanted, parameters).all()]
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], Position((last.closed_at or last.queue_at) if view.is_done else last.queue_at, last.number)


def statement(person: Person, view: View, *, is_after: bool, limit: int) -> Select[*tuple[Any, ...]]:
    """Return the question `page` asks; a test reads how the databases answer it."""
    return _statement(view, _sources(person, view), is_after, limit)


def among(person: Person, view: View, numbers: Sequence[int], *, now: datetime) -> list[InboxRow]:
    """Return those of these tickets that are in the view."""
    mine = [_ticket.assignee_id == person.id] if view.kind == "mine" else []
    team = [_ticket.team_id == view.team_id] if view.team_id else []
    shown = or_(held_by(person), takes_part(person)) if view.kind == "social" else held_by(person)
    if view.kind == "taking-part":
        shown = or_(*(and_(*source.condition()) for source in _sources(person, view)))
    found = db.session.execute(_ROWS.where(*_in_view(view), *mine, *team, shown, _ticket.id.in_(numbers)), {"now": now})
    return [InboxRow._make(row) for row in found]


@lru_cache(maxsize=1024)
def _statement(view: View, sources: tuple[Source, ...], is_after: bool, limit: int) -> Select[*tuple[Any, ...]]:  # noqa: FBT001
    """Walk one index for each team or person the view is made of, and merge the few rows they begin with."""
    key = _ticket.closed_at if view.is_done else _ticket.queue_at
    order = (key.desc(), _ticket.id.desc()) if view.is_done else (key, _ticket.id)
    conditions = list(_in_view(view))
    if is_after:
        here, there = tuple_(key, _ticket.id), tuple_(_AT, _NUMBER)
        conditions.append(here < there if view.is_done else here > there)
    # As a number in the statement: with a parameter PostgreSQL would plan every page anew.
    most: ColumnElement[int] = literal_column(str(int(limit)))
    wanted = _ROWS.order_by(*order).limit(most)
    if len(sources) == 1:
        return wanted.where(*conditions, *sources[0].condition())
    narrow = select(_ticket.id).where(*conditions).order_by(*order).limit(most)
    parts = [narrow.where(*source.condition()).subquery() for source in sources]
    return wanted.where(_ticket.id.in_(union(*(select(part.c.id) for part in parts)).subquery().select()))


def _in_view(view: View) -> tuple[ColumnExpressionArgument[bool], ...]:
    if view.is_done:
        return (_ticket.closed_at.is_not(None), _ticket.state != TicketState.JOINED)
    if view.kind == "overdue":
        return (_ticket.closed_at.is_(None), _ticket.queue_at <= bindparam("now", type_=UtcDateTime()))
    if view.kind == "social":
        return (SOCIAL,)
    if view.kind == "unassigned":
        return (_ticket.closed_at.is_(None), _ticket.assignee_id.is_(None))
    if view.kind == "tag":
        return (_ticket.closed_at.is_(None), _ticket.id.in_(select(_tag.ticket_id).where(_tag.name == view.tag)))
    return (_ticket.closed_at.is_(None),)


class Source(NamedTuple):
    """One part of a view; its column leads an index, so that its rows come in order. Without column: everything.

    `takes_part` is no column: the tickets in which the team takes part beside the one that holds the ball.
    """

    column: str = ""
    id: int = 0

    def condition(self) -> tuple[ColumnExpressionArgument[bool], ...]:
        if self.column == TAKES_PART:
            there = select(_part.id).where(_part.ticket_id == _ticket.id, _part.team_id == self.id)
            return (SHARED, _ticket.team_id.is_distinct_from(self.id), there.correlate(_tickets).exists())
        return (_ticket[self.column] == self.id,) if self.column else ()


def _sources(person: Person, view: View) -> tuple[Source, ...]:
    own = Source("assignee_id", person.id)
    if view.kind == "taking-part":
        return tuple(Source(TAKES_PART, id_) for id_ in person.team_ids or (0,))
    if view.kind == "mine":
        return (own,)
    if view.team_id:
        return (Source("team_id", view.team_id),)
    if sees_all(person):
        return (Source(),)
    teams = tuple(Source("team_id", id_) for id_ in person.team_ids)
    if view.kind == "social":
        return (*teams, *(Source(TAKES_PART, id_) for id_ in person.team_ids), own)
    return teams if teams and view.kind in {"unassigned", "done"} else (*teams, own)


def may_see(person: Person, view: View) -> bool:
    """Say whether this view exists for this person: other teams' lists do not."""
    return not view.team_id or sees_all(person) or view.team_id in person.team_ids
