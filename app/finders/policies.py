"""Policies for those who set them up: in the order in which they are chosen, with all their versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from app.db import db
from app.errors import NotFound
from app.models import Agent, Calendar, Customer, Ladder, Policy, PolicyVersion, Tag, Team
from sla.policies import Scope, Version, precedence
from sla.targets import Priority, Route

MOST_PROPOSALS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What one version of a policy says; criteria of None mean any."""

    id: int
    policy_id: int
    name: str
    number: int
    valid_from: datetime
    is_end: bool
    position: int
    route: str | None
    team_id: int | None
    team_name: str
    tag: str | None
    priority: str | None
    customer_group: str | None
    calendar_id: int
    calendar_name: str
    targets: Mapping[str, Mapping[str, int]]
    holding: str
    promise_minutes: int
    counts_third: bool
    ladder_id: int | None
    ladder_name: str
    made_at: datetime
    made_by: str

    @property
    def version(self) -> Version:
        """Return it as the choice between policies sees it."""
        return Version(
            id=self.id,
            policy_id=self.policy_id,
            scope=scope(self.route, self.team_id, self.tag, self.priority, self.customer_group),
            valid_from=self.valid_from,
            position=self.position,
            is_end=self.is_end,
        )


def scope(route: str | None, team_id: int | None, tag: str | None, priority: str | None, group: str | None) -> Scope:
    """Return criteria as the choice between policies reads them."""
    return Scope(
        route=Route(route) if route else None,
        team_id=team_id,
        tag=tag or None,
        priority=Priority(priority) if priority else None,
        customer_group=group or None,
    )


def policies() -> tuple[list[Agreed], list[Agreed]]:
    """Return the newest version of each policy: those that hold, in the order they are chosen, and those that ended."""
    rows = _agreed(_ROWS.where(PolicyVersion.number == Policy.version))
    running = sorted((row for row in rows if not row.is_end), key=lambda row: precedence(row.version))
    return running, [row for row in rows if row.is_end]


def criteria_of(agreed: Agreed) -> tuple[bool, ...]:
    """Return which criteria a policy names: two that name the same ones stand in the order people gave them."""
    named = (agreed.customer_group, agreed.tag, agreed.team_id, agreed.priority, agreed.route)
    return tuple(each is not None for each in named)


def policy(policy_id: int) -> Agreed:
    """Return the newest version of a policy; raises `NotFound`."""
    found = _agreed(_ROWS.where(Policy.id == policy_id, PolicyVersion.number == Policy.version))
    if not found:
        raise NotFound("Diese Fristregel gibt es nicht.")
    return found[0]


def history(policy_id: int) -> list[Agreed]:
    """Return all versions of a policy, the newest first."""
    return _agreed(_ROWS.where(Policy.id == policy_id).order_by(PolicyVersion.number.desc()))


_ROWS: Select[*tuple[Any, ...]] = (
    select(PolicyVersion, Policy.name, Team.name, Calendar.name, Ladder.name, Agent.name)
    .join(Policy, Policy.id == PolicyVersion.policy_id)
    .join(Calendar, Calendar.id == PolicyVersion.calendar_id)
    .outerjoin(Team, Team.id == PolicyVersion.team_id)
    .outerjoin(Ladder, Ladder.id == PolicyVersion.ladder_id)
    .outerjoin(Agent, Agent.id == PolicyVersion.made_by_id)
)


def _agreed(statement: Select[*tuple[Any, ...]]) -> list[Agreed]:
    return [
        Agreed(
            id=row.id,
            policy_id=row.policy_id,
            name=name,
            number=row.number,
            valid_from=row.valid_from,
            is_end=row.is_end,
            position=row.position,
            route=row.route,
            team_id=row.team_id,
            team_name=team or "",
            tag=row.tag,
            priority=row.priority,
            customer_group=row.customer_group,
            calendar_id=row.calendar_id,
            calendar_name=calendar,
            targets=row.targets,
            holding=row.holding.value,
            promise_minutes=row.promise_minutes,
            counts_third=row.counts_third,
            ladder_id=row.ladder_id,
            ladder_name=ladder or "",
            made_at=row.made_at,
            made_by=person or "",
        )
        for row, name, team, calendar, ladder, person in db.session.execute(statement)
    ]


def known_groups() -> list[str]:
    """Return the customer groups that are in use, by name."""
    return _words(select(Customer.group).distinct().where(Customer.group != ""))


def known_tags() -> list[str]:
    """Return the tags that are in use, by name; those that policies ask for belong to them."""
    asked = select(PolicyVersion.tag).distinct().where(PolicyVersion.tag.is_not(None))
    return sorted({*_words(select(Tag.name).distinct()), *_words(asked)}, key=str.casefold)[:MOST_PROPOSALS]


def _words(statement: Select[Any]) -> list[str]:
    found: Iterable[str] = db.session.scalars(statement.limit(MOST_PROPOSALS))
    return sorted(found, key=str.casefold)
