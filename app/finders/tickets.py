"""Tickets as a list for programs: any filter, three orders, keyset paging along an index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, and_, false, literal, or_, select, tuple_, union_all

from app.access import Person, held_by, owner_of, sees_all
from app.db import UtcDateTime, db
from app.finders import whereabouts
from app.finders.directory import agents_called, is_id, teams_called
from app.models import Agent, Channel, Conversation, Customer, Identity, Priority, Tag, Team, Ticket, TicketState

Columns = Any
"""The table, or something with the same columns."""
Order = Callable[[Columns], tuple[Any, ...]]


class TicketRow(NamedTuple):
    """One ticket with the names it refers to; `customer_name` is the one the list shows."""

    number: int
    subject: str
    state: TicketState
    priority: Priority
    team_id: int | None
    team: str | None
    assignee_id: int | None
    assignee: str | None
    assignee_name: str | None
    customer_id: int
    customer_name: str
    channel_kind: str
    preview: str
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    oldest_unanswered_at: datetime | None
    queue_at: datetime
    cause: str = ""
    customer_group: str = ""
    is_shared: bool = False
    """These two are known of a single ticket only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which tickets are wanted; empty fields do not narrow. Without a state every ticket but a joined one is.

    `team`, `assignee` and `channel` are an id or a name; `assignee` may be an address, `me` or `none`, `channel` a
    kind; `customer` is an id or an address of theirs.
    """

    state: str = ""
    team: str = ""
    assignee: str = ""
    channel: str = ""
    customer: str = ""
    tag: str = ""
    q: str = ""
    sort: str = "due"


class Position(NamedTuple):
    """Where a page ended: the sort key of its last row; for `due`, whether it was among the closed tickets."""

    at: datetime
    number: int
    is_closed: bool = False


def _rows(ticket: Columns) -> Select[*tuple[Any, ...]]:
    return (
        select(
            ticket.id,
            ticket.subject,
            ticket.state,
            ticket.priority,
            ticket.team_id,
            Team.name,
            ticket.assignee_id,
            Agent.email,
            Agent.name,
            ticket.customer_id,
            ticket.customer_name,
            ticket.channel_kind,
            ticket.preview,
            ticket.created_at,
            ticket.updated_at,
            ticket.closed_at,
            ticket.due_at,
            ticket.oldest_unanswered_at,
            ticket.queue_at,
            ticket.cause,
        )
        .outerjoin(Team, Team.id == ticket.team_id)
        .outerjoin(Agent, Agent.id == ticket.assignee_id)
    )


def row(number: int) -> TicketRow:
    """Return one ticket; the door has asked `access` for it before."""
    one = _rows(Ticket).add_columns(Customer.group, Ticket.is_shared).join(Customer, Customer.id == Ticket.customer_id)
    return TicketRow(*db.session.execute(one.where(Ticket.id == number)).one())


def page(
    person: Person, wanted: Wanted, *, after: Position | None = None, limit: int
) -> tuple[list[TicketRow], Position | None]:
    """Return the rows after a position and, if there are more, the position of the last one.

    `due` lists what is owed first, then the other open tickets, then the closed ones, the latest first. One
    statement, or two where the open tickets end on this page.
    """
    if wanted.sort != "due":
        rows = _walk(person, wanted, after, limit + 1)
        return rows[:limit], _end(wanted, rows, limit)
    rows = [] if _is_past_open(wanted, after) else _open(person, wanted, after, limit + 1)
    if len(rows) <= limit and wanted.state not in {TicketState.OPEN, TicketState.WAITING}:
        rows += _closed(person, wanted, after if after and after.is_closed else None, limit + 1 - len(rows))
    return rows[:limit], _end(wanted, rows, limit)


def _is_past_open(wanted: Wanted, after: Position | None) -> bool:
    return wanted.state in {TicketState.RESOLVED, TicketState.JOINED} or (after is not None and after.is_closed)


def _end(wanted: Wanted, rows: list[TicketRow], limit: int) -> Position | None:
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    match wanted.sort:
        case "updated":
            return Position(last.updated_at, last.number)
        case "created":
            return Position(last.created_at, last.number)
    return Position(last.closed_at or last.queue_at, last.number, is_closed=last.closed_at is not None)


def _walk(person: Person, wanted: Wanted, after: Position | None, limit: int) -> list[TicketRow]:
    """Return the latest changed or opened tickets; the number grows with the time of opening."""
    order: tuple[Any, ...] = (Ticket.updated_at, Ticket.id) if wanted.sort == "updated" else (Ticket.id,)
    conditions = [held_by(person), *_conditions(person, wanted)]
    if after:
        there = _instant_and_number(after) if wanted.sort == "updated" else tuple_(_number(after))
        conditions.append(tuple_(*order) < there)
    return _read(_rows(Ticket).where(*conditions).order_by(*(key.desc() for key in order)).limit(limit))


def _open(person: Person, wanted: Wanted, after: Position | None, limit: int) -> list[TicketRow]:
    conditions = [Ticket.closed_at.is_(None), *_conditions(person, wanted)]
    if after:
        conditions.append(tuple_(Ticket.queue_at, Ticket.id) > _instant_and_number(after))
    return _read(_merged(person, conditions, lambda ticket: (ticket.queue_at, ticket.id), limit))


def _closed(person: Person, wanted: Wanted, after: Position | None, limit: int) -> list[TicketRow]:
    conditions = [Ticket.closed_at.is_not(None), *_conditions(person, wanted)]
    if after:
        conditions.append(tuple_(Ticket.closed_at, Ticket.id) < _instant_and_number(after))
    return _read(_merged(person, conditions, lambda ticket: (ticket.closed_at.desc(), ticket.id.desc()), limit))


def _merged(
    person: Person, conditions: list[ColumnElement[bool]], order: Order, limit: int
) -> Select[*tuple[Any, ...]]:
    """Walk one index for each team of the person and one for themselves, and merge the rows they begin with."""
    if sees_all(person):
        return _rows(Ticket).where(*conditions).order_by(*order(Ticket)).limit(limit)
    first = select(Ticket).where(*conditions).order_by(*order(Ticket)).limit(limit)
    parts = [first.where(source).subquery() for source in _sources(person)]
    merged = union_all(*(select(part) for part in parts)).subquery().c
    return _rows(merged).order_by(*order(merged)).limit(limit)


def _sources(person: Person) -> list[ColumnElement[bool]]:
    """Return what one sees, so cut that no ticket is in two of them."""
    teams = [Ticket.team_id == id_ for id_ in person.team_ids]
    elsewhere = or_(Ticket.team_id.is_(None), Ticket.team_id.not_in(person.team_ids))
    return [*teams, and_(Ticket.assignee_id == person.id, elsewhere)]


def _read(statement: Select[*tuple[Any, ...]]) -> list[TicketRow]:
    return [TicketRow(*found) for found in db.session.execute(statement)]


def _instant_and_number(after: Position) -> Any:
    return tuple_(literal(after.at, UtcDateTime()), _number(after))


def _number(after: Position) -> ColumnElement[int]:
    return literal(after.number, BigInteger())


def _conditions(person: Person, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [Ticket.state == wanted.state if wanted.state else Ticket.state != TicketState.JOINED]
    if wanted.team:
        conditions.append(Ticket.team_id.in_(teams_called(wanted.team)))
    if wanted.assignee:
        conditions.append(_assigned(person, wanted.assignee))
    if wanted.channel:
        conditions.append(_on_channel(wanted.channel))
    if wanted.customer:
        conditions.append(_of_customer(wanted.customer))
    if wanted.tag:
        conditions.append(Ticket.id.in_(select(Tag.ticket_id).where(Tag.name == wanted.tag)))
    if wanted.q:
        conditions.append(_matching(person, wanted.q))
    return conditions


def _assigned(person: Person, assignee: str) -> ColumnElement[bool]:
    if assignee == "none":
        return Ticket.assignee_id.is_(None)
    if assignee == "me":
        return Ticket.assignee_id == person.id
    return Ticket.assignee_id.in_(agents_called(assignee))


def _on_channel(channel: str) -> ColumnElement[bool]:
    named = Channel.id == int(channel) if is_id(channel) else (Channel.name == channel) | (Channel.kind == channel)
    heard = select(Conversation.id).join(Channel, Channel.id == Conversation.channel_id)
    return heard.where(Conversation.ticket_id == Ticket.id, named).exists()


def _of_customer(customer: str) -> ColumnElement[bool]:
    if is_id(customer):
        return Ticket.customer_id == owner_of(int(customer))
    if "@" not in customer:
        return false()
    return Ticket.customer_id.in_(select(Identity.customer_id).where(Identity.value == customer.lower()))


def _matching(person: Person, q: str) -> ColumnElement[bool]:
    """Return the condition on number, subject, name or address; a number finds its ticket beside the texts."""
    found = or_(Ticket.subject.icontains(q, autoescape=True), Ticket.customer_id.in_(whereabouts.ids(person, q)))
    number = q.removeprefix("#")
    return or_(found, Ticket.id == int(number)) if is_id(number) else found
