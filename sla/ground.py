"""What is known of tickets between two events of their logs, and what may happen to what is owed on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sla import resting
from sla.events import Said
from sla.promising import Promises
from sla.standing import UNTOUCHED, Obligation, Place, Projection, State, Terms
from sla.waiting import Waiting


class Ground:
    """What is known between two events; it lives as long as one call of `project`."""

    __slots__ = (
        "elsewhere",
        "held",
        "homes",
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
        self.said_on: list[tuple[str, Said]] = []
        """Every substantive message with the ticket it answered."""

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

    def is_owed(self, ticket: str) -> bool:
        return any(self.is_on(self.obligations[index], ticket) for index in self.open)

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
            if where == ticket and said.at > waived_at:
                self.meet(ticket, said)
                self.waiting.answer(ticket, said.at)
