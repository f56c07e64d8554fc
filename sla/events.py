"""What can happen on a ticket as far as its clocks are concerned; deadlines follow from a list of these alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sla.targets import Priority, Route


class Weight(StrEnum):
    """How much an outbound message counts; only a person may choose `holding`."""

    SUBSTANTIVE = "substantive"
    HOLDING = "holding"
    AUTOMATIC = "auto"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message of the customer, at the time the platform names."""

    at: datetime
    route: Route
    conversation: str
    needs_answer: bool = True
    """False for automatic messages."""
    is_missed_call: bool = False
    """Asks for a call back: several of one conversation ask for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message of ours, when it was written; one that failed or came back is not said.

    It answers what was heard until it was written; the verdict is passed at the instant the platform accepted it.
    """

    at: datetime
    conversation: str
    weight: Weight
    promise_at: datetime | None = None
    accepted_at: datetime | None = None
    """None: at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """Somebody decided that what is owed on a ticket needs no answer."""

    at: datetime
    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprioritised:
    """A ticket was given another priority."""

    at: datetime
    to: Priority
    ticket: str = ""


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
    """A conversation was joined to another ticket, or parted from it again."""

    at: datetime
    conversation: str
    ticket: str


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


Event = Heard | Said | Waived | Reprioritised | Resolved | Reopened | Moved | Turned
