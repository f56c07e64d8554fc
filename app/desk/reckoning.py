"""Writing the deadlines of one open obligation from when it was opened, its hours and its target."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.desk import aims, clocks
from app.models import Obligation
from sla.steps import DEFAULT
from sla.targets import Kind


def reckon_anew(row: Obligation, within: timedelta) -> datetime:
    """Write the deadlines of one open obligation with this target and return when it is due now.

    What has fired stays fired; of the rungs above it that thereby have passed the tick fires only the highest.
    """
    aimed = aims.aim_by(row.policy_version_id) if row.policy_version_id else None
    steps = aimed.steps if aimed else DEFAULT
    hours = aims.hours_of(row.calendar_id, row.calendar_version)
    opening = clocks.reckoned(hours, steps, kind=Kind(row.kind), within=within, at=row.opened_at)
    row.target_minutes = clocks.whole_minutes(within)
    row.warn_at = min(opening.rungs[0].at, opening.due_at)
    row.soon_at, row.due_at, row.breach_at = opening.soon_at, opening.due_at, opening.breach_at
    row.rung_at = clocks.next_rung(row)
    return row.due_at
