"""Who is told: the words of a ladder turned into people, and whoever is away into their deputies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.db import db
from app.desk import aims, wishes
from app.errors import NotFound
from app.models import Agent, Role, Team, Via, membership
from sla.hours import BusinessHours


def is_present(agent: Agent, at: datetime) -> bool:
    """Say whether somebody works here and is not away."""
    is_away = agent.away_from is not None and agent.away_from <= at
    is_back = agent.away_until is not None and agent.away_until <= at
    return agent.is_active and (not is_away or is_back)


class Staff:
    """Everybody who may be told, as they are at one instant; asked once each within one transaction."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._leads: dict[int | None, Sequence[Agent]] = {}
        self._members: dict[int, Sequence[Agent]] = {}
        self._hours: dict[int, BusinessHours | None] = {}
        self._calendars: dict[int | None, aims.Hours | None] = {}
        self._ways: dict[tuple[int, str, frozenset[Via]], list[Via]] = {}
        self._admins: Sequence[Agent] | None = None

    def who(
        self, words: Iterable[str], *, team_id: int | None, assignee_id: int | None = None, owner_id: int | None = None
    ) -> list[Agent]:
        """Return the people a ladder's words mean on a ticket of this team; each is there or a deputy of who is not.

        Where words mean nobody at all, the leads of the team hear, and without any the administrators.
        """
        words = list(words)
        meant = [agent for word in words for agent in self._meant(word, team_id, assignee_id, owner_id)]
        return self.present(meant or self.leads(team_id)) if words else []

    def present(self, people: Iterable[Agent]) -> list[Agent]:
        """Replace whoever is away or gone by their deputy, by that one's deputy ...; at last by the administrators."""
        people = list(people)
        found = [there for agent in people if (there := self._stand_in(agent)) is not None]
        if people and not found:
            admins = self.administrators()
            found = [admin for admin in admins if is_present(admin, self.at)] or list(admins)
        return list({agent.id: agent for agent in found}.values())

    def leads(self, team_id: int | None) -> Sequence[Agent]:
        """Return who watches over the team: its leads, or the administrators where it has none."""
        if team_id not in self._leads:
            found = self._of_team(team_id, Agent.role == Role.LEAD) if team_id else []
            self._leads[team_id] = found or self.administrators()
        return self._leads[team_id]

    def members(self, team_id: int) -> Sequence[Agent]:
        """Return everybody of a team."""
        if team_id not in self._members:
            self._members[team_id] = self._of_team(team_id)
        return self._members[team_id]

    def administrators(self) -> Sequence[Agent]:
        if self._admins is None:
            found = select(Agent).where(Agent.role == Role.ADMIN, Agent.is_active.is_(True)).order_by(Agent.id)
            self._admins = db.session.scalars(found).all()
        return self._admins

    def hours(self, agent: Agent) -> BusinessHours | None:
        """Return when somebody works: their own hours, their first team's, the shop's first; None: always."""
        if agent.id not in self._hours:
            calendar = self.calendar(agent.calendar_id or _calendar_of_team(agent.id))
            self._hours[agent.id] = calendar.hours if calendar else None
        return self._hours[agent.id]

    def ways(self, agent: Agent, kind: str, via: Collection[Via]) -> list[Via]:
        """Return how somebody wants to be told of this kind, when a rung says `via`."""
        asked = (agent.id, kind, frozenset(via))
        if asked not in self._ways:
            self._ways[asked] = wishes.ways(agent, kind, via)
        return self._ways[asked]

    def calendar(self, calendar_id: int | None) -> aims.Hours | None:
        """Return a calendar as it is now, the shop's first one for None; None where it has none."""
        if calendar_id not in self._calendars:
            try:
                self._calendars[calendar_id] = aims.newest_hours(calendar_id)
            except NotFound:
                self._calendars[calendar_id] = None
        return self._calendars[calendar_id]

    def zone(self, calendar_id: int | None) -> ZoneInfo:
        """Return the zone in which instants of a calendar are said."""
        calendar = self.calendar(calendar_id)
        return calendar.zone if calendar else ZoneInfo("Europe/Berlin")

    def _meant(self, word: str, team_id: int | None, assignee_id: int | None, owner_id: int | None) -> Sequence[Agent]:
        kind, _, number = word.partition(":")
        if kind in {"lead", "leads"}:
            return self.leads(int(number) if number else team_id)
        if kind == "team":
            return self.members(int(number))
        wanted = {
            "agent": int(number or 0),
            "assignee": assignee_id,
            "owner": owner_id or assignee_id,
            "deputy": self._deputy_of(assignee_id or owner_id),
        }[kind]
        agent = db.session.get(Agent, wanted) if wanted else None
        return [agent] if agent else []

    def _deputy_of(self, agent_id: int | None) -> int | None:
        agent = db.session.get(Agent, agent_id) if agent_id else None
        return agent.deputy_id if agent else None

    def _stand_in(self, agent: Agent) -> Agent | None:
        """Follow the deputies to the first who is there; None where they lead nowhere or in a circle."""
        seen: set[int] = set()
        current: Agent | None = agent
        while current is not None and not is_present(current, self.at):
            seen.add(current.id)
            following = current.deputy_id
            current = db.session.get(Agent, following) if following and following not in seen else None
        return current

    def _of_team(self, team_id: int, *conditions: object) -> Sequence[Agent]:
        found = select(Agent).join(membership, membership.c.agent_id == Agent.id).where(membership.c.team_id == team_id)
        return db.session.scalars(found.where(Agent.is_active.is_(True), *conditions).order_by(Agent.id)).all()  # type: ignore[arg-type]


def _calendar_of_team(agent_id: int) -> int | None:
    return db.session.scalar(
        select(Team.calendar_id)
        .join(membership, membership.c.team_id == Team.id)
        .where(membership.c.agent_id == agent_id, Team.calendar_id.is_not(None))
        .order_by(Team.id)
        .limit(1)
    )
