"""An obligation that gets another target: of another priority, another policy, another kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sla import retarget
from sla.obligations import elapsed, open_obligation, verdict
from sla.standing import Obligation, State, Terms
from sla.targets import Kind, Priority, choose

WARN_PERCENT = (50, 75, 90)


def retargeted(owed: Obligation, terms: Terms, priority: Priority, *, at: datetime) -> Obligation:
    """Give an open obligation the target of its new priority.

    A tighter one leaves at least a quarter of itself from now on and never comes later than before, so that nobody
    turns red by a change of priority alone.
    """
    opening, hours = owed.opening, owed.hours
    target = choose(terms.targets, route=owed.route, kind=opening.kind, priority=priority)
    if target is None:
        return owed
    spent = elapsed(hours, opening.opened_at, at)
    within = retarget.retargeted(opening.within, target.within, spent, grain=terms.granule)
    again = open_obligation(opening.opened_at, opening.kind, within, hours, WARN_PERCENT)
    return replace(owed, opening=again, terms=terms)


def rekinded(owed: Obligation, kind: Kind, priority: Priority) -> Obligation:
    """Make a first answer of a next one or the other way round, with the target that this kind has."""
    opening, hours = owed.opening, owed.hours
    target = choose(owed.terms.targets, route=owed.route, kind=kind, priority=priority)
    within = target.within if target else opening.within
    again = open_obligation(opening.opened_at, kind, within, hours, WARN_PERCENT)
    if owed.state is not State.MET or owed.ended_at is None:
        return replace(owed, opening=again)
    return replace(owed, opening=again, verdict=verdict(hours, opening.opened_at, within, owed.ended_at))
