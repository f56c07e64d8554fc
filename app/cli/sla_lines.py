"""The lines of `faden sla`: written terms and events into values of the core, and what it answers back into lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sla.events import Event, Heard, Reprioritised, Said, Waived, Weight
from sla.hours import BusinessHours
from sla.projection import project
from sla.standing import Holding, Obligation, Terms
from sla.targets import Kind, Priority, Route, Target

MINUTE = timedelta(minutes=1)


def business_time(line: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one line of `sla hours`; raises `HoursError` where the calendar cannot be right."""
    pauses = [tuple(map(datetime.fromisoformat, pause)) for pause in line.get("pauses", ())]
    written = {name: line[name] for name in ("tz", "weekly_hours", "holidays", "special_hours") if name in line}
    hours = BusinessHours.compile(**written, pauses=pauses)
    start = datetime.fromisoformat(line["start"])
    if line["op"] == "between":
        return {"id": line["id"], "minutes": _minutes(hours.between(start, datetime.fromisoformat(line["end"])))}
    within = line["add_minutes"] * MINUTE
    due, breach = hours.due(start, within), hours.breach(start, within)
    return {"id": line["id"], "due": _instant(due), "breach": _instant(breach)}


def replayed(line: Mapping[str, Any], setup: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one line of `sla replay`: the obligations and the promise after all its events."""
    terms = _terms(setup, line.get("options", {}).get("holding", setup["default_holding"]))
    now = datetime.fromisoformat(line.get("now") or max(event["t"] for event in line["log"]))
    ticket = project([event for each in line["log"] if (event := _event(each))], terms)
    promise = ticket.promise
    return {
        "oldest_unanswered_since": _instant(ticket.oldest_unanswered_at),
        "due": _instant(ticket.due_at),
        "promise": {"due": _instant(promise.due_at), "state": promise.state(now).value} if promise else None,
        "obligations": [_obligation(owed, terms, now) for owed in ticket.obligations],
    }


def _terms(setup: Mapping[str, Any], holding: str) -> Terms:
    targets = [
        Target(Route(route), kind, minutes * MINUTE, policy["calendar"], Priority(priority))
        for route, policy in setup["policy"].items()
        for kind in Kind
        for priority, minutes in policy[kind.value].items()
    ]
    return Terms(
        targets=tuple(targets),
        calendars={name: BusinessHours.compile(**written) for name, written in setup["calendars"].items()},
        holding=Holding(holding),
        promise_within=setup["promise_default_minutes"] * MINUTE,
        promise_calendar=setup["promise_calendar"],
    )


def _event(line: Mapping[str, Any]) -> Event | None:
    """Return None for a message that was never delivered: it answers nothing."""
    at = datetime.fromisoformat(line["t"])
    match line["k"]:
        case "in":
            return Heard(at=at, route=Route(line["ch"]), conversation=line["ch"], needs_answer=not line.get("auto"))
        case "out":
            promise_at = datetime.fromisoformat(line["promise"]) if line.get("promise") else None
            said = Said(at=at, conversation=line["ch"], weight=Weight(line["cls"]), promise_at=promise_at)
            return None if line.get("failed") else said
        case "waive":
            return Waived(at=at)
        case "priority":
            return Reprioritised(at=at, to=Priority(line["to"]))
    raise ValueError(f"there is no event {line['k']!r}")


def _obligation(owed: Obligation, terms: Terms, now: datetime) -> dict[str, Any]:
    opening, hours = owed.opening, terms.calendars[owed.calendar_name]
    return {
        "kind": opening.kind.value,
        "channel": owed.route.value,
        "at": _instant(opening.opened_at),
        "calendar": owed.calendar_name,
        "target_min": _minutes(opening.within),
        "due": _instant(opening.due_at),
        "breach": _instant(opening.breach_at),
        "state": owed.state.value,
        "verdict": owed.verdict.value if owed.verdict else None,
        "elapsed_min": _minutes(hours.between(opening.opened_at, owed.ended_at or now)),
        **{rung.name: _instant(rung.at) for rung in opening.rungs if rung.name != "breach"},
    }


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def _minutes(duration: timedelta) -> float | int:
    """Return minutes, whole where they are."""
    minutes = duration / MINUTE
    return int(minutes) if minutes.is_integer() else minutes
