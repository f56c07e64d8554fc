"""The clocks of teams among each other; a hand-over never touches what the customer is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sla.hours import BusinessHours
from sla.obligations import Opening, open_obligation
from sla.targets import Kind

WARN_PERCENT = (50, 75, 90)


class Ball(StrEnum):
    """Who holds the matter while it is handed over."""

    GIVER = "giver"
    RECEIVER = "receiver"


class Answer(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RETURNED = "returned"
    """Nobody answered in time: it went back by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamClocks:
    """What the receiving team owes its colleagues, in its own hours; both run from the hand-over."""

    acceptance: Opening
    work: Opening
    returns_at: datetime | None
    """When an unanswered hand-over goes back by itself; None: never."""


def team_clocks(
    at: datetime,
    *,
    accept_within: timedelta,
    work_within: timedelta,
    hours: BusinessHours,
    return_within: timedelta | None = None,
) -> TeamClocks:
    """Start both clocks of a hand-over; the work counts from the hand-over and not from its acceptance."""
    return TeamClocks(
        acceptance=open_obligation(at, Kind.FIRST, accept_within, hours, WARN_PERCENT),
        work=open_obligation(at, Kind.NEXT, work_within, hours, WARN_PERCENT),
        returns_at=hours.breach(at, return_within) if return_within is not None else None,
    )


def holder(answer: Answer | None) -> Ball:
    """Say who holds the ball: the giver until the other team has accepted, so that no matter is in no man's land."""
    return Ball.RECEIVER if answer is Answer.ACCEPTED else Ball.GIVER


def bounces(teams: list[int]) -> int:
    """Count how often a matter came back to a team that had given it away."""
    seen: set[int] = set()
    count = 0
    for team in teams:
        count += team in seen
        seen.add(team)
    return count
