"""What can happen on a ticket as far as its clocks are concerned; deadlines follow from a list of these alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sla.targets import Priority, Route

if TYPE_CHECKING:
    from sla.standing import Holding, Terms


class Weight(StrEnum):
    """How much an outbound message counts; only a person may choose `holding`."""

    SUBSTANTIVE = "substantive"
    HOLDING = "holding"
    AUTOMATIC = "auto"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message of the customer, at the time the platform names.

    It is owed an answer since then, but nobody can have answered, waived or resolved what was not here yet.
    """

    at: datetime
    route: Route
    conversation: str
    needs_answer: bool = True
    """False for automatic messages."""
    is_missed_call: bool = False
    """Asks for a call back: several of one conversation ask for one."""
    known_at: datetime | None = None
    """When it reached us; None: at once."""
    message: str = ""
    """Its name, where others refer to it."""
    terms: Terms | None = field(default=None, compare=False, repr=False)
    """What was aimed for when it came; None: what holds for the whole log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message of ours, when it was written.

    It answers what was heard until it was written; the verdict is passed at the instant the platform accepted it.
    One that failed or came back was never said: only what was decided while it was believed still stands.
    """

    at: datetime
    conversation: str
    weight: Weight
    promise_at: datetime | None = None
    accepted_at: datetime | None = None
    """None: at once."""
    failed_at: datetime | None = None
    """When we heard that it had not reached the customer."""
    known_at: datetime | None = None
    """When we heard of it, where it was said with another tool; such a one also answers what comes in later."""
    message: str = ""
    """Its name, where others refer to it."""
    holding: Holding | None = None
    """What a holding reply does by the policy of its time; None: as the whole log says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """Somebody told a customer until when they would do something; the earlier one on the ticket is replaced."""

    at: datetime
    due_at: datetime
    conversation: str
    message: str = ""
    """Its name, where others refer to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """One promise needs not to be kept any more."""

    at: datetime
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """It is to be kept after all."""

    at: datetime
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """Somebody decided that what is owed on a ticket needs no answer."""

    at: datetime
    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwaived:
    """A person took the last waiver back: what it had let go is owed again, unless it was answered since."""

    at: datetime
    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprioritised:
    """A ticket was given another priority."""

    at: datetime
    to: Priority | None
    """None: it stays, but another policy holds from here on."""
    ticket: str = ""
    terms: Mapping[str, Terms] = field(default_factory=dict, compare=False, repr=False)
    """What is aimed for from here on, by the name of the message; a message that is not named keeps its own."""
    followed: frozenset[str] | None = None
    """The messages whose targets follow; None: all that are owed an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A ticket was declared done: what is still owed on it is waived."""

    at: datetime
    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """A person took the resolution back: exactly what it had waived is owed again, with its old deadlines."""

    at: datetime
    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A conversation was joined to another ticket, or parted from it again.

    A closed ticket is open again if something is owed on what comes to it.
    """

    at: datetime
    conversation: str
    ticket: str
    is_new: bool = False
    """The ticket begins with it, and takes the priority over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Messages of customers were taken out of their conversation, or put back: from now on they lie in another one."""

    at: datetime
    messages: tuple[str, ...]
    conversation: str
    """Where they lie from now on."""
    ticket: str
    is_new: bool = False
    """The ticket begins with it, and takes the priority over from the one named by `taken_from`."""
    taken_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """A closed ticket is open again without anything that its resolution had waived."""

    at: datetime
    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rested:
    """The clocks of a conversation's open obligations stand still: what passes meanwhile does not count."""

    at: datetime
    conversation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RanOn:
    """They run again."""

    at: datetime
    conversation: str


class Turn(StrEnum):
    """Whose turn it is."""

    OURS = "ours"
    CUSTOMER = "customer"
    THIRD = "third"
    """Somebody else's, e.g. the carrier's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """It became somebody's turn; only the clocks of resolution and update listen to that."""

    at: datetime
    to: Turn
    ticket: str = ""


Event = (
    Heard
    | Said
    | Promised
    | Released
    | Restored
    | Waived
    | Unwaived
    | Reprioritised
    | Resolved
    | Reopened
    | TakenUp
    | Moved
    | Split
    | Rested
    | RanOn
    | Turned
)
