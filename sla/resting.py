"""An obligation that stands still for a while, runs on, and is met: what passed while it rested never counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sla.anew import WARN_PERCENT
from sla.events import Said
from sla.obligations import open_obligation, verdict
from sla.standing import Obligation, State


def rest(owed: Obligation, at: datetime) -> Obligation:
    """Let its clock stand still from now on; one that rests already rests on."""
    return owed if owed.rests_since is not None else replace(owed, rests_since=max(at, owed.opening.opened_at))


def run_on(owed: Obligation, at: datetime) -> Obligation:
    """Let it run again: what has passed since it rested does not count."""
    if owed.rests_since is None:
        return owed
    hours, opening = owed.hours.without([(owed.rests_since, at)]), owed.opening
    again = open_obligation(opening.opened_at, opening.kind, opening.within, hours, WARN_PERCENT)
    return replace(owed, opening=again, hours=hours, rests_since=None)


def met(owed: Obligation, event: Said) -> Obligation:
    """Judge an answer by the instant the platform accepted it."""
    at, opening = event.accepted_at or event.at, owed.opening
    if owed.rests_since is not None:
        owed = run_on(owed, max(at, owed.rests_since))
    judged = verdict(owed.hours, opening.opened_at, opening.within, at)
    return replace(owed, ended_at=at, ended_for=event.at, ended_by=event.message, state=State.MET, verdict=judged)
