"""The hand-overs in a line of `faden sla replay` and the clocks of the teams (docs/sla-replay.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cli.sla_lines import LineError, instant, minutes, minutes_of, spelled
from app.cli.sla_log import Entry, Log
from app.cli.sla_setup import Setup
from sla.events import Said, Weight
from sla.handover import TeamClocks, team_clocks
from sla.hours import BusinessHours
from sla.obligations import Opening, verdict

_ANSWERS = {"accept": "accepted", "decline": "declined", "withdraw": "withdrawn"}


@dataclass(slots=True)
class _Handover:
    team: str
    ticket: str
    at: datetime
    hours: BusinessHours
    calendar: str
    clocks: TeamClocks
    state: str = "pending"
    answered_at: datetime | None = None


def handed_over(log: Log, setup: Setup, options: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Say how each hand-over stands; nothing where there is none."""
    pending: list[_Handover] = []
    for entry in log.entries:
        if entry["k"] == "handoff":
            pending.append(_begun(entry, setup, options))
        elif entry["k"] in _ANSWERS:
            _answer(entry, pending)
    return {"handovers": [_shown(each, log, now) for each in pending]} if pending else {}


def _begun(entry: Entry, setup: Setup, options: Mapping[str, Any]) -> _Handover:
    hours, calendar, written = setup.team(entry.get("team"), options)
    at = instant(entry["t"])
    clocks = team_clocks(
        at,
        accept_within=minutes(written["accept"]),
        work_within=minutes(written["work"]),
        hours=hours,
        return_within=minutes(written["return"]) if written.get("return") is not None else None,
    )
    return _Handover(
        team=entry["team"], ticket=entry.get("ticket", ""), at=at, hours=hours, calendar=calendar, clocks=clocks
    )


def _answer(entry: Entry, handovers: list[_Handover]) -> None:
    """Let the newest hand-over that waits be answered: of the ticket, and of the team if it is named."""
    at, team = instant(entry["t"]), entry.get("team")
    for each in reversed(handovers):
        is_meant = each.ticket == entry.get("ticket", "") and team in {None, each.team}
        if is_meant and each.state == "pending" and not _is_back(each, at):
            each.state, each.answered_at = _ANSWERS[entry["k"]], at
            return
    raise LineError(f"there is no hand-over to {entry['k']}")


def _is_back(each: _Handover, at: datetime) -> bool:
    returns_at = each.clocks.returns_at
    return returns_at is not None and returns_at <= at


def _shown(each: _Handover, log: Log, now: datetime) -> dict[str, Any]:
    if each.state == "pending" and _is_back(each, now):
        each.state, each.answered_at = "returned", each.clocks.returns_at
    is_taken = each.state == "accepted"
    over = None if each.state in {"pending", "accepted"} else each.answered_at
    return {
        "team": each.team,
        "at": spelled(each.at),
        "calendar": each.calendar,
        "state": each.state,
        "ball": "receiver" if is_taken else "giver",
        "returns_at": spelled(each.clocks.returns_at) if each.state == "pending" else None,
        "acceptance": _clock(
            each.clocks.acceptance,
            each,
            now,
            met_at=each.answered_at if is_taken or each.state == "declined" else None,
            over=over,
        ),
        "work": _clock(each.clocks.work, each, now, met_at=_worked_at(each, log) if is_taken else None, over=over),
    }


def _worked_at(each: _Handover, log: Log) -> datetime | None:
    """Return when the customer was first answered after the other team had taken the matter."""
    answers = (
        event.accepted_at or event.at
        for event, where in zip(log.events, log.where, strict=True)
        if isinstance(event, Said)
        and event.weight is Weight.SUBSTANTIVE
        and not event.failed_at
        and where == each.ticket
        and each.answered_at is not None
        and event.at >= each.answered_at
    )
    return min(answers, default=None)


def _clock(
    opening: Opening, each: _Handover, now: datetime, *, met_at: datetime | None, over: datetime | None
) -> dict[str, Any]:
    judged = verdict(each.hours, opening.opened_at, opening.within, met_at) if met_at else None
    return {
        "target_min": minutes_of(opening.within),
        "due": spelled(opening.due_at),
        "breach": spelled(opening.breach_at),
        "state": "met" if met_at else "waived" if over else "open",
        "verdict": judged.value if judged else None,
        "elapsed_min": minutes_of(each.hours.between(opening.opened_at, met_at or over or now)),
        **{rung.name: spelled(rung.at) for rung in opening.rungs if rung.name != "breach"},
    }
