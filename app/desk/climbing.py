"""The ladder of a clock: which it is, and when its next rung comes; what happens there is in `rungs`."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.db import db
from app.models import Ladder
from sla.hours import BusinessHours
from sla.steps import DEFAULT, Steps, read_steps

_NOTHING = timedelta(0)


def steps_of(ladder_id: int | None) -> Steps:
    """Return the steps of a ladder; without one, or where it is gone, the leads hear at 75 % and at the breach."""
    written = db.session.scalar(select(Ladder.rungs).where(Ladder.id == ladder_id)) if ladder_id else None
    return read_steps(written) if written else DEFAULT


def first_rung(
    ladder_id: int | None,
    hours: BusinessHours,
    *,
    since: datetime,
    within: timedelta,
    used: timedelta = _NOTHING,
    muted_until: datetime | None = None,
) -> datetime:
    """Return when the lowest rung of a new clock comes; `used` of its target was spent before `since`."""
    lowest = steps_of(ladder_id).rungs(hours, since=since, within=within, used=used)[0]
    return max(lowest.at, muted_until or lowest.at)


def next_rung(
    ladder_id: int | None,
    hours: BusinessHours,
    *,
    since: datetime,
    within: timedelta,
    fired: str,
    used: timedelta = _NOTHING,
    muted_until: datetime | None = None,
) -> datetime | None:
    """Return when the rung above the last fired one comes, never later than it does; None once all have fired."""
    rung = steps_of(ladder_id).next_after(fired, hours, since=since, within=within, used=used)
    return max(rung.at, muted_until or rung.at) if rung else None
