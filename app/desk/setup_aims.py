"""Calendars, ladders and policies of a file that declares the shop, and who works in which hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from app.db import db
from app.desk import reprojection
from app.desk.applying import Applying, Change, team_id
from app.desk.calendars import put_calendar
from app.desk.declared import PersonEntry, TeamEntry
from app.desk.declared_aims import CalendarEntry, LadderEntry, PolicyEntry
from app.desk.rulebook import put_ladder, put_policy
from app.desk.written import Written
from app.models import Agent, Calendar, Ladder, Policy, PolicyVersion, Team, Webhook

_NAMED: Mapping[str, type[Calendar | Team | Ladder]] = {
    "calendar_id": Calendar,
    "team_id": Team,
    "ladder_id": Ladder,
}
_KEPT = ("holding", "promise_minutes", "counts_third", "ladder_id")
"""What a policy keeps where the file says nothing about it."""
USUAL_WARNING = 75


def write_calendar(applying: Applying, entry: CalendarEntry) -> None:
    """Write the calendar of this name; a difference makes a version."""
    written = entry.model_dump(mode="json")
    done = put_calendar(
        _id(Calendar.name, entry.name),
        name=entry.name,
        time_zone=entry.tz,
        weekly_hours=written["weekly_hours"],
        region=entry.region,
        own_days=entry.holidays,
        special_hours=written["special_hours"],
        valid_from=entry.valid_from,
        at=applying.at,
        is_demo=applying.is_demo,
    )
    applying.note("calendars", entry.name, done)


def write_ladder(applying: Applying, entry: LadderEntry) -> None:
    """Write the ladder of this name; open clocks that have it climb the new one."""
    rungs = [_rung(number, rung.written()) for number, rung in enumerate(entry.rungs)]
    done = put_ladder(
        _id(Ladder.name, entry.name), name=entry.name, rungs=rungs, at=applying.at, is_demo=applying.is_demo
    )
    applying.note("ladders", entry.name, done)


def _rung(number: int, written: dict[str, Any]) -> dict[str, Any]:
    """Put ids where people write names."""
    by_name = {"team": Team.name, "leads": Team.name, "agent": Agent.email, "webhook": Webhook.name}
    for field in ("to", "via"):
        for word in written.get(field, ()):
            kind, _, name = word.partition(":")
            if name and kind in by_name and _id(by_name[kind], name.lower() if kind == "agent" else name) is None:
                raise LookupError(f"rungs[{number}].{field}: there is no {kind} {name!r}")
        if field in written:
            written[field] = [_in_ids(word, by_name) for word in written[field]]
    return written


def _in_ids(word: str, by_name: Mapping[str, InstrumentedAttribute[str]]) -> str:
    kind, _, name = word.partition(":")
    if not name or kind not in by_name:
        return word
    return f"{kind}:{_id(by_name[kind], name.lower() if kind == 'agent' else name)}"


def write_policy(applying: Applying, entry: PolicyEntry) -> None:
    """Write the policy of this name; a difference makes a version that holds from now on."""
    policy_id = _id(Policy.name, entry.name)
    kept = _as_it_was(policy_id) | {key: getattr(entry, key) for key in _KEPT if entry.says(key)}
    if entry.says("ladder") or entry.says("warn_percent"):
        kept["ladder_id"] = _ladder_id(applying, entry)
    done = put_policy(
        policy_id,
        name=entry.name,
        route=entry.route,
        team_id=team_id(entry.team),
        tag=entry.tag,
        priority=entry.priority,
        customer_group=entry.customer_group,
        calendar_id=_wanted(Calendar.name, entry.calendar),
        targets=entry.targets.model_dump(exclude_none=True),
        position=entry.position,
        valid_from=entry.valid_from,
        at=applying.at,
        is_demo=applying.is_demo,
        **kept,
    )
    applying.note("policies", entry.name, _in_words(done))


def _as_it_was(policy_id: int | None) -> dict[str, Any]:
    newest = (Policy.id == PolicyVersion.policy_id) & (Policy.version == PolicyVersion.number)
    row = db.session.scalars(select(PolicyVersion).join(Policy, newest).where(Policy.id == policy_id)).first()
    return {key: getattr(row, key) for key in _KEPT} if row else {}


def _ladder_id(applying: Applying, entry: PolicyEntry) -> int | None:
    """Return the ladder of a policy; a mere percentage is one that warns the leads at it."""
    if entry.says("ladder"):
        return _wanted(Ladder.name, entry.ladder) if entry.ladder else None
    if entry.warn_percent == USUAL_WARNING:
        return None
    name = f"Warnung bei {entry.warn_percent} %"
    rungs = [{"at": at, "to": ["leads"], "via": ["inbox", "mail"]} for at in (entry.warn_percent, "breach")]
    found = _id(Ladder.name, name)
    return found or put_ladder(None, name=name, rungs=rungs, at=applying.at, is_demo=applying.is_demo).id


def give_hours(applying: Applying, entry: TeamEntry) -> None:
    """Write down in which hours a team takes over, within what, and who is told."""
    row = db.session.scalars(select(Team).where(Team.name == entry.name)).one()
    plain = ("accept_minutes", "work_minutes", "return_minutes", "asks_cause", "causes")
    wanted: dict[str, Any] = {key: getattr(entry, key) for key in plain if entry.says(key)}
    if entry.says("calendar"):
        wanted["calendar_id"] = _wanted(Calendar.name, entry.calendar) if entry.calendar else None
    if entry.says("ladder"):
        wanted["ladder_id"] = _wanted(Ladder.name, entry.ladder) if entry.ladder else None
    _change(applying, row, "teams", entry.name, wanted)


def give_deputy(applying: Applying, entry: PersonEntry) -> None:
    """Write down in which hours somebody is told, and who instead while they are away."""
    row = db.session.scalars(select(Agent).where(Agent.email == entry.email.lower())).one()
    wanted: dict[str, Any] = {}
    if entry.says("calendar"):
        wanted["calendar_id"] = _wanted(Calendar.name, entry.calendar) if entry.calendar else None
    if entry.says("deputy"):
        wanted["deputy_id"] = _wanted(Agent.email, entry.deputy.lower(), field="deputy") if entry.deputy else None
        if wanted["deputy_id"] == row.id:
            raise LookupError("deputy: nobody stands in for themselves")
    _change(applying, row, "people", row.email, wanted)


def _change(applying: Applying, row: Team | Agent, section: str, name: str, wanted: Mapping[str, Any]) -> None:
    is_new = any(change == Change(section=section, name=name) for change in applying.changes)
    for key, after in wanted.items():
        before = getattr(row, key)
        setattr(row, key, after)
        if before != after and not is_new:
            words = {"before": _called(key, before), "after": _called(key, after)}
            applying.changes.append(Change(section=section, name=name, field=key.removesuffix("_id"), **words))
    db.session.flush()


def _id(column: InstrumentedAttribute[str], name: str) -> int | None:
    found: int | None = db.session.scalar(select(column.class_.id).where(column == name))
    return found


def _wanted(column: InstrumentedAttribute[str], name: str, *, field: str = "") -> int:
    found = _id(column, name)
    if found is None:
        noun = column.class_.__tablename__
        raise LookupError(f"{field or noun}: there is no {noun} {name!r}")
    return found


def _in_words(written: Written) -> Written:
    """Name what other rows are called instead of their ids."""
    differing = {
        key.removesuffix("_id"): (_called(key, before), _called(key, after))
        for key, (before, after) in written.differing.items()
    }
    return Written(id=written.id, is_new=written.is_new, differing=differing)


def _called(key: str, value: Any) -> object:
    if key == "deputy_id" and value:
        return db.session.scalar(select(Agent.email).where(Agent.id == value))
    kind = _NAMED.get(key)
    return db.session.scalar(select(kind.name).where(kind.id == value)) if kind and value else value


def follow(applying: Applying) -> None:
    """Let what is open follow the calendars as they are now; ladders were followed where they were written."""
    reprojection.carry(at=applying.at)
