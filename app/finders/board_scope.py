"""Which days and which teams the overview counts, and who may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, ColumnElement, bindparam, select, true
from sqlalchemy.orm import InstrumentedAttribute

from app.access import Person, sees_all
from app.db import UtcDateTime, db
from app.errors import NotFound, Refused
from app.finders.directory import teams_called
from app.models import Obligation, Team, Ticket
from app.models.columns import BigId

DAY = timedelta(days=1)
MOST_DAYS = 366


class TeamNamed(NamedTuple):
    """A team; id None and no name: tickets that lie in no team."""

    id: int | None
    name: str


NO_TEAM = TeamNamed(None, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days from morning to midnight where the shop is; both ends are counted."""

    first_on: date
    last_on: date
    zone: ZoneInfo

    @property
    def begins_at(self) -> datetime:
        return datetime.combine(self.first_on, time(), self.zone)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.last_on + DAY, time(), self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The teams that are counted, by name; `is_all` where no ticket is left out."""

    teams: tuple[TeamNamed, ...]
    is_all: bool

    @property
    def team_ids(self) -> list[int]:
        return [team.id for team in self.teams if team.id is not None]

    @property
    def named(self) -> dict[str, list[int]]:
        """Return the values for a question that was built with `among`."""
        return {} if self.is_all else {"teams": self.team_ids}

    def holds(self) -> ColumnElement[bool]:
        """Return the condition on tickets."""
        return true() if self.is_all else Ticket.team_id.in_(self.team_ids)

    def answered(self) -> ColumnElement[bool]:
        """Return the condition on settled obligations, which stay with the team that answered."""
        return true() if self.is_all else Obligation.team_id.in_(self.team_ids)


def among(column: ColumnElement[Any] | InstrumentedAttribute[Any], *, is_all: bool) -> ColumnElement[bool]:
    """Return the condition of a question that is built once: everything, or the teams it is asked with."""
    return true() if is_all else column.in_(bindparam("teams", expanding=True, type_=BigId))


def at(name: str) -> BindParameter[datetime]:
    """Return an instant that such a question is asked with."""
    return bindparam(name, type_=UtcDateTime())


def span(first_on: date | None, last_on: date | None, *, now: datetime, zone: ZoneInfo) -> Span:
    """Return the days asked for; without any, today. Raises `Refused`."""
    last_on = last_on or now.astimezone(zone).date()
    if last_on.year <= 1 or last_on.year >= 9999:
        raise Refused("So weit reicht die Auswertung nicht.", field="to")
    first_on = first_on or last_on
    if first_on > last_on:
        raise Refused("Der erste Tag liegt nach dem letzten.", field="from")
    if (last_on - first_on).days >= MOST_DAYS:
        raise Refused("Die Auswertung umfasst höchstens ein Jahr.", field="from")
    return Span(first_on=first_on, last_on=last_on, zone=zone)


def midnight(span: Span, now: datetime) -> datetime:
    """Return when the day of `now` ends where the shop is."""
    return datetime.combine(now.astimezone(span.zone).date() + DAY, time(), span.zone)


def scope(person: Person, team: str = "") -> Scope:
    """Return what a lead watches over, narrowed to the team of this id or name. Raises `NotFound`."""
    if not person.is_lead:
        raise NotFound("Diese Auswertung gibt es nicht.")
    asked = select(Team.id, Team.name)
    if not sees_all(person):
        asked = asked.where(Team.id.in_(person.team_ids))
    if team:
        asked = asked.where(Team.id.in_(teams_called(team)))
    found = sorted((TeamNamed._make(row) for row in db.session.execute(asked)), key=lambda each: each.name.casefold())
    if team and not found:
        raise NotFound("Dieses Team gibt es nicht.")
    is_all = sees_all(person) and not team
    return Scope(teams=(*found, NO_TEAM) if is_all else tuple(found), is_all=is_all)


def scope_of_screen(team_id: int | None) -> Scope:
    """Return what a screen on a wall shows: one team, or everything."""
    asked = select(Team.id, Team.name).order_by(Team.name)
    if team_id is not None:
        asked = asked.where(Team.id == team_id)
    found = tuple(TeamNamed._make(row) for row in db.session.execute(asked))
    return Scope(teams=found if team_id is not None else (*found, NO_TEAM), is_all=team_id is None)
