"""The clocks of tickets as a pure function of what happened on them.

A customer's message opens exactly one obligation; one substantive answer anywhere on its ticket settles all that are
older. A conversation that moves to another ticket takes its obligations along untouched: joining and parting change
which deadlines a ticket shows, never a deadline. Tickets are told apart by any name; a log of one ticket needs none.

Events count in the order in which we learned of them; what each of them means is decided by when it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sla import resting
from sla.anew import WARN_PERCENT, as_first, retargeted
from sla.events import (
    Event,
    Heard,
    Moved,
    Promised,
    RanOn,
    Released,
    Reopened,
    Reprioritised,
    Resolved,
    Rested,
    Restored,
    Said,
    Split,
    TakenUp,
    Unwaived,
    Waived,
    Weight,
)
from sla.ground import Ground
from sla.obligations import open_obligation
from sla.standing import Aimed, Holding, Obligation, Place, Projection, State, Terms
from sla.targets import Kind, choose


def project(events: Iterable[Event], terms: Terms, *, homes: Mapping[str, str] | None = None) -> Projection:
    """Fold events in order of time; those of one instant count in the order given.

    `homes` names the ticket under which each conversation was opened, where there are several.
    """
    fold = _Fold(terms, dict(homes or {}))
    for _, step, event in sorted(_steps(events), key=_instant):
        step(fold, event)
    return fold.projection()


_Step = tuple[datetime, Callable[["_Fold", Any], None], Event]


def _instant(step: _Step) -> datetime:
    return step[0]


def _steps(events: Iterable[Event]) -> Iterable[_Step]:
    for event in events:
        step = _STEPS.get(type(event))
        if step is None:
            continue
        if not isinstance(event, Said | Heard):
            yield event.at, step, event
        elif isinstance(event, Said) and event.failed_at:
            yield event.at, _Fold.believed, event
            yield event.failed_at, _Fold.returned, event
        else:
            yield event.known_at or event.at, step, event


class _Fold(Ground):
    """The steps of a fold; it lives as long as one call of `project`."""

    __slots__ = ()

    def heard(self, event: Heard) -> None:
        if not event.needs_answer:
            return
        ticket = self.ticket_of(event.conversation)
        self.come_back(ticket, event.at)
        self.waiting.add(event.conversation, event.at, event.message)
        self.owe(event, ticket)
        if event.known_at is not None and event.conversation in self.elsewhere:
            said = sorted(self.elsewhere[event.conversation], key=lambda each: each.at)
            if (answer := next((each for each in said if each.at >= event.at), None)) is not None:
                self.answered(answer)

    def owe(self, event: Heard, ticket: str) -> None:
        terms = event.terms or self.terms
        kind = self.kind_on(event.conversation, ticket, now=event.known_at or event.at)
        priority = self.place(ticket).priority
        target = choose(terms.targets, route=event.route, kind=kind, priority=priority)
        if target is None or (event.is_missed_call and self.is_call_back_owed(event.conversation)):
            return
        hours = terms.calendars[target.calendar_name]
        self.open.append(len(self.obligations))
        self.obligations.append(
            Obligation(
                route=event.route,
                conversation=event.conversation,
                calendar_name=target.calendar_name,
                opening=open_obligation(event.at, kind, target.within, hours, WARN_PERCENT),
                is_call_back=event.is_missed_call,
                message=event.message,
                terms=terms,
                hours=hours,
                aimed=(Aimed(event.at, terms, priority),),
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
        self.take_up(ticket)
        if at - place.closed_at > self.terms.reopen_within:
            self.places[ticket] = Place(priority=place.priority, began_at=at)
            self.held = {each: at for each, at in self.held.items() if self.ticket_of(each) != ticket}

    def taken_up(self, event: TakenUp) -> None:
        self.take_up(event.ticket)

    def said(self, event: Said) -> None:
        if event.weight in {Weight.SUBSTANTIVE, Weight.HOLDING}:
            self.said_on.append((self.ticket_of(event.conversation), event))
        if event.weight is Weight.SUBSTANTIVE:
            if event.known_at is not None:
                self.elsewhere.setdefault(event.conversation, []).append(event)
            self.answered(event)
            if event.promise_at:
                self.promise(event, event.promise_at)
        elif event.weight is Weight.HOLDING and (mode := event.holding or self.terms.holding) is not Holding.IGNORED:
            promise_at = event.promise_at or self.promised_by_default(event.at)
            self.hold(event, mode, promise_at)
            self.promise(event, promise_at)

    def promise(self, event: Said | Promised, due_at: datetime) -> None:
        """Write a promise down; a closed ticket is open again, for what is promised on it must be seen."""
        self.take_up(self.ticket_of(event.conversation))
        self.promises.give(event, due_at)

    def promised_by_default(self, at: datetime) -> datetime:
        return self.terms.calendars[self.terms.promise_calendar].due(at, self.terms.promise_within)

    def answered(self, event: Said) -> None:
        ticket = self.ticket_of(event.conversation)
        self.meet(ticket, event)
        self.waiting.answer(ticket, event.at)
        self.promises.answer(ticket, event)
        place = self.place(ticket)
        if place.answered_at is None:
            self.places[ticket] = replace(place, answered_at=event.at)

    def hold(self, event: Said, mode: Holding, promise_at: datetime) -> None:
        ticket, conversation = self.ticket_of(event.conversation), event.conversation
        if mode is Holding.STOPS_FIRST_RESPONSE:
            self.meet(ticket, event, only=lambda owed: owed.opening.kind is Kind.FIRST)
            place = self.place(ticket)
            self.places[ticket] = replace(place, held_at=place.held_at or event.at)
        elif mode is Holding.OWN_CONVERSATION:

            def is_first_here(owed: Obligation) -> bool:
                return owed.opening.kind is Kind.FIRST and owed.conversation == conversation

            self.meet(ticket, event, only=is_first_here)
            self.held.setdefault(conversation, event.at)
        elif mode is Holding.PAUSES_ESCALATION:
            for index in self.open:
                if self.is_on(self.obligations[index], ticket):
                    self.obligations[index] = replace(self.obligations[index], muted_until=promise_at)

    def believed(self, event: Said) -> None:
        """Let what a message seemed to answer escape whatever is decided until we hear that it never arrived."""
        if event.weight not in {Weight.SUBSTANTIVE, Weight.HOLDING} or event.failed_at is None:
            return
        self.lost.append(event)
        ticket, is_holding = self.ticket_of(event.conversation), event.weight is Weight.HOLDING
        for index in self.open:
            owed = self.obligations[index]
            if not self.is_on(owed, ticket) or owed.opening.opened_at > event.at:
                continue
            if not is_holding:
                self.obligations[index] = replace(owed, believed_until=event.failed_at)
            elif self.is_met_by_holding(owed, event):
                self.obligations[index] = replace(owed, believed_held_until=event.failed_at)
        if not is_holding:
            self.waiting.believe(ticket, event.at, event.failed_at)
            self.promises.believe(ticket, event)

    def returned(self, event: Said) -> None:
        """Take back what a message that never arrived had made of the messages after it, and open its ticket again."""
        ticket = self.ticket_of(event.conversation)
        if event.weight not in {Weight.SUBSTANTIVE, Weight.HOLDING} or event.failed_at is None:
            return
        standing = (each for _, each in self.said_on if each.weight is Weight.SUBSTANTIVE)
        said = [each for each in standing if self.counts_on(each, ticket)]
        said += [each for each in self.lost if self.is_believed(each, ticket, event.failed_at)]
        place = replace(self.place(ticket), answered_at=min((each.at for each in said), default=None))
        self.places[ticket] = place
        for index in self.open:
            owed = self.obligations[index]
            opened_at, kind = owed.opening.opened_at, owed.opening.kind
            if (
                kind is Kind.FIRST
                or opened_at < event.at
                or not self.is_on(owed, ticket)
                or self.is_shielded(owed, event)
            ):
                continue
            if self.kind_on(owed.conversation, ticket, now=event.failed_at, before=opened_at) is Kind.FIRST:
                self.obligations[index] = as_first(owed)
        if event.weight is Weight.SUBSTANTIVE and self.is_owed(ticket, event.failed_at):
            self.take_up(ticket)

    def is_believed(self, said: Said, ticket: str, now: datetime) -> bool:
        is_answer = said.weight is Weight.SUBSTANTIVE and said.failed_at is not None and said.failed_at > now
        return is_answer and self.counts_on(said, ticket)

    def is_shielded(self, owed: Obligation, event: Said) -> bool:
        """Say whether another message is believed to have answered it."""
        until = owed.shielded_until
        return until is not None and event.failed_at is not None and until > event.failed_at

    def promised(self, event: Promised) -> None:
        self.promise(event, event.due_at)

    def released(self, event: Released) -> None:
        self.promises.release(event)

    def restored(self, event: Restored) -> None:
        self.promises.restore(event)

    def waived(self, event: Waived) -> None:
        self.waive(event.ticket, event.at)
        self.waiting.waive(event.ticket, event.at)

    def unwaived(self, event: Unwaived) -> None:
        waived = [
            owed.ended_at
            for owed in self.obligations
            if owed.state is State.WAIVED and not owed.is_resolved_away and self.is_on(owed, event.ticket)
        ]
        waived_at = max((at for at in (*waived, self.waiting.waived_at(event.ticket)) if at), default=None)
        if waived_at is not None:
            self.waiting.unwaive(event.ticket, waived_at)
            self.owe_again(event.ticket, waived_at, is_resolved_away=False)

    def resolved(self, event: Resolved) -> None:
        place = self.place(event.ticket)
        if place.closed_at is None:
            self.waive(event.ticket, event.at, is_resolved_away=True)
            self.waiting.close(event.ticket, event.at)
            self.promises.close(event.ticket, event.at)
            self.places[event.ticket] = replace(place, closed_at=event.at)

    def reopened(self, event: Reopened) -> None:
        """Owe again exactly what the resolution had waived."""
        place = self.place(event.ticket)
        if place.closed_at is not None:
            self.waiting.reopen(event.ticket, place.closed_at)
            self.owe_again(event.ticket, place.closed_at, is_resolved_away=True)
            self.promises.reopen(event.ticket, place.closed_at)
            self.places[event.ticket] = replace(place, closed_at=None)

    def moved(self, event: Moved) -> None:
        if event.is_new:
            priority = self.place(self.ticket_of(event.conversation)).priority
            self.places[event.ticket] = Place(priority=priority)
        self.homes[event.conversation] = event.ticket
        if self.place(event.ticket).closed_at is not None and self.is_owed(event.ticket, event.at):
            self.take_up(event.ticket)

    def split(self, event: Split) -> None:
        if event.is_new:
            self.places[event.ticket] = Place(priority=self.place(event.taken_from).priority)
        self.homes[event.conversation] = event.ticket
        self.waiting.move(event.messages, to=event.conversation)
        for index, owed in enumerate(self.obligations):
            if owed.message in event.messages:
                self.obligations[index] = replace(owed, conversation=event.conversation)
        if self.place(event.ticket).closed_at is not None and self.is_owed(event.ticket, event.at):
            self.take_up(event.ticket)

    def reprioritised(self, event: Reprioritised) -> None:
        """Give everything open its new target, also what is only taken for answered: it will be owed again."""
        place = self.place(event.ticket)
        priority = event.to or place.priority
        for index in self.open:
            owed = self.obligations[index]
            is_meant = event.followed is None or owed.message in event.followed
            is_new = (priority is not place.priority and is_meant) or owed.message in event.terms
            if is_new and self.is_on(owed, event.ticket):
                terms = event.terms.get(owed.message, owed.terms)
                self.obligations[index] = retargeted(owed, terms, priority, at=event.at)
        if priority is not place.priority:
            self.places[event.ticket] = replace(place, priority=priority)

    def rested(self, event: Rested) -> None:
        self.change(event.conversation, lambda owed: resting.rest(owed, event.at))

    def ran_on(self, event: RanOn) -> None:
        self.change(event.conversation, lambda owed: resting.run_on(owed, event.at))

    def change(self, conversation: str, change: Callable[[Obligation], Obligation]) -> None:
        for index in self.open:
            owed = self.obligations[index]
            if owed.conversation == conversation:
                self.obligations[index] = change(owed)


_STEPS: dict[type[Event], Callable[[_Fold, Any], None]] = {
    Heard: _Fold.heard,
    Said: _Fold.said,
    Promised: _Fold.promised,
    Released: _Fold.released,
    Restored: _Fold.restored,
    Waived: _Fold.waived,
    Unwaived: _Fold.unwaived,
    Reprioritised: _Fold.reprioritised,
    Resolved: _Fold.resolved,
    Reopened: _Fold.reopened,
    TakenUp: _Fold.taken_up,
    Moved: _Fold.moved,
    Split: _Fold.split,
    Rested: _Fold.rested,
    RanOn: _Fold.ran_on,
}
