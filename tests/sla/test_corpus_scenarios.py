"""The foreign event logs: the clocks that result must be right in every field."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sla.events import Event, Heard, Reprioritised, Said, Waived, Weight
from sla.hours import BusinessHours
from sla.projection import project
from sla.standing import Holding, Obligation, Terms
from sla.targets import Kind, Priority, Route, Target

pytestmark = pytest.mark.corpus

MINUTE = timedelta(minutes=1)


def read_terms(setup: dict[str, Any], mode: str) -> Terms:
    targets = [
        Target(Route(route), kind, minutes * MINUTE, policy["calendar"], Priority(priority))
        for route, policy in setup["policy"].items()
        for kind in Kind
        for priority, minutes in policy[kind].items()
    ]
    return Terms(
        targets=tuple(targets),
        calendars={name: BusinessHours.compile(**written) for name, written in setup["calendars"].items()},
        holding=Holding(mode),
        promise_within=setup["promise_default_minutes"] * MINUTE,
        promise_calendar=setup["promise_calendar"],
    )


def read_event(line: dict[str, Any]) -> Event | None:
    """Return None for what was never delivered."""
    at = datetime.fromisoformat(line["t"])
    match line["k"]:
        case "in":
            return Heard(at=at, route=Route(line["ch"]), conversation=line["ch"], needs_answer=not line.get("auto"))
        case "out" if line.get("failed"):
            return None
        case "out":
            promise_at = datetime.fromisoformat(line["promise"]) if "promise" in line else None
            return Said(at=at, conversation=line["ch"], weight=Weight(line["cls"]), promise_at=promise_at)
        case "waive":
            return Waived(at=at)
        case "priority":
            return Reprioritised(at=at, to=Priority(line["to"]))
    raise AssertionError(line)


def spell(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def spell_obligation(owed: Obligation, terms: Terms, now: datetime) -> dict[str, Any]:
    opening, hours = owed.opening, terms.calendars[owed.calendar_name]
    return {
        "kind": opening.kind,
        "channel": owed.route,
        "at": spell(opening.opened_at),
        "calendar": owed.calendar_name,
        "target_min": opening.within / MINUTE,
        "due": spell(opening.due_at),
        "breach": spell(opening.breach_at),
        "state": owed.state,
        "verdict": owed.verdict,
        "elapsed_min": hours.between(opening.opened_at, owed.ended_at or now) / MINUTE,
        **{rung.name: spell(rung.at) for rung in opening.rungs if rung.name != "breach"},
    }


def answer(scenario: dict[str, Any], setup: dict[str, Any]) -> dict[str, Any]:
    terms = read_terms(setup, scenario["options"].get("holding", setup["default_holding"]))
    now = datetime.fromisoformat(scenario["now"] or max(line["t"] for line in scenario["log"]))
    ticket = project([event for line in scenario["log"] if (event := read_event(line))], terms)
    promise = ticket.promise
    return {
        "oldest_unanswered_since": spell(ticket.oldest_unanswered_at),
        "due": spell(ticket.due_at),
        "promise": {"due": spell(promise.due_at), "state": promise.state(now)} if promise else None,
        "obligations": [spell_obligation(owed, terms, now) for owed in ticket.obligations],
    }


def test_every_scenario_is_right(corpus: Path) -> None:
    setup = json.loads((corpus / "sla" / "setup.json").read_text(encoding="utf-8"))
    scenarios = [
        json.loads(line) for line in (corpus / "sla" / "scenarios.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    wrong = [
        (scenario["id"], found) for scenario in scenarios if (found := answer(scenario, setup)) != scenario["expect"]
    ]
    print(f"{len(scenarios) - len(wrong)} of {len(scenarios)} scenarios right")  # noqa: T201
    assert len(scenarios) >= 18
    assert wrong == []
