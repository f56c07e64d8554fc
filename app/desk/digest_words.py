"""The words of a digest: how many there are, and the most urgent of them with their numbers and links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.desk.spoken import deadline, language_of
from app.desk.telling import Words
from sla.ladder import BREACH
from sla.steps import level_of

KIND = "fired_digest"
SHOWN = 10


class Line(NamedTuple):
    """One matter of a digest; they compare by what is the most urgent."""

    is_calm: bool
    """Not urgent by its priority."""
    height: int
    """Of its rung, below zero: the highest first."""
    due_at: datetime
    ticket: int
    subject: str
    customer: str

    @property
    def is_late(self) -> bool:
        return -self.height >= level_of(BREACH)


def words_of(lines: Sequence[Line], *, name: str, zone: ZoneInfo, at: datetime) -> Words:
    """Say it in the reader's language; `name` is the team's, or empty. A line that begins with / is a page of ours."""
    ordered = sorted(lines)
    late = sum(line.is_late for line in ordered)

    def words(language: str) -> tuple[str, str]:
        is_english = language_of(language) == "en"
        count = len(ordered)
        if is_english:
            subject = f"{count} deadlines at once: {late} overdue, {count - late} due soon"
        else:
            subject = f"{count} Fristen auf einmal: {late} überfällig, {count - late} bald fällig"
        head = "The most urgent ones:" if is_english else "Die dringendsten:"
        shown = [_line(line, zone=zone, at=at, language=language) for line in ordered[:SHOWN]]
        rest = count - len(shown)
        more = [f"and {rest} more" if is_english else f"und {rest} weitere"] if rest > 0 else []
        title = f"{subject} ({name})" if name else subject
        return title, "\n\n".join([head, *shown, *more])

    return words


def _line(line: Line, *, zone: ZoneInfo, at: datetime, language: str) -> str:
    until = deadline(line.due_at, now=at, zone=zone, language=language)
    named = "due" if language_of(language) == "en" else "Frist"
    return f"{line.ticket} – {line.subject} – {line.customer} ({named} {until})\n/tickets/{line.ticket}"
