"""An obligation that gets another target: of another priority, or of another policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sla import retarget
from sla.obligations import elapsed, open_obligation
from sla.standing import Aimed, Obligation, Terms
from sla.targets import Kind, Priority, choose

WARN_PERCENT = (50, 75, 90)


def retargeted(owed: Obligation, terms: Terms, priority: Priority, *, at: datetime) -> Obligation:
    """Give an open obligation the target of its new priority or policy.

    A tighter one leaves at least a quarter of itself from now on and never comes later than before, so that nobody
    turns red by a change of priority alone. In other hours only the deadlines can be compared.
    """
    opening = owed.opening
    target = choose(terms.targets, route=owed.route, kind=opening.kind, priority=priority)
    if target is None:
        return owed
    hours, before = owed.hours, opening.within
    is_looser = target.within > before
    if target.calendar_name != owed.calendar_name:
        hours = terms.calendars[target.calendar_name]
        before = elapsed(hours, opening.opened_at, opening.due_at)
        is_looser = hours.due(opening.opened_at, target.within) > opening.due_at
    spent = elapsed(hours, opening.opened_at, at)
    within = target.within if is_looser else retarget.retargeted(before, target.within, spent, grain=terms.granule)
    again = open_obligation(opening.opened_at, opening.kind, within, hours, WARN_PERCENT)
    followed = (*owed.aimed, Aimed(at, terms, priority))
    return replace(owed, opening=again, terms=terms, hours=hours, calendar_name=target.calendar_name, aimed=followed)


def as_first(owed: Obligation) -> Obligation:
    """Owe a first answer after all, because what made it a further one never arrived.

    It has followed every change since then as such: nobody turns red by a change that was made meanwhile.
    """
    begun, *changes = owed.aimed
    target = choose(begun.terms.targets, route=owed.route, kind=Kind.FIRST, priority=begun.priority)
    calendar = target.calendar_name if target else owed.calendar_name
    within = target.within if target else owed.opening.within
    hours = owed.hours if calendar == owed.calendar_name else begun.terms.calendars[calendar]
    opening = open_obligation(owed.opening.opened_at, Kind.FIRST, within, hours, WARN_PERCENT)
    again = replace(owed, opening=opening, terms=begun.terms, hours=hours, calendar_name=calendar, aimed=(begun,))
    for change in changes:
        again = retargeted(again, change.terms, change.priority, at=change.at)
    return again
