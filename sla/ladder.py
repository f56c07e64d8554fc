"""The ladder of escalation: which step of a running clock is to be fired now, and which comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.hours import BusinessHours

BREACH = "breach"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: "warn75" when 75 % of the target is used up, "breach" from the instant it is exceeded."""

    name: str
    at: datetime


def rungs_of(
    hours: BusinessHours, *, opened_at: datetime, within: timedelta, warn_percent: Sequence[int] = (75,)
) -> tuple[Rung, ...]:
    """Place the rungs of one clock in business time, the lowest first and `breach` last."""
    warnings = (
        Rung(f"warn{percent}", hours.due(opened_at, within * percent / 100)) for percent in sorted(warn_percent)
    )
    return (*warnings, Rung(BREACH, hours.breach(opened_at, within)))


def next_rung(rungs: Sequence[Rung], after: str | None) -> Rung | None:
    """Return the rung above the named one, the lowest for None, and None above the last."""
    return next(iter(_unfired(rungs, after)), None)


def to_fire(rungs: Sequence[Rung], fired: str | None, now: datetime) -> tuple[Rung | None, Rung | None]:
    """Return the rung to fire now, if any, and the rung to wait for after that.

    A late worker fires only the highest rung that has passed; those below it are superseded.
    A rung is passed at its own instant.
    """
    unfired = _unfired(rungs, fired)
    passed = [rung for rung in unfired if rung.at <= now]
    ahead = [rung for rung in unfired if rung.at > now]
    return (passed[-1] if passed else None), (ahead[0] if ahead else None)


def _unfired(rungs: Sequence[Rung], fired: str | None) -> Sequence[Rung]:
    """List the rungs above the last fired one; a name that the ladder no longer has stands below all of them."""
    names = [rung.name for rung in rungs]
    return rungs[names.index(fired) + 1 :] if fired in names else rungs
