"""The list of a view, sorted by the next deadline; keyset paging, never an offset, never a scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, select, tuple_, union

from app.access import Person, sees_all, visible
from app.db import UtcDateTime, db
from app.models import Agent, Priority, Ticket, TicketState

PAGE = 50


class InboxRow(NamedTuple):
    """One ticket as the list shows it; everything is in the ticket's own row, but the assignee's name."""

    number: int
    subject: str
    state: TicketState
    priority: Priority
    assignee_id: int | None
    assignee_name: str | None
    customer_name: str
    preview: str
    preview_at: datetime
    channel_kind: str
    channel_count: int
    due_at: datetime | None
    soon_at: datetime | None
    oldest_unanswered_at: datetime | None
    queue_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Which tickets a list shows: `next`, `unassigned`, `mine`, `overdue`, `done`, or `team` with its id."""

    kind: str
    team_id: int = 0

    @property
    def is_done(self) -> bool:
        return self.kind == "done"

    @property
    def slug(self) -> str:
        return f"team-{self.team_id}" if self.team_id else self.kind


class Position(NamedTuple):
    """Where a page ended: the sort key of its last row."""

    at: datetime
    number: int


_COLUMNS = (
    Ticket.id,
    Ticket.subject,
    Ticket.state,
    Ticket.priority,
    Ticket.assignee_id,
    Agent.name,
    Ticket.customer_name,
    Ticket.preview,
    Ticket.preview_at,
    Ticket.channel_kind,
    Ticket.channel_count,
    Ticket.due_at,
    Ticket.soon_at,
    Ticket.oldest_unanswered_at,
    Ticket.queue_at,
    Ticket.closed_at,
)
_AT = bindparam("after_at", type_=UtcDateTime())
_NUMBER = bindparam("after_number", type_=BigInteger())


def page(
    person: Person, view: View, *, now: datetime, after: Position | None = None, limit: int = PAGE
) -> tuple[list[InboxRow], Position | None]:
    """Return the rows after a position, and the position of the last one if there are more."""
    statement = _statement(person, view, is_after=after is not None, limit=limit + 1)
    parameters: dict[str, Any] = {"now": now}
    if after:
        parameters |= {"after_at": after.at, "after_number": after.number}
    rows = [InboxRow._make(row) for row in db.session.execute(statement, parameters)]
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], Position((last.closed_at or last.queue_at) if view.is_done else last.queue_at, last.number)


def among(person: Person, view: View, numbers: Sequence[int], *, now: datetime) -> list[InboxRow]:
    """Return those of these tickets that are in the view."""
    conditions = (*_in_view(view), *_mine_or_team(person, view), visible(person), Ticket.id.in_(numbers))
    statement = select(*_COLUMNS).outerjoin(Agent, Agent.id == Ticket.assignee_id).where(*conditions)
    return [InboxRow._make(row) for row in db.session.execute(statement, {"now": now})]


def _statement(person: Person, view: View, *, is_after: bool, limit: int) -> Select[*tuple[Any, ...]]:
    """Walk one index for each team or person the view is made of, and merge the few rows they begin with."""
    key = Ticket.closed_at if view.is_done else Ticket.queue_at
    order = (key.desc(), Ticket.id.desc()) if view.is_done else (key, Ticket.id)
    conditions = list(_in_view(view))
    if is_after:
        here, there = tuple_(key, Ticket.id), tuple_(_AT, _NUMBER)
        conditions.append(here < there if view.is_done else here > there)
    sources = _sources(person, view)
    wanted = select(*_COLUMNS).outerjoin(Agent, Agent.id == Ticket.assignee_id).order_by(*order).limit(limit)
    if len(sources) == 1:
        return wanted.where(*conditions, sources[0])
    narrow = select(Ticket.id).where(*conditions).order_by(*order).limit(limit)
    parts = [narrow.where(source).subquery() for source in sources]
    return wanted.where(Ticket.id.in_(union(*(select(part.c.id) for part in parts)).subquery().select()))


def _in_view(view: View) -> tuple[ColumnElement[bool], ...]:
    if view.is_done:
        return (Ticket.closed_at.is_not(None), Ticket.state != TicketState.JOINED)
    if view.kind == "overdue":
        return (Ticket.closed_at.is_(None), Ticket.queue_at <= bindparam("now", type_=UtcDateTime()))
    if view.kind == "unassigned":
        return (Ticket.closed_at.is_(None), Ticket.assignee_id.is_(None))
    return (Ticket.closed_at.is_(None),)


def _mine_or_team(person: Person, view: View) -> tuple[ColumnElement[bool], ...]:
    if view.kind == "mine":
        return (Ticket.assignee_id == person.id,)
    return (Ticket.team_id == view.team_id,) if view.team_id else ()


def _sources(person: Person, view: View) -> list[ColumnElement[bool]]:
    """Return what the view is made of; each condition leads one index, so their rows come in order."""
    if view.kind == "mine":
        return [Ticket.assignee_id == person.id]
    if view.team_id:
        return [Ticket.team_id == view.team_id]
    if sees_all(person):
        return [Ticket.id > 0]
    teams: list[ColumnElement[bool]] = [Ticket.team_id == id_ for id_ in person.team_ids]
    own = [] if view.kind in {"unassigned", "done"} and teams else [Ticket.assignee_id == person.id]
    return [*teams, *own]


def may_see(person: Person, view: View) -> bool:
    """Say whether this view exists for this person: other teams' lists do not."""
    return not view.team_id or sees_all(person) or view.team_id in person.team_ids
