"""Figures for a monitoring system: what is open, what is late, what waits to go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.db import database_now, db
from app.finders import directory
from app.models import IN_OUTBOX, UNFILED, Envelope, EnvelopeState, Heartbeat, Message, MessageState, Ticket

PROOF = "projection"
"""The sign of life under which the nightly proof of the stored deadlines keeps its result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The last proof: how many tickets were looked at, and how many stored values differ from what happened."""

    on: str
    tickets: int
    wrong: int
    age: float
    """Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meters:
    """`earliest_due_at` is the most pressing deadline, None while nothing is owed; `ages` are seconds by part."""

    open_by_team: dict[str, int]
    earliest_due_at: datetime | None
    queued: int
    unsure: int
    parked: int
    ages: dict[str, float]
    proof: Proof | None


def meters() -> Meters:
    """Read the figures; every statement stays within a partial index or a small table."""
    earliest = db.session.scalar(
        select(Ticket.due_at).where(Ticket.closed_at.is_(None)).order_by(Ticket.queue_at, Ticket.id).limit(1)
    )
    parked = select(func.count()).select_from(Envelope).where(UNFILED, Envelope.state == EnvelopeState.PARKED)
    return Meters(
        open_by_team={team.name: team.open_tickets for team in directory.teams()},
        earliest_due_at=earliest,
        queued=_in_outbox(MessageState.QUEUED),
        unsure=_in_outbox(MessageState.UNSURE),
        parked=db.session.scalar(parked) or 0,
        ages=_ages(),
        proof=last_proof(),
    )


def _in_outbox(state: MessageState) -> int:
    counted: Any = select(func.count()).select_from(Message).where(IN_OUTBOX, Message.state == state)
    return db.session.scalar(counted) or 0


def _ages() -> dict[str, float]:
    rows = db.session.execute(select(Heartbeat.part, Heartbeat.at, database_now()).where(Heartbeat.part != PROOF))
    return {part: max(0.0, (now - at).total_seconds()) for part, at, now in rows}


def last_proof() -> Proof | None:
    """Return what the last nightly proof found; None before the first one."""
    row = db.session.execute(
        select(Heartbeat.details, Heartbeat.at, database_now()).where(Heartbeat.part == PROOF)
    ).first()
    if row is None:
        return None
    details, at, now = row
    age = max(0.0, (now - at).total_seconds())
    return Proof(on=details["on"], tickets=details["tickets"], wrong=details["wrong"], age=age)
