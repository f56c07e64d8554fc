"""Giving what is open another target, because the ticket's priority, tags or customer now ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.db import db
from app.desk import aims, clocks, matter_clocks, reckoning
from app.desk.aims import Aim, hours_of
from app.models import Conversation, Obligation, ObligationState, Ticket
from sla.obligations import elapsed
from sla.retarget import is_eased_late, retargeted
from sla.targets import Kind

WHOLE_MINUTES = timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class Retargeted:
    """What became of the open obligations of a ticket, by their ids."""

    aims: dict[str, int] = field(default_factory=dict)
    """The version of the policy each had before, where it has another now."""
    moved: list[dict[str, object]] = field(default_factory=list)
    """Deadlines that moved: obligation, from, to."""
    followed: list[int] = field(default_factory=list)
    """Everything that has another target or policy from now on, also where its deadline stays."""
    clocks: dict[str, dict[str, object]] = field(default_factory=dict)
    """What the clocks of the whole matter had before, where they have something else now."""
    eased_late: list[int] = field(default_factory=list)
    """Those that got more time when less than a quarter of it was left."""

    def details(self) -> dict[str, Any]:
        """Return what the timeline keeps of it; nothing where nothing moved."""
        kept = {"aims": self.aims, "moved": self.moved, "eased_late": self.eased_late, "clocks": self.clocks}
        return {key: value for key, value in kept.items() if value}


def retarget(ticket: Ticket, *, at: datetime, may_ease: bool) -> Retargeted:
    """Let everything open and unanswered follow the policies that hold for the ticket as it is now.

    The ticket is held. A tighter target leaves at least a quarter of itself; a looser one is taken over only with
    `may_ease`. Each message keeps the versions of its own instant and the team it came to.
    """
    db.session.flush()
    rows = _open_on(ticket.id)
    found = aims.aims_of(ticket, [(row.route, row.team_id, row.opened_at) for row in rows]) if rows else []
    done = Retargeted()
    for row, aimed in zip(rows, found, strict=True):
        if aimed:
            _follow(row, aimed, ticket.priority, at=at, may_ease=may_ease, done=done)
    if done.moved:
        db.session.flush()
        clocks.refresh(ticket)
    of_matter = matter_clocks.retarget(ticket, at=at, may_ease=may_ease)
    done.clocks = {str(id_): change.told() for id_, change in of_matter.items()}
    return done


def begin(row: Obligation, aimed: Aim, priority: str) -> None:
    """Let one open obligation have what this policy asks for, as if it had just been opened."""
    row.policy_id, row.policy_version_id = aimed.policy_id, aimed.policy_version_id
    row.calendar_id, row.calendar_version = aimed.calendar_id, aimed.calendar_version
    reckoning.reckon_anew(row, aimed.within(Kind(row.kind), priority))


def follow(row: Obligation, aimed: Aim, priority: str, *, at: datetime, may_ease: bool) -> Retargeted:
    """Let one open obligation follow a change that was made at `at`, by the same rule."""
    done = Retargeted()
    _follow(row, aimed, priority, at=at, may_ease=may_ease, done=done)
    return done


def follow_again(row: Obligation, aimed: Aim, priority: str, *, at: datetime) -> None:
    """Let one open obligation follow a change of which it is known that it did."""
    _, within, _ = _weighed(row, aimed, priority, at=at)
    _write(row, aimed, within, Retargeted())


def _open_on(ticket_id: int) -> Sequence[Obligation]:
    return db.session.scalars(
        select(Obligation)
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .where(
            Conversation.ticket_id == ticket_id,
            Obligation.state == ObligationState.OPEN,
            Obligation.answered_by_id.is_(None),
        )
        .order_by(Obligation.id)
    ).all()


def _follow(row: Obligation, aimed: Aim, priority: str, *, at: datetime, may_ease: bool, done: Retargeted) -> None:
    is_looser, within, is_late = _weighed(row, aimed, priority, at=at)
    if is_looser and not may_ease:
        return
    is_other = aimed.calendar_id != row.calendar_id
    if is_other and not is_looser and aimed.hours.due(row.opened_at, within) >= row.due_at:
        return
    if is_late:
        done.eased_late.append(row.id)
    _write(row, aimed, within, done)


def _weighed(row: Obligation, aimed: Aim, priority: str, *, at: datetime) -> tuple[bool, timedelta, bool]:
    """Return whether a target is looser than the one so far, what it leaves, and whether it eases late."""
    before, hours = timedelta(minutes=row.target_minutes), hours_of(row.calendar_id, row.calendar_version)
    after = aimed.within(Kind(row.kind), priority)
    if aimed.calendar_id != row.calendar_id:
        # In other hours only the deadlines can be compared, so the old one is put into the hours of the new policy.
        hours, before = aimed.hours, elapsed(aimed.hours, row.opened_at, row.due_at)
        is_looser = hours.due(row.opened_at, after) > row.due_at
    else:
        is_looser = after > before
    spent = elapsed(hours, row.opened_at, at)
    within = after if is_looser else retargeted(before, after, spent, grain=WHOLE_MINUTES)
    return is_looser, within, is_looser and is_eased_late(before, after, spent)


def _write(row: Obligation, aimed: Aim, within: timedelta, done: Retargeted) -> None:
    done.followed.append(row.id)
    if row.policy_version_id != aimed.policy_version_id:
        done.aims[str(row.id)] = row.policy_version_id or 0
    row.policy_id, row.policy_version_id = aimed.policy_id, aimed.policy_version_id
    row.calendar_id, row.calendar_version = aimed.calendar_id, aimed.calendar_version
    was_due_at = row.due_at
    if reckoning.reckon_anew(row, within) != was_due_at:
        moved = {"obligation": row.id, "from": was_due_at.isoformat(), "to": row.due_at.isoformat()}
        done.moved.append(moved)
