"""What else the nightly proof looks at: clocks of whole tickets, and whether everything open still climbs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.db import db
from app.desk import aims, clocks, matter_reckoning
from app.desk.matter_reckoning import CHANGES, Change, changes_in
from app.finders.replay import Family
from app.finders.replay_compare import Difference
from app.models import ClockKind, ClockState, ObligationState, TicketClock
from sla.obligations import elapsed, verdict

_OF_A_TEAM = frozenset({ClockKind.ACCEPTANCE, ClockKind.WORK})
_AIMED = ("target_minutes", "policy_version_id")
_STANDING = (*_AIMED, "calendar_version", "state", "running_since", "used_seconds", "soon_at", "due_at", "breach_at")
_SETTLED = ("verdict", "elapsed_seconds")
_MINUTE = timedelta(minutes=1)


def of_clocks(families: Sequence[Family]) -> list[Difference]:
    """Reckon the clocks of whole tickets anew from when they were opened and when they rested."""
    numbers = [number for family in families for number in family.tickets]
    rows = db.session.scalars(select(TicketClock).where(TicketClock.ticket_id.in_(numbers)).order_by(TicketClock.id))
    happened = sorted((each for family in families for each in family.events), key=lambda each: each.id)
    told = [(each.at, each.details) for each in happened if each.kind in CHANGES]
    found: list[Difference] = []
    for row in rows.all():
        # It is changed below to see what it should say; that must never be written.
        db.session.expunge(row)
        found += _differing(row, changes_in(told, row.id))
    return found


def _differing(row: TicketClock, changes: Sequence[Change]) -> Iterator[Difference]:
    if row.state is ClockState.WAIVED:
        return
    columns = _SETTLED if row.state is ClockState.MET else _STANDING
    stored = {column: getattr(row, column) for column in columns}
    stored_rung_at = row.rung_at
    wanted = _of_team(row) if row.kind in _OF_A_TEAM else _of_matter(row, columns, changes)
    for column, value in wanted.items():
        if stored[column] != value:
            what = f"clock {row.id} ({row.kind.value}): {column}"
            yield Difference(row.ticket_id, what, str(stored[column]), str(value))
    is_asleep = row.kind not in _OF_A_TEAM and row.rung_at is not None and stored_rung_at is None
    if is_asleep and row.state is ClockState.RUNNING:
        yield Difference(row.ticket_id, f"clock {row.id} ({row.kind.value}): rung_at", "None", str(row.rung_at))


def _of_team(row: TicketClock) -> dict[str, Any]:
    hours, within = aims.hours_of(row.calendar_id, row.calendar_version), row.target_minutes * _MINUTE
    if row.state is ClockState.MET and row.settled_at is not None:
        used = elapsed(hours, row.opened_at, row.settled_at)
        judged = verdict(hours, row.opened_at, within, row.settled_at)
        return {"verdict": judged.value, "elapsed_seconds": int(used.total_seconds())}
    return {"due_at": hours.due(row.opened_at, within), "breach_at": hours.breach(row.opened_at, within)}


def _of_matter(row: TicketClock, columns: Sequence[str], changes: Sequence[Change]) -> dict[str, Any]:
    settled_at = row.settled_at
    aimed_by = [aims.aim_by(change.version) for change in changes]
    if settled_at is None:
        row.calendar_version = aims.newest_hours(row.calendar_id).version
    elif any(aimed is None or aimed.calendar_id != row.calendar_id for aimed in aimed_by):
        # The versions in which the other calendars were when it ended are not kept.
        changes = ()
    matter_reckoning.reckon_again(row, changes)
    if settled_at is not None:
        matter_reckoning.settle(row, at=settled_at)
    return {column: getattr(row, column) for column in columns}


def of_rungs(families: Sequence[Family]) -> list[Difference]:
    """Find what is open and would climb too late or never; too early does no harm, the tick looks again."""
    found: list[Difference] = []
    for family in families:
        for row in family.obligations:
            if row.state is not ObligationState.OPEN or row.answered_by_id is not None:
                continue
            wanted = clocks.next_rung(row)
            if wanted is not None and (row.rung_at is None or row.rung_at > wanted):
                number = family.conversations[row.conversation_id]
                found.append(Difference(number, f"obligation {row.id}: rung_at", str(row.rung_at), str(wanted)))
    return found
