"""The ladder of a clock: which it is, and when its next rung comes; what happens there is in `rungs`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from app.db import db
from app.models import Ladder, Obligation, PolicyVersion
from sla.hours import BusinessHours
from sla.ladder import BREACH, Rung
from sla.steps import DEFAULT, USUAL_WAYS, Step, Steps, count_of, level_of, read_steps

_NOTHING = timedelta(0)
PROMISED = Steps((Step(75, ("owner",), USUAL_WAYS), Step(None, ("owner", "leads"), USUAL_WAYS)))
"""What holds for promises where no ladder was set."""


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


def promised_steps(conversation_id: int) -> Steps:
    """Return the steps of a promise: those of the policy its conversation is under, and its owner on every one."""
    newest = (
        select(PolicyVersion.ladder_id)
        .join(Obligation, Obligation.policy_version_id == PolicyVersion.id)
        .where(Obligation.conversation_id == conversation_id)
        .order_by(Obligation.id.desc())
        .limit(1)
    )
    ladder_id = db.session.scalar(newest)
    if ladder_id is None:
        return PROMISED
    steps = steps_of(ladder_id)
    return replace(steps, steps=tuple(replace(step, to=("owner", *step.to)) for step in steps.steps))


def promised_rungs(steps: Steps, *, promised_at: datetime, due_at: datetime) -> tuple[Rung, ...]:
    """Place the rungs of a promise in real time."""
    percents = (Rung(str(percent), promised_at + (due_at - promised_at) * percent / 100) for percent in steps.percents)
    return (*percents, Rung(BREACH, due_at))


def promised_rung(conversation_id: int, *, promised_at: datetime, due_at: datetime, fired: str = "") -> datetime | None:
    """Return when the rung of a promise above the last fired one comes, never later than it does; None above all."""
    steps = promised_steps(conversation_id)
    rungs = promised_rungs(steps, promised_at=promised_at, due_at=due_at)
    ahead = [rung.at for rung in rungs if level_of(rung.name) > level_of(fired)]
    if not ahead and count_of(fired) < steps.most:
        return due_at
    return ahead[0] if ahead else None
