"""What is known of tickets between two events of their logs, and what may happen to what is owed on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from sla import resting
from sla.events import Said, Weight
from sla.obligations import kind_of
from sla.promising import Promises
from sla.standing import UNTOUCHED, Holding, Obligation, Place, Projection, State, Terms
from sla.targets import Kind
from sla.waiting import Waiting


class Ground:
    """What is known between two events; it lives as long as one call of `project`."""

    __slots__ = (
        "elsewhere",
        "held",
        "homes",
        "lost",
        "obligations",
        "open",
        "places",
        "promises",
        "said_on",
        "terms",
        "waiting",
    )

    def __init__(self, terms: Terms, homes: dict[str, str]) -> None:
        self.terms = terms
        self.homes = homes
        self.obligations: list[Obligation] = []
        self.open: list[int] = []
        """Which of the obligations are open, so that an answer looks at no other."""
        self.waiting = Waiting(homes)
        self.promises = Promises(homes)
        self.places: dict[str, Place] = {}
        self.held: dict[str, datetime] = {}
        self.elsewhere: dict[str, list[Said]] = {}
        self.lost: list[Said] = []
        """Messages that are believed to have arrived, and those of which we know better."""
        self.said_on: list[tuple[str, Said]] = []
        """Every answer, also those that only hold, with the ticket it was given on."""

    def projection(self) -> Projection:
        return Projection(
            obligations=tuple(self.obligations),
            unanswered=self.waiting.now(),
            promises=tuple(self.promises.given),
            places=self.places,
            homes=self.homes,
            held=self.held,
        )

    def ticket_of(self, conversation: str) -> str:
        return self.homes.get(conversation, "")

    def place(self, ticket: str) -> Place:
        return self.places.get(ticket, UNTOUCHED)

    def is_on(self, owed: Obligation, ticket: str) -> bool:
        return self.ticket_of(owed.conversation) == ticket

    def is_owed(self, ticket: str, at: datetime) -> bool:
        """Say whether anything is owed or promised that is not taken for answered then."""
        waiting = (self.obligations[index] for index in self.open)
        return self.promises.is_owed(ticket, at) or any(
            self.is_on(owed, ticket) and (owed.shielded_until is None or owed.shielded_until <= at) for owed in waiting
        )

    def kind_on(self, conversation: str, ticket: str, *, now: datetime, before: datetime | None = None) -> Kind:
        """Say which answer a message asks for as far as is known now: after what was said, or said before an instant.

        What is believed to have arrived counts until we know better.
        """
        place = self.place(ticket)
        is_answered = _was(place.answered_at, before)
        is_held = _was(place.held_at, before) or _was(self.held.get(conversation), before)
        for said in self.lost:
            if said.failed_at and said.failed_at > now and self.counts_on(said, ticket) and _was(said.at, before):
                is_answered = is_answered or said.weight is Weight.SUBSTANTIVE
                mode = said.holding or self.terms.holding
                is_here = mode is Holding.OWN_CONVERSATION and said.conversation == conversation
                is_held = is_held or is_here or mode is Holding.STOPS_FIRST_RESPONSE
        return kind_of(answered_substantively_since_reopen=is_answered, conversation_held=is_held)

    def counts_on(self, said: Said, ticket: str) -> bool:
        """Say whether it was said in a conversation of this ticket in its present life."""
        began_at = self.place(ticket).began_at
        return self.ticket_of(said.conversation) == ticket and (began_at is None or said.at > began_at)

    def take_up(self, ticket: str) -> None:
        """Open a closed ticket again without anything that its resolution had waived."""
        place = self.place(ticket)
        if place.closed_at is not None:
            self.waiting.drop_closed(ticket)
            self.places[ticket] = replace(place, closed_at=None)

    def meet(self, ticket: str, event: Said, *, only: Callable[[Obligation], bool] | None = None) -> None:
        """Settle what is open on a ticket and as old as the message, or of that only what `only` says yes to."""
        still_open: list[int] = []
        for index in self.open:
            owed = self.obligations[index]
            is_older = owed.opening.opened_at <= event.at
            if not is_older or not self.is_on(owed, ticket) or (only and not only(owed)):
                still_open.append(index)
            else:
                self.obligations[index] = resting.met(owed, event)
        self.open = still_open

    def waive(self, ticket: str, at: datetime, *, is_resolved_away: bool = False) -> None:
        """Let go of what is open on a ticket, but not of what was just then taken for answered."""
        still_open: list[int] = []
        for index in self.open:
            owed = self.obligations[index]
            is_believed = owed.believed_until is not None and owed.believed_until > at
            if is_believed or not self.is_on(owed, ticket):
                still_open.append(index)
            else:
                self.obligations[index] = replace(
                    owed, ended_at=at, state=State.WAIVED, is_resolved_away=is_resolved_away
                )
        self.open = still_open

    def owe_again(self, ticket: str, waived_at: datetime, *, is_resolved_away: bool) -> None:
        """Bring back what ended then without an answer; whatever was said on the ticket since has answered it."""
        for index, owed in enumerate(self.obligations):
            is_ours = owed.state is State.WAIVED and owed.is_resolved_away == is_resolved_away
            if is_ours and owed.ended_at == waived_at and self.is_on(owed, ticket):
                self.obligations[index] = replace(owed, ended_at=None, state=State.OPEN, is_resolved_away=False)
                self.open.append(index)
        for where, said in self.said_on:
            if where != ticket or said.at <= waived_at:
                continue
            if said.weight is Weight.HOLDING:
                self.meet(ticket, said, only=partial(self.is_met_by_holding, event=said))
            else:
                self.meet(ticket, said)
                self.waiting.answer(ticket, said.at)

    def is_met_by_holding(self, owed: Obligation, event: Said) -> bool:
        mode = event.holding or self.terms.holding
        is_here = mode is Holding.OWN_CONVERSATION and owed.conversation == event.conversation
        return owed.opening.kind is Kind.FIRST and (is_here or mode is Holding.STOPS_FIRST_RESPONSE)


def _was(at: datetime | None, before: datetime | None) -> bool:
    return at is not None and (before is None or at < before)
