"""Where tickets stand: what is owed on them, what was promised, what waits; the values that a projection makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

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
    REPLACED = "replaced"
    WAIVED = "waived"


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
    granule: timedelta = timedelta(0)
    """Targets are kept in whole ones of these: what a change of priority leaves is rounded up."""


class Aimed(NamedTuple):
    """What was aimed for from an instant on."""

    at: datetime
    terms: Terms
    priority: Priority


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
    message: str = ""
    ended_by: str = ""
    """The message that met it."""
    ended_for: datetime | None = None
    """When that message was written; it was accepted at `ended_at`."""
    believed_until: datetime | None = None
    """Until then it was taken for answered by a message that never arrived."""
    believed_held_until: datetime | None = None
    """The same of a holding reply: it seemed met, but the customer was known to wait on."""
    muted_until: datetime | None = None
    """A holding reply pauses its escalation."""
    rests_since: datetime | None = None
    terms: Terms = field(compare=False, repr=False)
    hours: BusinessHours = field(compare=False, repr=False)
    """Of its calendar, without the time it rested."""
    aimed: tuple[Aimed, ...] = field(compare=False, repr=False)
    """When it was opened, and at each change since."""

    @property
    def shielded_until(self) -> datetime | None:
        """Until when it was taken for met, for good or by a holding reply."""
        return max((at for at in (self.believed_until, self.believed_held_until) if at), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What was promised; only the newest one of a ticket is still to be kept."""

    due_at: datetime
    conversation: str = ""
    given_at: datetime
    message: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""
    ended_at: datetime | None = None
    """When it was replaced or let go of."""
    ending: PromiseState | None = None
    is_resolved_away: bool = False

    @property
    def is_owed(self) -> bool:
        return self.answered_at is None and self.ending is None

    def state(self, now: datetime) -> PromiseState:
        """Say whether it is kept as far as `now` can tell; an answer at the promised instant keeps it."""
        if self.ending:
            return self.ending
        if (self.answered_at or now) > self.due_at:
            return PromiseState.BROKEN
        return PromiseState.KEPT if self.answered_at else PromiseState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a ticket knows beside the obligations of its conversations."""

    priority: Priority = Priority.NORMAL
    answered_at: datetime | None = None
    """Its first substantive answer since it was opened or came back."""
    held_at: datetime | None = None
    """The first holding reply since then that has used up the first response everywhere."""
    closed_at: datetime | None = None
    began_at: datetime | None = None
    """When it began anew, because its customer came back after a long while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """Where tickets stand after their events."""

    obligations: tuple[Obligation, ...] = ()
    unanswered: tuple[tuple[str, datetime], ...] = ()
    """Conversation and instant of every message that had no substantive answer yet."""
    promises: tuple[Promise, ...] = ()
    """In the order in which they were given."""
    places: Mapping[str, Place] = field(default_factory=dict)
    homes: Mapping[str, str] = field(default_factory=dict)
    """The ticket a conversation is part of; one that is not named belongs to the ticket without a name."""
    held: Mapping[str, datetime] = field(default_factory=dict)
    """Conversations in which a holding reply has used up the first response, since when."""

    def ticket_of(self, conversation: str) -> str:
        return self.homes.get(conversation, "")

    def place(self, ticket: str = "") -> Place:
        return self.places.get(ticket, UNTOUCHED)

    def due_of(self, ticket: str) -> datetime | None:
        """The earliest instant at which something is owed there; a broken promise stays owed until it is answered.

        What rests is not due.
        """
        dues = [
            owed.opening.due_at
            for owed in self.obligations
            if owed.state is State.OPEN and owed.rests_since is None and self.ticket_of(owed.conversation) == ticket
        ]
        dues += [
            promise.due_at
            for promise in self.promises
            if promise.is_owed and self.ticket_of(promise.conversation) == ticket
        ]
        return min(dues, default=None)

    def oldest_of(self, ticket: str) -> datetime | None:
        """The earliest message that still waits for a substantive answer; holding replies never move it."""
        if self.place(ticket).closed_at is not None:
            return None
        waiting = (at for conversation, at in self.unanswered if self.ticket_of(conversation) == ticket)
        return min(waiting, default=None)

    def promise_of(self, ticket: str) -> Promise | None:
        """The newest promise of a ticket."""
        given = (each for each in reversed(self.promises) if self.ticket_of(each.conversation) == ticket)
        return next(given, None)

    @property
    def promise(self) -> Promise | None:
        """The newest promise of all."""
        return self.promises[-1] if self.promises else None

    @property
    def due_at(self) -> datetime | None:
        """`due_of` the ticket without a name."""
        return self.due_of("")

    @property
    def oldest_unanswered_at(self) -> datetime | None:
        """`oldest_of` the ticket without a name."""
        return self.oldest_of("")


UNTOUCHED = Place()
