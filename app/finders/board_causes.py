"""Where it pinches: why matters came to us, and how many of us, how many messages and channels each of them took.

Counted by the instant a matter was resolved, from what was written down then; one that is open again does not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select

from app.db import db
from app.finders.board_scope import Scope, Span, among, at
from app.models import RESOLVED, Ticket

UNNAMED = "(none)"
"""In addresses and sheets: nobody said why."""
PARTS = ("people", "teams", "contacts", "channels")
"""What is counted of each matter."""


@dataclass(slots=True)
class Spread:
    """How a number spreads over matters; those closed before it was written down are left out."""

    counts: Counter[int] = field(default_factory=Counter)

    @property
    def median(self) -> int | None:
        """Return what half of the matters needed at most (nearest rank); None without any."""
        rank, seen = (self.counts.total() + 1) // 2, 0
        for value in sorted(self.counts):
            seen += self.counts[value]
            if seen >= rank:
                return value
        return None

    @property
    def most(self) -> int | None:
        return max(self.counts, default=None)


@dataclass(slots=True)
class Caused:
    """The matters of one cause; an empty one: nobody said why."""

    cause: str
    matters: int = 0
    people: Spread = field(default_factory=Spread)
    teams: Spread = field(default_factory=Spread)
    contacts: Spread = field(default_factory=Spread)
    channels: Spread = field(default_factory=Spread)

    def add(self, matters: int, parts: Iterable[int | None]) -> None:
        """Count so many matters that needed as much of each of the parts."""
        self.matters += matters
        for name, value in zip(PARTS, parts, strict=True):
            if value is not None:
                getattr(self, name).counts[value] += matters


@dataclass(frozen=True, slots=True)
class Causes:
    """What was resolved in the span, by cause, the most frequent first and the unnamed at the end."""

    all: Caused
    rows: list[Caused]


def causes(scope: Scope, span: Span) -> Causes:
    """Count along the index of what was resolved; one statement."""
    asked = {"begins_at": span.begins_at, "ends_at": span.ends_at, **scope.named}
    everything, found = Caused(""), dict[str, Caused]()
    row: Any
    for row in db.session.connection().execute(_asked(is_all=scope.is_all), asked).all():
        cause, *parts, matters = row
        everything.add(matters, parts)
        found.setdefault(cause, Caused(cause)).add(matters, parts)
    rows = sorted(found.values(), key=lambda each: (not each.cause, -each.matters, each.cause.casefold()))
    return Causes(everything, rows)


@cache
def _asked(*, is_all: bool) -> Select[*tuple[Any, ...]]:
    by = (Ticket.cause, Ticket.people_count, Ticket.team_count, Ticket.contact_count, Ticket.channel_count)
    return select(*by, func.count()).where(*resolved(is_all=is_all)).group_by(*by)


def resolved(*, is_all: bool) -> tuple[Any, ...]:
    """Return the conditions on tickets that were resolved in the span the question is asked with."""
    span = (Ticket.closed_at >= at("begins_at"), Ticket.closed_at < at("ends_at"))
    return RESOLVED, *span, among(Ticket.team_id, is_all=is_all)
