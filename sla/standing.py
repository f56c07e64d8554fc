"""Where tickets stand: what is owed on them, what was promised, what waits; the values that a projection makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sla.hours import BusinessHours
from sla.obligations import Opening, Verdict
from sla.targets import Priority, Route, Target


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
    reopen_within: timedelta = timedelta(days=14)
    """A message later than this after the resolution asks for a first answer again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One answer we owe or owed; `opening.within` is the target after changes of priority."""

    route: Route
    conversation: str
    calendar_name: str
    opening: Opening
    is_call_back: bool = False
    is_resolved_away: bool = False
    """Waived by a resolution, which can be taken back."""
    ended_at: datetime | None = None
    state: State = State.OPEN
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The newest promise; earlier ones are replaced by it."""

    due_at: datetime
    conversation: str = ""
    answered_at: datetime | None = None

    def state(self, now: datetime) -> PromiseState:
        """Say whether it is kept as far as `now` can tell; an answer at the promised instant keeps it."""
        if (self.answered_at or now) > self.due_at:
            return PromiseState.BROKEN
        return PromiseState.KEPT if self.answered_at else PromiseState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a ticket knows beside the obligations of its conversations."""

    priority: Priority = Priority.NORMAL
    is_answered: bool = False
    """It had a substantive answer since it was opened or came back."""
    is_held: bool = False
    """A holding reply has used up the first response everywhere."""
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """Where tickets stand after their events."""

    obligations: tuple[Obligation, ...] = ()
    unanswered: tuple[tuple[str, datetime], ...] = ()
    """Conversation and instant of every message that had no substantive answer yet, the oldest first."""
    promise: Promise | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    homes: Mapping[str, str] = field(default_factory=dict)
    """The ticket a conversation is part of; one that is not named belongs to the ticket without a name."""
    held: frozenset[str] = frozenset()
    """Conversations in which a holding reply has used up the first response."""

    def ticket_of(self, conversation: str) -> str:
        return self.homes.get(conversation, "")

    def place(self, ticket: str = "") -> Place:
        return self.places.get(ticket, _UNTOUCHED)

    def due_of(self, ticket: str) -> datetime | None:
        """The earliest instant at which something is owed there; a broken promise stays owed until it is answered."""
        dues = [
            owed.opening.due_at
            for owed in self.obligations
            if owed.state is State.OPEN and self.ticket_of(owed.conversation) == ticket
        ]
        promise = self.promise
        if promise and not promise.answered_at and self.ticket_of(promise.conversation) == ticket:
            dues.append(promise.due_at)
        return min(dues, default=None)

    def oldest_of(self, ticket: str) -> datetime | None:
        """The earliest message that still waits for a substantive answer; holding replies never move it."""
        if self.place(ticket).closed_at is not None:
            return None
        waiting = (at for conversation, at in self.unanswered if self.ticket_of(conversation) == ticket)
        return min(waiting, default=None)

    @property
    def due_at(self) -> datetime | None:
        """`due_of` the ticket without a name."""
        return self.due_of("")

    @property
    def oldest_unanswered_at(self) -> datetime | None:
        """`oldest_of` the ticket without a name."""
        return self.oldest_of("")


_UNTOUCHED = Place()
