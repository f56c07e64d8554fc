"""What one team asks another to take: the list of both sides, and what of it runs on one ticket."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, type_coerce
from sqlalchemy.orm import aliased
from sqlalchemy.types import String

from app.access import Person, sees_all
from app.db import db
from app.finders.out_of_sight import out_of_sight
from app.models import (
    PENDING,
    Agent,
    Channel,
    ClockKind,
    ClockState,
    Conversation,
    Handover,
    HandoverState,
    Team,
    Ticket,
    TicketClock,
)
from sla.handover import bounces

MOST = 100
SINCE = timedelta(days=14)
"""How long an answered hand-over stays on the list."""
OF_LATE = 200
"""Hand-overs of one team from which the usual receiver is told."""

_from, _to = aliased(Team), aliased(Team)
_giver, _named, _answerer = aliased(Agent), aliased(Agent), aliased(Agent)
_acceptance, _work = aliased(TicketClock), aliased(TicketClock)


class Asked(NamedTuple):
    """One hand-over with the names it refers to and its two clocks; a clock that ended says how.

    In a list, a ticket that has left one's sight since has neither subject nor customer; `lies_with` is the team it
    lies with now, empty for none.
    """

    id: int
    number: int
    subject: str
    customer_name: str
    channel_kind: str
    state: str
    from_team_id: int | None
    from_team: str | None
    to_team_id: int
    to_team: str
    by: str | None
    agent: str | None
    reason: str
    at: datetime
    returns_at: datetime | None
    answered_at: datetime | None
    answered_by: str | None
    answer: str
    done_at: datetime | None
    accept_due_at: datetime | None
    accept_soon_at: datetime | None
    accept_verdict: str | None
    work_due_at: datetime | None
    work_soon_at: datetime | None
    work_state: str | None
    work_verdict: str | None
    lies_with: str | None = None

    @property
    def is_pending(self) -> bool:
        return self.state == HandoverState.PENDING


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Handover.id,
            Ticket.id,
            Ticket.subject,
            Ticket.customer_name,
            Ticket.channel_kind,
            type_coerce(Handover.state, String),
            Handover.from_team_id,
            _from.name,
            Handover.to_team_id,
            _to.name,
            _giver.name,
            _named.name,
            Handover.reason,
            Handover.at,
            Handover.returns_at,
            Handover.answered_at,
            _answerer.name,
            Handover.answer,
            Handover.done_at,
            _acceptance.due_at,
            _acceptance.soon_at,
            _acceptance.verdict,
            _work.due_at,
            _work.soon_at,
            type_coerce(_work.state, String),
            _work.verdict,
        )
        .join(Ticket, Ticket.id == Handover.ticket_id)
        .join(_to, _to.id == Handover.to_team_id)
        .outerjoin(_from, _from.id == Handover.from_team_id)
        .outerjoin(_giver, _giver.id == Handover.by_id)
        .outerjoin(_named, _named.id == Handover.to_agent_id)
        .outerjoin(_answerer, _answerer.id == Handover.answered_by_id)
        .outerjoin(_acceptance, _is_clock(_acceptance, ClockKind.ACCEPTANCE))
        .outerjoin(_work, _is_clock(_work, ClockKind.WORK))
    )


def _is_clock(clock: Any, kind: ClockKind) -> ColumnElement[bool]:
    return and_(clock.handover_id == Handover.id, clock.kind == kind)


class Listed(NamedTuple):
    """What a person's teams are asked and what they ask, each with what still waits first."""

    to_us: list[Asked]
    from_us: list[Asked]
    came_back: dict[int, int]
    """How often a matter came back to a team that had given it away, by its number."""


def listed(person: Person, *, now: datetime) -> Listed:
    """Return the hand-overs of the person's teams, of administrators all; those that wait are all there."""
    to_us = _both(_to_us(person), now=now)
    from_us = [] if sees_all(person) else _both(_from_us(person), now=now)
    numbers = {row.number for row in (*to_us, *from_us)}
    hidden = out_of_sight(person, numbers)
    return Listed(_guarded(to_us, hidden), _guarded(from_us, hidden), ping_pong(numbers - hidden.keys()))


def _guarded(rows: list[Asked], hidden: dict[int, str]) -> list[Asked]:
    """Leave out of the rows what has become of a matter since their teams had to do with it."""
    return [
        row._replace(subject="", customer_name="", lies_with=hidden[row.number]) if row.number in hidden else row
        for row in rows
    ]


def _to_us(person: Person) -> Sequence[ColumnElement[bool]]:
    if sees_all(person):
        return ()
    is_named = and_(Handover.to_agent_id == person.id, PENDING)
    return (or_(Handover.to_team_id.in_(person.team_ids), is_named, Ticket.asked_agent_id == person.id),)


def _from_us(person: Person) -> Sequence[ColumnElement[bool]]:
    return (or_(Handover.from_team_id.in_(person.team_ids), Handover.by_id == person.id),)


def _both(whose: Sequence[ColumnElement[bool]], *, now: datetime) -> list[Asked]:
    waiting = _rows().where(PENDING, *whose).order_by(_acceptance.due_at, Handover.id).limit(MOST)
    over = (
        _rows()
        .where(Handover.at >= now - SINCE, Handover.state != HandoverState.PENDING, *whose)
        .order_by(Handover.at.desc(), Handover.id.desc())
        .limit(MOST)
    )
    return [*_read(waiting), *_read(over)]


def of_ticket(number: int) -> list[Asked]:
    """Return every hand-over of a ticket, the oldest first; the door has asked `access` before."""
    return _read(_rows().where(Handover.ticket_id == number).order_by(Handover.id))


def one(handover_id: int) -> Asked:
    """Return one hand-over; the door has asked `access` for its ticket before."""
    return _read(_rows().where(Handover.id == handover_id))[0]


def running(number: int) -> list[Asked]:
    """Return what waits for an answer on a ticket, and what was accepted and is not worked on yet."""
    is_running = or_(PENDING, _work.state == ClockState.RUNNING)
    return _read(_rows().where(Handover.ticket_id == number, is_running).order_by(Handover.id))


def _read(statement: Select[*tuple[Any, ...]]) -> list[Asked]:
    return [Asked(*row) for row in db.session.connection().execute(statement)]


def ping_pong(numbers: Iterable[int]) -> dict[int, int]:
    """Count how often each matter came back to a team that had given it away; those that never did are left out."""
    rows = db.session.execute(
        select(Handover.ticket_id, Handover.from_team_id, Handover.to_team_id)
        .where(Handover.ticket_id.in_(list(numbers)), Handover.state == HandoverState.ACCEPTED)
        .order_by(Handover.ticket_id, Handover.answered_at, Handover.id)
    )
    ways: dict[int, list[int]] = {}
    for number, from_team_id, to_team_id in rows:
        ways.setdefault(number, [from_team_id or 0]).append(to_team_id)
    return {number: count for number, way in ways.items() if (count := bounces(way))}


def target(number: int, team_id: int | None) -> int | None:
    """Propose whom to hand a ticket to: another team that took part, else whose channel it is, else the usual one."""
    took_part = (
        select(Handover.from_team_id, Handover.to_team_id)
        .where(Handover.ticket_id == number)
        .order_by(Handover.id.desc())
    )
    teams = [id_ for row in db.session.execute(took_part) for id_ in row]
    owners = select(Channel.team_id).join(Conversation, Conversation.channel_id == Channel.id)
    teams += db.session.scalars(owners.where(Conversation.ticket_id == number).order_by(Conversation.id.desc()))
    found = next((id_ for id_ in teams if id_ is not None and id_ != team_id), None)
    return found or _usual(team_id)


def _usual(team_id: int | None) -> int | None:
    """Return the team this one has handed over to most often of late."""
    if team_id is None:
        return None
    of_late = select(Handover.to_team_id).where(Handover.from_team_id == team_id).order_by(Handover.id.desc())
    last = of_late.limit(OF_LATE).subquery()
    counted = select(last.c.to_team_id).group_by(last.c.to_team_id).order_by(func.count().desc(), last.c.to_team_id)
    return db.session.scalar(counted.limit(1))
