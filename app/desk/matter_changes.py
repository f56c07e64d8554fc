"""What the clocks of whole matters followed: changes of priority, tags or group, as the log of their tickets tells."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from app.db import db
from app.desk import aims
from app.desk.matter_reckoning import CHANGES, Change, changes_in, reckon_again
from app.models import Event, TicketClock

_MOVES = ("joined", "joined_away", "parted", "parted_away")


def follow_again(clock: TicketClock) -> None:
    """Reckon an open clock from its beginning, change by change, with the hours and the rests it has now."""
    reckon_again(clock, changes_of(clock))


def come_back(clock: TicketClock) -> None:
    """Let a clock go on as if it had never ended, in its hours as they are now."""
    clock.settled_at = clock.elapsed_seconds = None
    clock.verdict = ""
    clock.calendar_version = aims.newest_hours(clock.calendar_id).version
    follow_again(clock)


def changes_of(clock: TicketClock) -> list[Change]:
    """Return what a clock followed, in order."""
    numbers = {clock.ticket_id, clock.home_ticket_id or clock.ticket_id}
    while (further := numbers | _joined_with(numbers)) != numbers:
        numbers = further
    told = db.session.execute(
        select(Event.at, Event.details)
        .where(Event.ticket_id.in_(numbers), Event.kind.in_(CHANGES), Event.at >= clock.opened_at)
        .order_by(Event.id)
    )
    return changes_in(((at, details) for at, details in told), clock.id)


def _joined_with(numbers: Collection[int]) -> set[int]:
    """Return the tickets that these were ever joined with or parted from."""
    moves = db.session.scalars(select(Event.details).where(Event.ticket_id.in_(numbers), Event.kind.in_(_MOVES)))
    return {each[key] for each in moves for key in ("ticket", "into", "from") if each.get(key)}
