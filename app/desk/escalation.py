"""Climbing the ladders of obligations: each rung once, however many ticks run and whenever they die."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from app.db import UtcDateTime, db
from app.desk import aims, clocks, crowding, rung_words
from app.desk.rungs import Clock, fire_all, swap
from app.desk.staff import Staff
from app.desk.telling import Words
from app.desk.writing import run
from app.models import CLIMBING, Conversation, Ladder, Obligation, ObligationState, PolicyVersion, Ticket
from sla.hours import BusinessHours
from sla.ladder import BREACH
from sla.obligations import elapsed
from sla.stage import soon_at
from sla.steps import DEFAULT, read_steps

log = logging.getLogger(__name__)
_OPEN = (ObligationState.OPEN,)
_KINDS = {"soon": "warned", BREACH: "breached", "again": "fired"}


def due(*, at: datetime, limit: int = 1000) -> list[int]:
    """Return the obligations whose next rung is due, the earliest first; reads the partial index only."""
    return list(run(_DUE, at=at, most=limit).scalars())


_DUE = (
    select(Obligation.id)
    .where(CLIMBING, Obligation.rung_at <= bindparam("at", type_=UtcDateTime()))
    .order_by(Obligation.rung_at, Obligation.id)
    .limit(bindparam("most"))
)


def fire(obligation_id: int, *, at: datetime) -> str:
    """Fire the highest rung that has passed and return its name; empty if another tick did, or nothing is due."""
    return fire_all(load, [obligation_id], at=at).get(obligation_id, "")


def teams(ids: Sequence[int]) -> Counter[int | None]:
    """Count these by the team that holds their ticket."""
    return crowding.teams_of(_TEAMS, ids)


_TEAMS = (
    select(Ticket.team_id)
    .join(Conversation, Conversation.ticket_id == Ticket.id)
    .join(Obligation, Obligation.conversation_id == Conversation.id)
    .where(Obligation.id.in_(bindparam("ids", expanding=True)))
)


def load(ids: Sequence[int], staff: Staff) -> Iterator[Clock]:
    """Hold the tickets first, as every verb does, so that a tick and an agent never wait for each other in a circle."""
    tickets = {ticket.id: ticket for ticket in db.session.scalars(_HELD, {"ids": ids})}
    for obligation, ticket_id, version, ladder in db.session.execute(_ROWS, {"ids": ids}):
        if ticket_id in tickets:
            yield _clock(obligation, tickets[ticket_id], staff, version=version, ladder=ladder)


_HELD = (
    select(Ticket)
    .join(Conversation, Conversation.ticket_id == Ticket.id)
    .join(Obligation, Obligation.conversation_id == Conversation.id)
    .where(Obligation.id.in_(bindparam("ids", expanding=True)))
    .order_by(Ticket.id)
    .with_for_update(of=Ticket, key_share=True)
)
_ROWS = (
    select(Obligation, Conversation.ticket_id, PolicyVersion.number, Ladder)
    .join(Conversation, Conversation.id == Obligation.conversation_id)
    .outerjoin(PolicyVersion, PolicyVersion.id == Obligation.policy_version_id)
    .outerjoin(Ladder, Ladder.id == PolicyVersion.ladder_id)
    .where(Obligation.id.in_(bindparam("ids", expanding=True)), Obligation.state == ObligationState.OPEN)
    .order_by(Obligation.rung_at, Obligation.id)
)


def _clock(
    obligation: Obligation, ticket: Ticket, staff: Staff, *, version: int | None, ladder: Ladder | None
) -> Clock:
    hours = aims.hours_of(obligation.calendar_id, obligation.calendar_version)
    within = timedelta(minutes=obligation.target_minutes)
    steps = read_steps(ladder.rungs) if ladder and ladder.rungs else DEFAULT
    rungs = steps.rungs(hours, since=obligation.opened_at, within=within)
    _repair(obligation, ticket, hours, due_at=hours.due(obligation.opened_at, within), breach_at=rungs[-1].at)
    return Clock(
        subject="obligation",
        id=obligation.id,
        ticket=ticket,
        team_id=ticket.team_id,
        assignee_id=ticket.assignee_id,
        steps=steps,
        fired=obligation.fired,
        rungs=rungs,
        muted_until=obligation.muted_until,
        elapsed=lambda at: elapsed(hours, obligation.opened_at, at),
        why=_why(obligation, version=version, ladder=ladder),
        kind=lambda rung: _KINDS[rung_words.height(rung)],
        event=lambda rung: (_KINDS[rung_words.height(rung)], _about(obligation)),
        words=lambda rung, at: _words(obligation, ticket, staff, rung, at),
        take=lambda fired, rung_at: swap(obligation, _OPEN, fired=fired, rung_at=rung_at),
    )


def _repair(
    obligation: Obligation, ticket: Ticket, hours: BusinessHours, *, due_at: datetime, breach_at: datetime
) -> None:
    """Write a stored deadline anew that is not what its row says it must be."""
    if (obligation.due_at, obligation.breach_at) == (due_at, breach_at):
        return
    stored = obligation.due_at
    log.warning("obligation %s was due %s instead of %s: repaired", obligation.id, stored, due_at)
    obligation.due_at, obligation.breach_at = due_at, breach_at
    obligation.soon_at = soon_at(hours, opened_at=obligation.opened_at, due_at=due_at)
    db.session.flush()
    clocks.refresh(ticket)


def _why(obligation: Obligation, *, version: int | None, ladder: Ladder | None) -> Mapping[str, object]:
    return {
        "target_minutes": obligation.target_minutes,
        "opened_at": obligation.opened_at.isoformat(),
        "due_at": obligation.due_at.isoformat(),
        "calendar": obligation.calendar_id,
        "calendar_version": obligation.calendar_version,
        "policy": obligation.policy_id,
        "policy_version": version,
        "ladder": ladder.id if ladder else None,
        "ladder_version": ladder.version if ladder else None,
    }


def _about(obligation: Obligation) -> Mapping[str, object]:
    return {"obligation": obligation.id, "due_at": obligation.due_at.isoformat(), "kind_owed": obligation.kind}


def _words(obligation: Obligation, ticket: Ticket, staff: Staff, rung: str, at: datetime) -> Words:
    return rung_words.of_obligation(obligation, ticket, rung, zone=staff.zone(obligation.calendar_id), at=at)
