"""The clocks of a ticket as a pure function of what happened on it.

A customer's message opens exactly one obligation; one substantive answer anywhere settles all that are older.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce

from sla.events import Event, Heard, Reprioritised, Said, Waived, Weight
from sla.hours import BusinessHours
from sla.obligations import Opening, Verdict, elapsed, kind_of, open_obligation, verdict
from sla.targets import Kind, Priority, Route, Target, choose

WARN_PERCENT = (50, 75, 90)


class Holding(StrEnum):
    """What a holding reply does to the open obligations besides promising; it never meets a `next` one."""

    OWN_CONVERSATION = "own_conversation"
    STOPS_FIRST_RESPONSE = "stops_first_response"
    PAUSES_ESCALATION = "pauses_escalation"
    IGNORED = "ignored"


class State(StrEnum):
    """An answered obligation is `met` here even if the answer came late; the verdict tells."""

    OPEN = "open"
    MET = "met"
    WAIVED = "waived"


class PromiseState(StrEnum):
    """A promise is broken once its time has passed without a substantive answer, for good."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What we aim for on a ticket, and in which hours."""

    targets: tuple[Target, ...]
    calendars: Mapping[str, BusinessHours]
    holding: Holding = Holding.OWN_CONVERSATION
    promise_within: timedelta = timedelta(hours=8)
    promise_calendar: str
    """For promises without a time, which only imported messages have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One answer we owe or owed; `opening.within` is the target after changes of priority."""

    route: Route
    conversation: str
    calendar_name: str
    opening: Opening
    ended_at: datetime | None = None
    state: State = State.OPEN
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The newest promise; earlier ones are replaced by it."""

    due_at: datetime
    answered_at: datetime | None = None

    def state(self, now: datetime) -> PromiseState:
        """Say whether it is kept as far as `now` can tell; an answer at the promised instant keeps it."""
        if (self.answered_at or now) > self.due_at:
            return PromiseState.BROKEN
        return PromiseState.KEPT if self.answered_at else PromiseState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """Where a ticket stands after its events."""

    obligations: tuple[Obligation, ...] = ()
    oldest_unanswered_at: datetime | None = None
    promise: Promise | None = None
    priority: Priority = Priority.NORMAL
    is_answered: bool = False
    held: frozenset[str] = frozenset()
    """Conversations in which a holding reply has used up the first response."""
    is_held_everywhere: bool = False

    @property
    def due_at(self) -> datetime | None:
        """The earliest instant at which something is owed; a broken promise stays owed until it is answered."""
        dues = [owed.opening.due_at for owed in self.obligations if owed.state is State.OPEN]
        if self.promise and not self.promise.answered_at:
            dues.append(self.promise.due_at)
        return min(dues, default=None)


def project(events: Iterable[Event], terms: Terms) -> Projection:
    """Fold events in order of time; those of one instant count in the order given."""
    return reduce(lambda ticket, event: _after(ticket, event, terms), sorted(events, key=_at), Projection())


def _at(event: Event) -> datetime:
    return event.at


def _after(ticket: Projection, event: Event, terms: Terms) -> Projection:
    match event:
        case Heard(needs_answer=True):
            return _heard(ticket, event, terms)
        case Said(weight=Weight.SUBSTANTIVE):
            return _promised(_answered(ticket, event, terms), event)
        case Said(weight=Weight.HOLDING) if terms.holding is not Holding.IGNORED:
            hours = terms.calendars[terms.promise_calendar]
            promise_at = event.promise_at or hours.due(event.at, terms.promise_within)
            return _promised(_held(ticket, event, terms), replace(event, promise_at=promise_at))
        case Waived():
            waived = _ended(ticket, terms, at=event.at, state=State.WAIVED)
            return replace(waived, oldest_unanswered_at=None)
        case Reprioritised() if event.to != ticket.priority:
            obligations = tuple(_retargeted(owed, event, terms) for owed in ticket.obligations)
            return replace(ticket, obligations=obligations, priority=event.to)
        case _:
            return ticket


def _heard(ticket: Projection, event: Heard, terms: Terms) -> Projection:
    is_held = ticket.is_held_everywhere or event.conversation in ticket.held
    kind = kind_of(answered_substantively_since_reopen=ticket.is_answered, conversation_held=is_held)
    heard = replace(ticket, oldest_unanswered_at=ticket.oldest_unanswered_at or event.at)
    target = choose(terms.targets, route=event.route, kind=kind, priority=ticket.priority)
    if target is None:
        return heard
    hours = terms.calendars[target.calendar_name]
    owed = Obligation(
        route=event.route,
        conversation=event.conversation,
        calendar_name=target.calendar_name,
        opening=open_obligation(event.at, kind, target.within, hours, WARN_PERCENT),
    )
    return replace(heard, obligations=(*ticket.obligations, owed))


def _answered(ticket: Projection, event: Said, terms: Terms) -> Projection:
    settled = _ended(ticket, terms, at=event.at, state=State.MET)
    promise = ticket.promise
    if promise and not promise.answered_at:
        promise = replace(promise, answered_at=event.at)
    return replace(settled, oldest_unanswered_at=None, promise=promise, is_answered=True)


def _held(ticket: Projection, event: Said, terms: Terms) -> Projection:
    if terms.holding is Holding.PAUSES_ESCALATION:
        return ticket
    if terms.holding is Holding.STOPS_FIRST_RESPONSE:
        stopped = _ended(ticket, terms, at=event.at, state=State.MET, only_first=True)
        return replace(stopped, is_held_everywhere=True)
    acknowledged = _ended(
        ticket, terms, at=event.at, state=State.MET, only_first=True, only_conversation=event.conversation
    )
    return replace(acknowledged, held=ticket.held | {event.conversation})


def _promised(ticket: Projection, event: Said) -> Projection:
    return replace(ticket, promise=Promise(due_at=event.promise_at)) if event.promise_at else ticket


def _ended(
    ticket: Projection,
    terms: Terms,
    *,
    at: datetime,
    state: State,
    only_first: bool = False,
    only_conversation: str | None = None,
) -> Projection:
    def end(owed: Obligation) -> Obligation:
        is_other_kind = only_first and owed.opening.kind is not Kind.FIRST
        is_elsewhere = only_conversation not in {None, owed.conversation}
        if owed.state is not State.OPEN or is_other_kind or is_elsewhere:
            return owed
        hours = terms.calendars[owed.calendar_name]
        judged = verdict(hours, owed.opening.opened_at, owed.opening.within, at) if state is State.MET else None
        return replace(owed, ended_at=at, state=state, verdict=judged)

    return replace(ticket, obligations=tuple(map(end, ticket.obligations)))


def _retargeted(owed: Obligation, event: Reprioritised, terms: Terms) -> Obligation:
    """Give an open obligation the target of its new priority.

    A tighter one leaves at least a quarter of itself from now on and never comes later than before, so that nobody
    turns red by a change of priority alone.
    """
    opening = owed.opening
    target = choose(terms.targets, route=owed.route, kind=opening.kind, priority=event.to)
    if owed.state is not State.OPEN or target is None:
        return owed
    hours, within = terms.calendars[owed.calendar_name], target.within
    if within < opening.within:
        earliest = elapsed(hours, opening.opened_at, event.at) + within / 4
        within = min(opening.within, max(within, earliest))
    return replace(owed, opening=open_obligation(opening.opened_at, opening.kind, within, hours, WARN_PERCENT))
