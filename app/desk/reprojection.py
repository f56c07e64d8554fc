"""Open clocks after an edit: what a calendar or a ladder says now is taken over by everything that still runs.

Closed cycles are never looked at. The work is done in batches; killed in the middle, it goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, update

from app.db import Afterwards, db, once_more, transaction
from app.desk import clocks, matter_clocks
from app.desk.catching_up import follow_again
from app.desk.writing import HOLD, record
from app.models import (
    UNKEPT,
    Calendar,
    CalendarVersion,
    ClockState,
    Conversation,
    Obligation,
    ObligationState,
    PolicyVersion,
    Promise,
    Team,
    Ticket,
    TicketClock,
)

AT_ONCE = 100
"""Tickets whose rows are held together."""
MOST_AT_EDIT = 500
"""Tickets for which whoever edits waits; the rest is carried by `app.runs.sweep`."""
LOOKED_AFTER = timedelta(minutes=10)
"""So long after a version was carried something may still come from a process that had read the one before it."""
_ONE_DAY = timedelta(days=1)
"""No zone is farther from UTC than this."""


def carry(*, at: datetime, most: int | None = None) -> bool:
    """Reckon what is open by the newest versions of its calendar; False if there is more to do than `most` tickets.

    Safe to repeat: a version counts as carried only once nothing open is left on an older one.
    """
    for version_id in _uncarried(at):
        left = most
        while touched := _carry_some(version_id, at=at, limit=AT_ONCE if left is None else min(AT_ONCE, left)):
            if left is not None and (left := left - touched) <= 0:
                return False
    return True


def _uncarried(at: datetime) -> Sequence[int]:
    is_fresh = (CalendarVersion.number > 1) & (CalendarVersion.carried_at > at - LOOKED_AFTER)
    return db.session.scalars(
        select(CalendarVersion.id)
        .where(or_(CalendarVersion.carried_at.is_(None), is_fresh))
        .order_by(CalendarVersion.id)
    ).all()


@once_more
def _carry_some(version_id: int, *, at: datetime, limit: int) -> int:
    """Do one batch in one commit and return how many tickets it had; with none the version is carried."""
    with transaction() as afterwards:
        version = db.session.get(CalendarVersion, version_id)
        if version is None:
            return 0
        _leave_untouched(version)
        tickets = _behind(version, limit)
        # In the order of their numbers, as a join holds them.
        for ticket_id in tickets:
            _take_over(db.session.get_one(Ticket, ticket_id, with_for_update=HOLD), version, at, afterwards)
        of_matter = matter_clocks.reproject(version.calendar_id, limit=limit)
        if not tickets and not of_matter:
            version.carried_at = version.carried_at or at
        return len(tickets) + of_matter


def _leave_untouched(version: CalendarVersion) -> None:
    """Note on what runs out before the version begins that it was looked at: nothing can move there."""
    since = datetime.combine(version.valid_from, time(), UTC) - _ONE_DAY
    db.session.execute(
        update(Obligation)
        .where(*_is_behind(version), Obligation.breach_at < since)
        .values(calendar_version=version.number)
        .execution_options(synchronize_session=False)
    )


def _is_behind(version: CalendarVersion) -> tuple[ColumnElement[bool], ...]:
    return (
        Obligation.calendar_id == version.calendar_id,
        Obligation.state == ObligationState.OPEN,
        Obligation.calendar_version < version.number,
    )


def _behind(version: CalendarVersion, limit: int) -> list[int]:
    """Return the next tickets on which something is still reckoned by an older version."""
    owed = select(Obligation.conversation_id).where(*_is_behind(version))
    found = select(Conversation.ticket_id).where(Conversation.id.in_(owed)).distinct()
    return list(db.session.scalars(found.order_by(Conversation.ticket_id).limit(limit)))


def _take_over(ticket: Ticket, version: CalendarVersion, at: datetime, afterwards: Afterwards) -> None:
    rows = db.session.scalars(
        select(Obligation)
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .where(Conversation.ticket_id == ticket.id, *_is_behind(version))
        .order_by(Obligation.id)
    ).all()
    moved = [(row, before) for row in rows if (before := row.due_at) != take_over(row, version.number)]
    db.session.flush()
    if not moved:
        return
    clocks.refresh(ticket)
    name = db.session.scalars(select(Calendar.name).where(Calendar.id == version.calendar_id)).one()
    for row, before in moved:
        tell_moved(ticket, row, before, because="calendar", name=name, at=at, afterwards=afterwards)


def take_over(row: Obligation, version: int) -> datetime:
    """Reckon one open obligation by a version of its calendar and return when it is due now.

    What a change of priority or policy left of it is weighed in the new hours, too.
    """
    row.calendar_version = version
    return follow_again(row)


def tell_moved(
    ticket: Ticket,
    row: Obligation,
    before: datetime,
    *,
    because: str,
    at: datetime,
    afterwards: Afterwards,
    **details: Any,
) -> None:
    """Write on the timeline that a deadline moved, from when to when and why."""
    moved: dict[str, Any] = {"from": before.isoformat(), "to": row.due_at.isoformat(), "because": because}
    record("moved", ticket_id=ticket.id, at=at, afterwards=afterwards, obligation=row.id, **moved, **details)


def place_rungs(ladder_id: int, *, at: datetime) -> None:
    """Inside the verb that wrote a ladder: let the tick look at every open clock of it, it finds the right rung itself.

    In the same commit, so that whoever dies after it leaves no clock waiting for a rung that is gone.
    """
    versions = select(PolicyVersion.id).where(PolicyVersion.ladder_id == ladder_id)
    teams = select(Team.id).where(Team.ladder_id == ladder_id)
    under = exists().where(
        Obligation.conversation_id == Promise.conversation_id, Obligation.policy_version_id.in_(versions)
    )
    of_policy_or_team = or_(TicketClock.policy_version_id.in_(versions), TicketClock.team_id.in_(teams))
    for statement in (
        update(Obligation).where(Obligation.state == ObligationState.OPEN, Obligation.policy_version_id.in_(versions)),
        update(TicketClock).where(TicketClock.state == ClockState.RUNNING, of_policy_or_team),
        update(Promise).where(UNKEPT, Promise.kept_by_id.is_(None), under),
    ):
        db.session.execute(statement.values(rung_at=at).execution_options(synchronize_session=False))
