"""What one message of a customer makes us owe, by when, and whether we kept it.

The foundation opens and settles single obligations with these decisions; a projection over a whole event log
will ask the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sla.hours import BusinessHours
from sla.ladder import BREACH, Rung
from sla.targets import Kind


class Verdict(StrEnum):
    """How an obligation ended."""

    MET = "met"
    BREACHED = "breached"


@dataclass(frozen=True, slots=True)
class Opening:
    """A clock as it starts: an answer is owed until `due_at`, the alarm is raised at `breach_at`."""

    kind: Kind
    within: timedelta
    opened_at: datetime
    soon_at: datetime
    due_at: datetime
    breach_at: datetime
    rungs: tuple[Rung, ...]


def kind_of(*, answered_substantively_since_reopen: bool, conversation_held: bool) -> Kind:
    """Choose between first and next: a holding reply uses up the first answer of its own conversation only."""
    return Kind.NEXT if answered_substantively_since_reopen or conversation_held else Kind.FIRST


def open_obligation(
    at: datetime, kind: Kind, within: timedelta, hours: BusinessHours, warn_percent: Sequence[int] = (75,)
) -> Opening:
    """Start the clock of one message that needs an answer."""
    percents = sorted(warn_percent)
    budgets = (within, within - within // 4, *(within * percent / 100 for percent in percents))
    due_at, soon_at, *warnings = hours.dues(at, budgets)
    breach_at = hours.breach(at, within)
    rungs = [Rung(f"warn{percent}", warn_at) for percent, warn_at in zip(percents, warnings, strict=True)]
    return Opening(
        kind=kind,
        within=within,
        opened_at=at,
        soon_at=soon_at,
        due_at=due_at,
        breach_at=breach_at,
        rungs=(*rungs, Rung(BREACH, breach_at)),
    )


def elapsed(hours: BusinessHours, opened_at: datetime, at: datetime) -> timedelta:
    """Return the business time an obligation has been running; nothing before it was opened."""
    return max(hours.between(opened_at, at), timedelta(0))


def verdict(hours: BusinessHours, opened_at: datetime, within: timedelta, answered_at: datetime) -> Verdict:
    """Judge an answer: met if no more than the target had passed, so overtime after closing is in time."""
    return Verdict.MET if elapsed(hours, opened_at, answered_at) <= within else Verdict.BREACHED
