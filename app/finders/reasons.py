"""Why each clock of a ticket is due when it is: what the rows know, as values that `sla.explained` says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.db import db
from app.models import (
    Agent,
    Calendar,
    CalendarVersion,
    Conversation,
    Event,
    Message,
    MessageClass,
    Obligation,
    ObligationState,
    Policy,
    PolicyVersion,
    Promise,
    PromiseState,
    Team,
)
from sla.explanation import Basis, Changed, Ended, Ending, Explanation, Rest, Start, Subject, counted_days
from sla.hours import BusinessHours
from sla.obligations import elapsed
from sla.standing import Holding

HoursOf = Callable[[int, int], BusinessHours]
"""Takes the id and the version of a calendar."""
LATE_AFTER = timedelta(hours=24)
"""From such a delay on it is worth a word that a message reached us later than it was written."""
BEGINNING_YEAR = 1970
"""A version of this year holds from the beginning, which is nothing to say."""
_answer = aliased(Message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What all clocks of one ticket share."""

    now: datetime
    hours_of: HoursOf
    changes: tuple[Changed, ...]
    waivers: Mapping[datetime, str]
    """Who waived or resolved, by the instant."""
    names: Mapping[int, Mapping[date, str]]
    """Of the days off, by calendar."""


def of_obligations(number: int, *, hours_of: HoursOf, now: datetime) -> dict[int, Explanation]:
    """Explain what is or was owed on a ticket, the oldest first; three statements. The door has asked `access`."""
    rows = db.session.execute(_obligations(number)).all()
    known = known_of(number, {row[0].calendar_id for row in rows}, hours_of=hours_of, now=now)
    return {row[0].id: _obligation(row, known) for row in rows}


def _obligations(number: int) -> Any:
    return (
        select(
            Obligation,
            Policy.name,
            PolicyVersion,
            Team.name,
            Calendar.name,
            Calendar.time_zone,
            Message.stored_at,
            _answer.message_class,
            _answer.author_name,
        )
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .join(Policy, Policy.id == Obligation.policy_id)
        .join(Calendar, Calendar.id == Obligation.calendar_id)
        .join(Message, Message.id == Obligation.message_id)
        .outerjoin(PolicyVersion, PolicyVersion.id == Obligation.policy_version_id)
        .outerjoin(Team, Team.id == PolicyVersion.team_id)
        .outerjoin(_answer, _answer.id == Obligation.answered_by_id)
        .where(Conversation.ticket_id == number)
        .order_by(Obligation.opened_at, Obligation.id)
    )


def _obligation(row: Any, known: Known) -> Explanation:
    owed, policy, version, team, calendar, zone_name, stored_at, answer_class, author = row
    hours, zone = known.hours_of(owed.calendar_id, owed.calendar_version), ZoneInfo(zone_name)
    ends_at = owed.settled_at or known.now
    return Explanation(
        subject=Subject(owed.kind),
        zone=zone,
        now=known.now,
        basis=basis_of(policy, version, team, calendar, owed.calendar_version),
        start=Start(
            at=owed.opened_at,
            route=owed.route,
            message=owed.message_id,
            heard_at=stored_at if stored_at - owed.opened_at > LATE_AFTER else None,
        ),
        within=timedelta(minutes=owed.target_minutes),
        due_at=owed.due_at,
        breach_at=owed.breach_at,
        days=counted_days(
            hours, zone=zone, since=owed.opened_at, until=owed.due_at, holidays=known.names.get(owed.calendar_id, {})
        ),
        elapsed=elapsed(hours, owed.opened_at, ends_at),
        changes=tuple(each for each in known.changes if owed.opened_at < each.at <= ends_at),
        holding=Holding(version.holding.value) if version else Holding.OWN_CONVERSATION,
        muted_until=owed.muted_until,
        ending=_ending(owed, known, answer_class=answer_class, author=author or ""),
    )


def _ending(owed: Obligation, known: Known, *, answer_class: MessageClass | None, author: str) -> Ending:
    if owed.state is ObligationState.WAIVED and owed.settled_at:
        by = known.waivers.get(owed.settled_at, "")
        return Ending(state=Ended.WAIVED, at=owed.settled_at, by=by, reason=owed.verdict)
    if owed.state is ObligationState.MET:
        return Ending(
            state=Ended.MET,
            at=owed.settled_at,
            by=author,
            message=owed.answered_by_id,
            is_late=owed.verdict == "breached",
            is_holding=answer_class is MessageClass.HOLDING,
        )
    if owed.answered_by_id:
        return Ending(state=Ended.ANSWERED, by=author, message=owed.answered_by_id)
    return Ending()


def basis_of(
    policy: str, version: PolicyVersion | None, team: str | None, calendar: str, calendar_version: int
) -> Basis:
    """Return the rule behind a target; its criteria are what it asks for, in the order in which they weigh."""
    if version is None:
        return Basis(rule=policy, calendar=calendar, calendar_version=calendar_version)
    asked = (
        ("customer_group", version.customer_group),
        ("tag", version.tag),
        ("team", team),
        ("priority", version.priority),
        ("route", version.route),
    )
    return Basis(
        rule=policy,
        version=version.number,
        valid_from=version.valid_from if version.valid_from.year > BEGINNING_YEAR else None,
        criteria=tuple((name, value) for name, value in asked if value),
        calendar=calendar,
        calendar_version=calendar_version,
    )


def known_of(number: int, calendar_ids: Iterable[int], *, hours_of: HoursOf, now: datetime) -> Known:
    """Read what the clocks of a ticket share; two statements."""
    changes: list[Changed] = []
    waivers: dict[datetime, str] = {}
    told = db.session.execute(
        select(Event.kind, Event.at, Event.details, Agent.name)
        .outerjoin(Agent, Agent.id == Event.actor_id)
        .where(Event.ticket_id == number, Event.kind.in_(["prioritised", "waived", "resolved"]))
        .order_by(Event.id)
    )
    for kind, at, details, by in told:
        if kind != "prioritised":
            waivers[at] = by or ""
        elif details.get("from") and details.get("to"):
            changes.append(Changed(at=at, before=details["from"], after=details["to"], by=by or ""))
    names = _days_off(set(calendar_ids))
    return Known(now=now, hours_of=hours_of, changes=tuple(changes), waivers=waivers, names=names)


def _days_off(calendar_ids: set[int]) -> dict[int, dict[date, str]]:
    """Return the names of the days off that any version of the calendars knows; the hours know which of them hold."""
    if not calendar_ids:
        return {}
    written = db.session.execute(
        select(CalendarVersion.calendar_id, CalendarVersion.holidays)
        .where(CalendarVersion.calendar_id.in_(calendar_ids))
        .order_by(CalendarVersion.number)
    )
    found: dict[int, dict[date, str]] = {}
    for calendar_id, holidays in written:
        days = {date.fromisoformat(day): str(name) for day, name in holidays.items()}
        found.setdefault(calendar_id, {}).update(days)
    return found


def of_promises(number: int, *, zone: ZoneInfo, now: datetime) -> dict[int, Explanation]:
    """Explain what was promised on a ticket, the oldest first; one statement."""
    rows = db.session.execute(
        select(Promise, Agent.name, _answer.author_name)
        .join(Conversation, Conversation.id == Promise.conversation_id)
        .join(Agent, Agent.id == Promise.owner_id)
        .outerjoin(_answer, _answer.id == Promise.kept_by_id)
        .where(Conversation.ticket_id == number)
        .order_by(Promise.id)
    )
    return {
        promise.id: Explanation(
            subject=Subject.PROMISE,
            zone=zone,
            now=now,
            start=Start(at=promise.promised_at, by=owner),
            due_at=promise.due_at,
            breach_at=promise.due_at,
            ending=_kept(promise, author or ""),
        )
        for promise, owner, author in rows
    }


def _kept(promise: Promise, author: str) -> Ending:
    match promise.state:
        case PromiseState.KEPT:
            is_late = promise.settled_at is not None and promise.settled_at > promise.due_at
            message = promise.kept_by_id
            return Ending(state=Ended.MET, at=promise.settled_at, by=author, message=message, is_late=is_late)
        case PromiseState.REPLACED:
            return Ending(state=Ended.REPLACED, at=promise.settled_at)
        case PromiseState.WAIVED:
            return Ending(state=Ended.WAIVED, at=promise.settled_at, reason=promise.reason)
    if promise.kept_by_id:
        return Ending(state=Ended.ANSWERED, by=author, message=promise.kept_by_id)
    return Ending()


def rests_of(written: Iterable[Mapping[str, Any]]) -> tuple[Rest, ...]:
    """Read the rests of a ticket's clock."""
    return tuple(
        Rest(
            since=datetime.fromisoformat(each["since"]),
            until=datetime.fromisoformat(each["until"]) if each.get("until") else None,
            why=each["why"],
        )
        for each in written
    )
