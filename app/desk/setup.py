"""Setting a shop up as it is written down: teams, people, calendars, targets, channels, in one transaction.

What stands in the file is added or changed, what does not is left alone: nothing is ever removed by leaving it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import seal, signin
from app.db import Base, db, transaction
from app.desk.declared import CalendarEntry, ChannelEntry, Declared, PersonEntry, PolicyEntry, WrongEntries, read
from app.models import Agent, Calendar, Channel, Policy, Role, Team
from sla.holiday import holidays_of

YEARS_AHEAD = 3
"""Holidays are frozen for the running year and the two after it."""
SECRET = "***"  # noqa: S105 - what is shown instead of one


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the difference; a new entry has no `field`."""

    section: str
    name: str
    field: str = ""
    before: object = None
    after: object = None

    def __str__(self) -> str:
        if not self.field:
            return f"+ {self.section}: {self.name}"
        return f"~ {self.section}: {self.name}: {self.field}: {self.before!r} -> {self.after!r}"


class _Rehearsed(Exception):
    """Everything was tried and is rolled back."""


@dataclass(slots=True, kw_only=True)
class _Applying:
    """One run over a file."""

    at: datetime
    is_demo: bool
    changes: list[Change] = field(default_factory=list)

    def fit(self, row: Base, section: str, name: str, wanted: Mapping[str, Any], *, is_new: bool) -> bool:
        """Make the row's fields as they are wanted and note each difference; True if there was one."""
        differing = {key: value for key, value in wanted.items() if getattr(row, key) != value}
        if is_new:
            self.changes.append(Change(section=section, name=name))
        else:
            self.changes += [
                Change(section=section, name=name, field=key, before=getattr(row, key), after=value)
                for key, value in differing.items()
            ]
        for key, value in differing.items():
            setattr(row, key, value)
        if is_new:
            db.session.add(row)
        db.session.flush()
        return bool(differing)


def apply(declared: Declared, *, at: datetime, is_demo: bool = False, rehearse: bool = False) -> list[Change]:
    """Make the shop as declared and return what differed; with `rehearse` nothing stays.

    Raises `WrongEntries` when an entry names a team or calendar that is nowhere.
    """
    applying = _Applying(at=at, is_demo=is_demo)
    with suppress(_Rehearsed), transaction():
        _teams(applying, declared)
        _each(applying, "people", declared.people, _person)
        _each(applying, "calendars", declared.calendars, _calendar)
        _each(applying, "policies", declared.policies, _policy)
        _each(applying, "channels", declared.channels, _channel)
        if rehearse:
            raise _Rehearsed
    return applying.changes


def ensure_defaults(*, at: datetime, time_zone: str = "Europe/Berlin") -> list[str]:
    """Give a fresh shop a calendar and targets, and every calendar the holidays of the years to come."""
    has_policy = db.session.scalar(select(Policy.id).limit(1)) is not None
    calendar = db.session.scalar(select(Calendar.name).order_by(Calendar.id).limit(1))
    lines = [] if has_policy else [str(change) for change in apply(_defaults(calendar, time_zone), at=at)]
    with transaction():
        for row in db.session.scalars(select(Calendar).where(Calendar.region != "")):
            known = {**row.holidays, **_holidays(row.region, at)}
            if known != row.holidays:
                row.holidays, row.version = known, row.version + 1
                lines.append(f"~ calendars: {row.name}: holidays until {at.year + YEARS_AHEAD - 1}")
    return lines


def _defaults(calendar: str | None, time_zone: str) -> Declared:
    days = ("mon", "tue", "wed", "thu", "fri")
    hours = {
        "name": "Servicezeiten",
        "tz": time_zone,
        "region": "DE",
        "weekly_hours": {d: [["09:00", "17:00"]] for d in days},
    }
    aims = (
        ("E-Mail", "email", (240, 60), (480, 120)),
        ("Messenger", "messenger", (30, 15), (60, 30)),
        ("Öffentlich", "public", (60, 30), (120, 60)),
        ("Telefon", "phone", (60, 30), (240, 60)),
    )
    return read(
        {
            "calendars": [] if calendar else [hours],
            "policies": [
                {
                    "name": name,
                    "route": route,
                    "calendar": calendar or "Servicezeiten",
                    "targets": {
                        "first": {"normal": first[0], "urgent": first[1]},
                        "next": {"normal": following[0], "urgent": following[1]},
                    },
                }
                for name, route, first, following in aims
            ],
        }
    )


def _each(applying: _Applying, section: str, entries: Iterable[Any], write: Callable[[_Applying, Any], None]) -> None:
    for number, entry in enumerate(entries):
        try:
            write(applying, entry)
        except LookupError as error:
            raise WrongEntries([f"{section}[{number}].{error.args[0]}"]) from error


def _teams(applying: _Applying, declared: Declared) -> None:
    for entry in declared.teams:
        row = db.session.scalars(select(Team).where(Team.name == entry.name)).first()
        if row is None:
            applying.fit(Team(is_demo=applying.is_demo), "teams", entry.name, {"name": entry.name}, is_new=True)


def _team_id(name: str | None) -> int | None:
    if name is None:
        return None
    found = db.session.scalar(select(Team.id).where(Team.name == name))
    if found is None:
        raise LookupError(f"team: there is no team {name!r}")
    return found


def _person(applying: _Applying, entry: PersonEntry) -> None:
    email = entry.email.lower()
    row = db.session.scalars(select(Agent).where(Agent.email == email).options(selectinload(Agent.teams))).first()
    is_new = row is None
    row = row or Agent(email=email, is_demo=applying.is_demo, created_at=applying.at, teams=[], is_active=True)
    wanted = {
        "name": entry.name,
        "role": Role(entry.role),
        "language": entry.language,
        "is_active": entry.is_active,
        **({} if entry.phone_user is None else {"phone_user": entry.phone_user}),
    }
    applying.fit(row, "people", email, wanted, is_new=is_new)
    if entry.password and not row.password_hash:
        row.password_hash = signin.hash_password(entry.password)
    _members(applying, row, entry, is_new=is_new)


def _members(applying: _Applying, row: Agent, entry: PersonEntry, *, is_new: bool) -> None:
    before = sorted(team.name for team in row.teams)
    after = sorted(set(entry.teams))
    if before == after:
        return
    ids = {name: _team_id(name) for name in after}
    row.teams = list(db.session.scalars(select(Team).where(Team.id.in_(ids.values()))))
    db.session.flush()
    if not is_new:
        applying.changes.append(Change(section="people", name=row.email, field="teams", before=before, after=after))


def _holidays(region: str, at: datetime) -> dict[str, str]:
    if not region:
        return {}
    found = holidays_of(region, range(at.year, at.year + YEARS_AHEAD))
    return {holiday.on.isoformat(): holiday.name_de for holiday in found}


def _calendar(applying: _Applying, entry: CalendarEntry) -> None:
    row = db.session.scalars(select(Calendar).where(Calendar.name == entry.name)).first()
    is_new = row is None
    row = row or Calendar(name=entry.name, is_demo=applying.is_demo, version=0, holidays={}, region=entry.region)
    first_day = f"{applying.at.year:04d}-01-01"
    past = {day: name for day, name in row.holidays.items() if day < first_day and row.region == entry.region}
    wanted = {
        "time_zone": entry.tz,
        "weekly_hours": entry.model_dump(mode="json")["weekly_hours"],
        "region": entry.region,
        "holidays": {**past, **_holidays(entry.region, applying.at), **entry.holidays},
        "special_hours": entry.model_dump(mode="json")["special_hours"],
    }
    # Deadlines are reckoned with a compiled calendar that is kept under its version.
    if applying.fit(row, "calendars", entry.name, wanted, is_new=is_new):
        row.version += 1
        db.session.flush()


def _policy(applying: _Applying, entry: PolicyEntry) -> None:
    row = db.session.scalars(select(Policy).where(Policy.name == entry.name)).first()
    is_new = row is None
    calendar_id = db.session.scalar(select(Calendar.id).where(Calendar.name == entry.calendar))
    if calendar_id is None:
        raise LookupError(f"calendar: there is no calendar {entry.calendar!r}")
    wanted = {
        "route": entry.route.value,
        "team_id": _team_id(entry.team),
        "calendar_id": calendar_id,
        "targets": entry.targets.model_dump(exclude_none=True),
        "warn_percent": entry.warn_percent,
    }
    taken = db.session.scalar(
        select(Policy.name).where(
            Policy.route == wanted["route"], Policy.team_id == wanted["team_id"], Policy.name != entry.name
        )
    )
    if taken:
        raise LookupError(f"route: the policy {taken!r} holds for {entry.route} and this team already")
    applying.fit(
        row or Policy(name=entry.name, is_demo=applying.is_demo), "policies", entry.name, wanted, is_new=is_new
    )


def _channel(applying: _Applying, entry: ChannelEntry) -> None:
    row = db.session.scalars(select(Channel).where(Channel.name == entry.name)).first()
    is_new = row is None
    row = row or Channel(name=entry.name, kind=entry.kind, is_demo=applying.is_demo, is_paused=False, secrets=b"")
    if row.kind != entry.kind:
        raise LookupError(f"kind: {entry.name!r} is a channel of the kind {row.kind}, which cannot be changed")
    wanted = {
        "address": (entry.address or str(entry.settings.get("address", ""))).lower(),
        "team_id": _team_id(entry.team),
        "settings": entry.settings,
        "is_paused": entry.paused,
    }
    applying.fit(row, "channels", entry.name, wanted, is_new=is_new)
    if _secrets(applying, row, entry.secrets, is_new=is_new):
        db.session.flush()


def _secrets(applying: _Applying, row: Channel, given: Mapping[str, str], *, is_new: bool) -> bool:
    try:
        kept = seal.unseal(row.secrets)
    except seal.SealBroken:
        kept = {}
    fresh = {name: value for name, value in given.items() if kept.get(name) != value}
    if not fresh:
        return False
    row.secrets = seal.seal({**kept, **fresh})
    if not is_new:
        applying.changes += [
            Change(section="channels", name=row.name, field=f"secrets.{name}", before=SECRET, after=SECRET)
            for name in fresh
        ]
    return True
