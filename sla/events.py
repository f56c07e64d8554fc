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


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message of ours, at the instant the platform accepted it; a bounced one is not said."""

    at: datetime
    conversation: str
    weight: Weight
    promise_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """Somebody decided that what is owed needs no answer."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprioritised:
    """The ticket was given another priority."""

    at: datetime
    to: Priority


Event = Heard | Said | Waived | Reprioritised
