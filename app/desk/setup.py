"""Setting a shop up as it is written down: teams, people, calendars, targets, channels, in one transaction.

What stands in the file is added or changed, what does not is left alone: nothing is ever removed by leaving it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import seal, signin
from app.db import db, once_more, transaction
from app.desk import calendars, setup_aims, setup_webhooks
from app.desk.applying import Applying, Change, team_id
from app.desk.declared import ChannelEntry, Declared, PersonEntry, WrongEntries, read
from app.errors import Refused
from app.models import Agent, Calendar, Channel, Policy, Role, Team

LADDER = "Teamleitung"
"""The ladder of a fresh shop: its leads are told in time, and when it is too late."""
SECRET = "***"  # noqa: S105 - what is shown instead of one


class _Rehearsed(Exception):
    """Everything was tried and is rolled back."""


@once_more
def apply(declared: Declared, *, at: datetime, is_demo: bool = False, rehearse: bool = False) -> list[Change]:
    """Make the shop as declared and return what differed; with `rehearse` nothing stays.

    Raises `WrongEntries` when an entry names a team or calendar that is nowhere.
    """
    applying = Applying(at=at, is_demo=is_demo)
    with suppress(_Rehearsed), transaction():
        _teams(applying, declared)
        _each(applying, "people", declared.people, _person)
        _each(applying, "calendars", declared.calendars, setup_aims.write_calendar)
        _each(applying, "webhooks", declared.webhooks, setup_webhooks.write)
        _each(applying, "ladders", declared.ladders, setup_aims.write_ladder)
        _each(applying, "teams", declared.teams, setup_aims.give_hours)
        _each(applying, "people", declared.people, setup_aims.give_deputy)
        _each(applying, "policies", declared.policies, setup_aims.write_policy)
        _each(applying, "channels", declared.channels, _channel)
        if rehearse:
            raise _Rehearsed
    if not rehearse:
        setup_aims.follow(applying)
    return applying.changes


def ensure_defaults(*, at: datetime, time_zone: str = "Europe/Berlin") -> list[str]:
    """Give a fresh shop a calendar and targets, and every calendar the holidays of the years to come."""
    has_policy = db.session.scalar(select(Policy.id).limit(1)) is not None
    calendar = db.session.scalar(select(Calendar.name).order_by(Calendar.id).limit(1))
    lines = [] if has_policy else [str(change) for change in apply(_defaults(calendar, time_zone), at=at)]
    until = at.year + calendars.YEARS_AHEAD - 1
    return lines + [f"~ calendars: {name}: holidays until {until}" for name in calendars.add_holidays(at=at)]


def _defaults(calendar: str | None, time_zone: str) -> Declared:
    to_leads = {"to": ["leads"], "via": ["inbox", "mail"]}
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
            "ladders": [{"name": LADDER, "rungs": [{"at": at, **to_leads} for at in (75, "breach")]}],
            "policies": [
                {
                    "name": name,
                    "route": route,
                    "calendar": calendar or "Servicezeiten",
                    "ladder": LADDER,
                    "targets": {
                        "first": {"normal": first[0], "urgent": first[1]},
                        "next": {"normal": following[0], "urgent": following[1]},
                    },
                }
                for name, route, first, following in aims
            ],
        }
    )


def _each(applying: Applying, section: str, entries: Iterable[Any], write: Callable[[Applying, Any], None]) -> None:
    for number, entry in enumerate(entries):
        try:
            write(applying, entry)
        except LookupError as error:
            raise WrongEntries([f"{section}[{number}].{error.args[0]}"]) from error
        except Refused as error:
            raise WrongEntries([f"{section}[{number}].{error.field}: {error}"]) from error


def _teams(applying: Applying, declared: Declared) -> None:
    for entry in declared.teams:
        row = db.session.scalars(select(Team).where(Team.name == entry.name)).first()
        if row is None:
            applying.fit(Team(is_demo=applying.is_demo), "teams", entry.name, {"name": entry.name}, is_new=True)


def _person(applying: Applying, entry: PersonEntry) -> None:
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
        **({} if entry.can_publish is None else {"can_publish": entry.can_publish}),
    }
    applying.fit(row, "people", email, wanted, is_new=is_new)
    if entry.password and not row.password_hash:
        row.password_hash = signin.hash_password(entry.password)
    _members(applying, row, entry, is_new=is_new)


def _members(applying: Applying, row: Agent, entry: PersonEntry, *, is_new: bool) -> None:
    before = sorted(team.name for team in row.teams)
    after = sorted(set(entry.teams))
    if before == after:
        return
    ids = {name: team_id(name) for name in after}
    row.teams = list(db.session.scalars(select(Team).where(Team.id.in_(ids.values()))))
    db.session.flush()
    if not is_new:
        applying.changes.append(Change(section="people", name=row.email, field="teams", before=before, after=after))


def _channel(applying: Applying, entry: ChannelEntry) -> None:
    row = db.session.scalars(select(Channel).where(Channel.name == entry.name)).first()
    is_new = row is None
    row = row or Channel(name=entry.name, kind=entry.kind, is_demo=applying.is_demo, is_paused=False, secrets=b"")
    if row.kind != entry.kind:
        raise LookupError(f"kind: {entry.name!r} is a channel of the kind {row.kind}, which cannot be changed")
    wanted = {
        "address": (entry.address or str(entry.settings.get("address", ""))).lower(),
        "team_id": team_id(entry.team),
        "settings": entry.settings,
        "is_paused": entry.paused,
    }
    applying.fit(row, "channels", entry.name, wanted, is_new=is_new)
    if _secrets(applying, row, entry.secrets, is_new=is_new):
        db.session.flush()


def _secrets(applying: Applying, row: Channel, given: Mapping[str, str], *, is_new: bool) -> bool:
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
