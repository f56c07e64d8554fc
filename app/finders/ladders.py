"""Ladders of escalation for those who set them up, and whom a rung can name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from app.db import db
from app.errors import NotFound
from app.models import Agent, Ladder, Policy, PolicyVersion, Team, Webhook


class LadderRow(NamedTuple):
    """A ladder with the names of the policies and teams that climb it."""

    id: int
    name: str
    rungs: Sequence[Mapping[str, Any]]
    version: int
    made_at: datetime | None
    made_by: str
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """Whom and what a rung can name, by name."""

    teams: dict[int, str]
    people: dict[int, str]
    webhooks: dict[int, str]


def ladders() -> list[LadderRow]:
    """Return all ladders by name."""
    return _read(_LADDERS.order_by(func.lower(Ladder.name)))


def choices() -> list[tuple[int, str]]:
    """Return the ladders to choose from, by name."""
    rows = db.session.execute(select(Ladder.id, Ladder.name).order_by(func.lower(Ladder.name)))
    return [(id_, name) for id_, name in rows]


def ladder(ladder_id: int) -> LadderRow:
    """Return one ladder; raises `NotFound`."""
    found = _read(_LADDERS.where(Ladder.id == ladder_id))
    if not found:
        raise NotFound("Diese Eskalationsleiter gibt es nicht.")
    return found[0]


_LADDERS: Select[*tuple[Any, ...]] = select(Ladder, Agent.name).outerjoin(Agent, Agent.id == Ladder.made_by_id)


def _read(statement: Select[*tuple[Any, ...]]) -> list[LadderRow]:
    uses = _uses()
    return [
        LadderRow(row.id, row.name, row.rungs, row.version, row.made_at, name or "", tuple(uses.get(row.id, ())))
        for row, name in db.session.execute(statement)
    ]


def reachable() -> Reachable:
    """Return everybody a rung can tell; who has left is not among them."""
    people = select(Agent.id, Agent.name).where(Agent.is_active).order_by(Agent.name)
    teams, webhooks = (select(kind.id, kind.name).order_by(kind.name) for kind in (Team, Webhook))
    return Reachable(teams=_names(teams), people=_names(people), webhooks=_names(webhooks))


def _names(statement: Select[int, str]) -> dict[int, str]:
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _uses() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    policies = (
        select(PolicyVersion.ladder_id, Policy.name)
        .join(Policy, Policy.id == PolicyVersion.policy_id)
        .where(PolicyVersion.number == Policy.version, PolicyVersion.ladder_id.is_not(None), Policy.ended_at.is_(None))
        .order_by(Policy.name)
    )
    teams = select(Team.ladder_id, Team.name).where(Team.ladder_id.is_not(None)).order_by(Team.name)
    for statement in (policies, teams):
        for ladder_id, name in db.session.execute(statement):
            if ladder_id is not None:
                found.setdefault(ladder_id, []).append(name)
    return found
