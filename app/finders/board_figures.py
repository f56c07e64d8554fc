"""What can be asked of the overview: the figures that open a list, what narrows one, and what stands in its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

MOST = 500
"""Rows of one list; whoever wants more narrows it."""


class Figure(StrEnum):
    HELD = "held"
    MISSED = "missed"
    ANSWERED = "answered"
    FIRST = "first_answers"
    OPEN = "open"
    OWED = "owed"
    OLDEST = "oldest_unanswered"
    OVERDUE = "overdue"
    DUE_IN_HOUR = "due_in_hour"
    DUE_AHEAD = "due_ahead"
    BREACHES = "breaches_ahead"
    PUBLIC = "public_unanswered"
    OLDEST_PUBLIC = "oldest_public"
    THIRD = "waiting_for_others"
    PROMISES = "promises"
    PROMISES_BROKEN = "promises_broken"
    PROMISES_AHEAD = "promises_due_today"
    RESOLVED = "resolved"
    RUNNING = "resolutions_running"
    LATE = "resolutions_overdue"
    ENDED_HELD = "resolutions_held"
    ENDED_MISSED = "resolutions_missed"
    ASKED = "handovers_waiting"
    ACCEPTED = "handovers_accepted"
    ACCEPTED_LATE = "handovers_late"
    DECLINED = "handovers_declined"
    RETURNED = "handovers_returned"


ANSWERS = frozenset({Figure.HELD, Figure.MISSED, Figure.ANSWERED, Figure.FIRST})
CLOCKS = frozenset({Figure.RUNNING, Figure.LATE, Figure.ENDED_HELD, Figure.ENDED_MISSED})
PROMISED = frozenset({Figure.PROMISES, Figure.PROMISES_BROKEN, Figure.PROMISES_AHEAD})
OVER = frozenset({Figure.ACCEPTED, Figure.ACCEPTED_LATE, Figure.DECLINED, Figure.RETURNED})
HANDED = OVER | {Figure.ASKED}
SPANNED = ANSWERS | OVER | {Figure.RESOLVED, Figure.ENDED_HELD, Figure.ENDED_MISSED}
"""What was counted over the days; all else is counted now."""
NO_GIVER = "(none)"
"""In addresses: a hand-over of what lay with no team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What narrows a list: a kind of channel, the hour in which the customer wrote, a class of waiting, a cause.

    An empty `cause` is any; `UNNAMED`: nobody said one. `slot` is where a quarter of an hour begins. `giver` and
    `receiver` are names of the teams of a hand-over; an empty one is any, `NO_GIVER` none.
    """

    team: str = ""
    channel: str = ""
    hour: int | None = None
    waiting: str = ""
    cause: str = ""
    slot: datetime | None = None
    giver: str = ""
    receiver: str = ""


class Behind(NamedTuple):
    """One row of a list. Of an answer: `at` is when it was accepted, `due_at` until when it was owed.

    Of a ticket that waits: `at` is since when. Of a hand-over: when it was asked for. `words` say for whom it waits,
    what was promised, why it came to it, or why it was handed over; the three after them are how many had a hand in it
    and how often the customer wrote, of what was resolved.

    A ticket that has left one's sight since is counted, but has neither number nor anybody's words; `lies_with` is the
    team it lies with now, empty for none.
    """

    number: int | None
    customer_name: str
    subject: str
    team: str | None
    channel: str
    at: datetime | None
    due_at: datetime | None
    elapsed_seconds: int | None
    target_minutes: int | None
    words: str
    people: int | None = None
    teams: int | None = None
    contacts: int | None = None
    verdict: str | None = None
    """met, or something else, of answers; None where nothing was judged."""
    from_team: str | None = None
    to_team: str | None = None
    """Of a hand-over."""
    lies_with: str | None = None


class Found(NamedTuple):
    """The rows of a list; `is_cut`: there are more."""

    rows: list[Behind]
    is_cut: bool
