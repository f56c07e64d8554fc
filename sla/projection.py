"""The clocks of tickets as a pure function of what happened on them.

A customer's message opens exactly one obligation; one substantive answer anywhere on its ticket settles all that are
older. A conversation that moves to another ticket takes its obligations along untouched: joining and parting change
which deadlines a ticket shows, never a deadline. Tickets are told apart by any name; a log of one ticket needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from sla.events import Event, Heard, Moved, Reopened, Reprioritised, Resolved, Said, Waived, Weight
from sla.obligations import elapsed, kind_of, open_obligation, verdict
from sla.standing import Holding, Obligation, Place, Projection, Promise, State, Terms
from sla.targets import Kind, choose

WARN_PERCENT = (50, 75, 90)
_UNTOUCHED = Place()


def project(events: Iterable[Event], terms: Terms, *, homes: Mapping[str, str] | None = None) -> Projection:
    """Fold events in order of time; those of one instant count in the order given.

    `homes` names the ticket under which each conversation was opened, where there are several.
    """
    fold = _Fold(terms, dict(homes or {}))
    for event in sorted(events, key=attrgetter("at")):
        step = _STEPS.get(type(event))
        if step:
            step(fold, event)
    return fold.projection()


class _Fold:
    """What is known between two events; it lives as long as one call of `project`."""

    __slots__ = ("held", "homes", "obligations", "open", "places", "promise", "terms", "unanswered")

    def __init__(self, terms: Terms, homes: dict[str, str]) -> None:
        self.terms = terms
        self.homes = homes
        self.obligations: list[Obligation] = []
        self.open: list[int] = []
        """Which of the obligations are open, so that an answer looks at no other."""
        self.unanswered: list[tuple[str, datetime]] = []
        self.promise: Promise | None = None
        self.places: dict[str, Place] = {}
        self.held: set[str] = set()

    def projection(self) -> Projection:
        return Projection(
            obligations=tuple(self.obligations),
            unanswered=tuple(self.unanswered),
            promise=self.promise,
            places=self.places,
            homes=self.homes,
            held=frozenset(self.held),
        )

    def ticket_of(self, conversation: str) -> str:
        return self.homes.get(conversation, "")

    def place(self, ticket: str) -> Place:
        return self.places.get(ticket, _UNTOUCHED)

    def heard(self, event: Heard) -> None:
        if not event.needs_answer:
            return
        ticket = self.ticket_of(event.conversation)
        self.come_back(ticket, event.at)
        place = self.place(ticket)
        self.unanswered.append((event.conversation, event.at))
        is_held = place.is_held or event.conversation in self.held
        kind = kind_of(answered_substantively_since_reopen=place.is_answered, conversation_held=is_held)
        target = choose(self.terms.targets, route=event.route, kind=kind, priority=place.priority)
        if target is None or (event.is_missed_call and self.is_call_back_owed(event.conversation)):
            return
        hours = self.terms.calendars[target.calendar_name]
        self.open.append(len(self.obligations))
        self.obligations.append(
            Obligation(
                route=event.route,
                conversation=event.conversation,
                calendar_name=target.calendar_name,
                opening=open_obligation(event.at, kind, target.within, hours, WARN_PERCENT),
                is_call_back=event.is_missed_call,
            )
        )

    def is_call_back_owed(self, conversation: str) -> bool:
        waiting = (self.obligations[index] for index in self.open)
        return any(owed.is_call_back and owed.conversation == conversation for owed in waiting)

    def come_back(self, ticket: str, at: datetime) -> None:
        """Open a closed ticket again because its customer wrote; after a long while it begins anew."""
        place = self.place(ticket)
        if place.closed_at is None:
            return
        self.forget(ticket)
        if at - place.closed_at <= self.terms.reopen_within:
            self.places[ticket] = replace(place, closed_at=None)
        else:
            self.places[ticket] = Place(priority=place.priority)
            self.held = {each for each in self.held if self.ticket_of(each) != ticket}

    def said(self, event: Said) -> None:
        if event.weight is Weight.SUBSTANTIVE:
            self.answered(event)
            self.promised(event, event.promise_at)
        elif event.weight is Weight.HOLDING and self.terms.holding is not Holding.IGNORED:
            self.hold(event)
            hours = self.terms.calendars[self.terms.promise_calendar]
            self.promised(event, event.promise_at or hours.due(event.at, self.terms.promise_within))

    def answered(self, event: Said) -> None:
        ticket = self.ticket_of(event.conversation)
        self.end(ticket, event.accepted_at or event.at, State.MET)
        self.forget(ticket)
        promise = self.promise
        if promise and not promise.answered_at and self.ticket_of(promise.conversation) == ticket:
            self.promise = replace(promise, answered_at=event.accepted_at or event.at)
        place = self.place(ticket)
        if not place.is_answered:
            self.places[ticket] = replace(place, is_answered=True)

    def hold(self, event: Said) -> None:
        ticket = self.ticket_of(event.conversation)
        if self.terms.holding is Holding.STOPS_FIRST_RESPONSE:
            judged_at = event.accepted_at or event.at
            self.end(ticket, judged_at, State.MET, only=lambda owed: owed.opening.kind is Kind.FIRST)
            self.places[ticket] = replace(self.place(ticket), is_held=True)
        elif self.terms.holding is Holding.OWN_CONVERSATION:
            conversation = event.conversation

            def is_first_here(owed: Obligation) -> bool:
                return owed.opening.kind is Kind.FIRST and owed.conversation == conversation

            self.end(ticket, event.accepted_at or event.at, State.MET, only=is_first_here)
            self.held.add(conversation)

    def promised(self, event: Said, at: datetime | None) -> None:
        if at:
            self.promise = Promise(due_at=at, conversation=event.conversation)

    def waived(self, event: Waived) -> None:
        self.end(event.ticket, event.at, State.WAIVED)
        self.forget(event.ticket)

    def resolved(self, event: Resolved) -> None:
        place = self.place(event.ticket)
        if place.closed_at is None:
            self.end(event.ticket, event.at, State.WAIVED, is_resolved_away=True)
            self.places[event.ticket] = replace(place, closed_at=event.at)

    def reopened(self, event: Reopened) -> None:
        """Owe again exactly what the resolution had waived."""
        place = self.place(event.ticket)
        if place.closed_at is None:
            return
        for index, owed in enumerate(self.obligations):
            is_ours = owed.is_resolved_away and owed.ended_at == place.closed_at
            if is_ours and self.ticket_of(owed.conversation) == event.ticket:
                self.obligations[index] = replace(owed, ended_at=None, state=State.OPEN, is_resolved_away=False)
                self.open.append(index)
        self.places[event.ticket] = replace(place, closed_at=None)

    def moved(self, event: Moved) -> None:
        self.homes[event.conversation] = event.ticket

    def reprioritised(self, event: Reprioritised) -> None:
        place = self.place(event.ticket)
        if event.to == place.priority:
            return
        for index in self.open:
            owed = self.obligations[index]
            if self.ticket_of(owed.conversation) == event.ticket:
                self.obligations[index] = _retargeted(owed, event, self.terms)
        self.places[event.ticket] = replace(place, priority=event.to)

    def end(
        self,
        ticket: str,
        at: datetime,
        state: State,
        *,
        only: Callable[[Obligation], bool] | None = None,
        is_resolved_away: bool = False,
    ) -> None:
        """End the open obligations of a ticket, or only those that `only` says yes to."""
        still_open: list[int] = []
        for index in self.open:
            owed = self.obligations[index]
            if self.ticket_of(owed.conversation) != ticket or (only and not only(owed)):
                still_open.append(index)
                continue
            opening, hours = owed.opening, self.terms.calendars[owed.calendar_name]
            judged = verdict(hours, opening.opened_at, opening.within, at) if state is State.MET else None
            self.obligations[index] = replace(
                owed, ended_at=at, state=state, verdict=judged, is_resolved_away=is_resolved_away
            )
        self.open = still_open

    def forget(self, ticket: str) -> None:
        """Let no message of the ticket wait any more."""
        self.unanswered = [each for each in self.unanswered if self.ticket_of(each[0]) != ticket]


def _retargeted(owed: Obligation, event: Reprioritised, terms: Terms) -> Obligation:
    """Give an open obligation the target of its new priority.

    A tighter one leaves at least a quarter of itself from now on and never comes later than before, so that nobody
    turns red by a change of priority alone.
    """
    opening = owed.opening
    target = choose(terms.targets, route=owed.route, kind=opening.kind, priority=event.to)
    if target is None:
        return owed
    hours, within = terms.calendars[owed.calendar_name], target.within
    if within < opening.within:
        earliest = elapsed(hours, opening.opened_at, event.at) + within / 4
        within = min(opening.within, max(within, earliest))
    return replace(owed, opening=open_obligation(opening.opened_at, opening.kind, within, hours, WARN_PERCENT))


_STEPS: dict[type[Event], Callable[[_Fold, Any], None]] = {
    Heard: _Fold.heard,
    Said: _Fold.said,
    Waived: _Fold.waived,
    Reprioritised: _Fold.reprioritised,
    Resolved: _Fold.resolved,
    Reopened: _Fold.reopened,
    Moved: _Fold.moved,
}
