"""Who works here and through which accounts: teams, agents and channels by name, and what a name stands for."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select

from app.access import Person, sees_all
from app.db import db
from app.errors import NotFound
from app.models import IN_OUTBOX, Agent, Channel, Counter, Message, Role, Team, membership

LONGEST_ID = 15
"""Digits: what JSON can say without loss, and less than either database can number."""


class TeamRow(NamedTuple):
    id: int
    name: str
    open_tickets: int


class AgentRow(NamedTuple):
    id: int
    name: str
    email: str
    role: Role
    team_ids: list[int]


class ChannelRow(NamedTuple):
    """A configured account without its settings and secrets; `problem` is empty while all is well."""

    id: int
    kind: str
    name: str
    address: str
    team_id: int | None
    is_paused: bool
    problem: str
    heard_at: datetime | None
    reached_at: datetime | None
    problem_code: str
    problem_at: datetime | None
    token_expires_at: datetime | None
    waiting: int
    """Messages of ours that are not out yet."""


_WAITING = (
    select(func.count())
    .select_from(Message)
    .where(IN_OUTBOX, Message.channel_id == Channel.id)
    .correlate(Channel)
    .scalar_subquery()
)


def is_id(text: str) -> bool:
    """Say whether a text is a whole number that a row may have as its id."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID


def teams_called(name: str) -> Select[int]:
    """Return the ids of the team with this id or name."""
    return select(Team.id).where(Team.id == int(name) if is_id(name) else Team.name == name)


def agents_called(name: str) -> Select[int]:
    """Return the ids of the agents with this id, address or name."""
    wanted = Agent.id == int(name) if is_id(name) else or_(Agent.email == name.lower(), Agent.name == name)
    return select(Agent.id).where(wanted)


def team_called(name: int | str) -> int:
    """Return the id of the one team meant; raises `NotFound`."""
    found = db.session.scalars(teams_called(str(name))).first()
    if found is None:
        raise NotFound("Das Team „%(name)s“ gibt es nicht.", name=name)
    return found


def agent_called(name: int | str) -> int:
    """Return the id of the one agent meant; raises `NotFound`, also where two have the same name."""
    found = db.session.scalars(agents_called(str(name)).limit(2)).all()
    if len(found) != 1:
        raise NotFound("Die Person „%(name)s“ gibt es nicht, oder es gibt mehrere mit diesem Namen.", name=name)
    return found[0]


def channel_called(person: Person, name: int | str) -> ChannelRow:
    """Return the channel meant by an id or a name, if this person may speak through it; raises `NotFound`."""
    wanted = Channel.id == name if isinstance(name, int) else Channel.name == name
    found = db.session.execute(_channels(person).where(wanted)).first()
    if found is None:
        raise NotFound("Den Kanal „%(name)s“ gibt es nicht.", name=name)
    return ChannelRow._make(found)


def channels(person: Person) -> list[ChannelRow]:
    """Return the channels of the person's teams, and those of no team."""
    return [ChannelRow._make(row) for row in db.session.execute(_channels(person).order_by(Channel.name))]


def _channels(
    person: Person,
) -> Select[*tuple[Any, ...]]:
    rows = select(
        Channel.id,
        Channel.kind,
        Channel.name,
        Channel.address,
        Channel.team_id,
        Channel.is_paused,
        Channel.problem,
        Channel.heard_at,
        Channel.reached_at,
        Channel.problem_code,
        Channel.problem_at,
        Channel.token_expires_at,
        _WAITING,
    )
    if sees_all(person):
        return rows
    return rows.where(or_(Channel.team_id.in_(person.team_ids), Channel.team_id.is_(None)))


def teams() -> list[TeamRow]:
    """Return all teams, for a ticket may be given to any of them, with how many tickets are open in each."""
    key = "team:" + Team.id.cast(Team.name.type)
    rows = select(Team.id, Team.name, Counter.count).outerjoin(Counter, Counter.key == key).order_by(Team.name)
    return [TeamRow(id_, name, count or 0) for id_, name, count in db.session.execute(rows)]


def agents() -> list[AgentRow]:
    """Return the active agents with the ids of their teams, by name."""
    found: dict[int, AgentRow] = {}
    rows = (
        select(Agent.id, Agent.name, Agent.email, Agent.role, membership.c.team_id)
        .outerjoin(membership, membership.c.agent_id == Agent.id)
        .where(Agent.is_active.is_(True))
        .order_by(Agent.name, Agent.id, membership.c.team_id)
    )
    for id_, name, email, role, team_id in db.session.execute(rows):
        agent = found.setdefault(id_, AgentRow(id_, name, email, role, []))
        if team_id is not None:
            agent.team_ids.append(team_id)
    return list(found.values())
