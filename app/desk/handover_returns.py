"""Hand-overs that nobody answered go back by themselves: climbed by the tick like any ladder."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.db import db, once_more, transaction
from app.desk import handovers
from app.desk.writing import held
from app.models import PENDING, Handover, HandoverState


def due(*, at: datetime, limit: int = 1000) -> list[int]:
    """Return the hand-overs whose time for an answer is over, the earliest first; reads the partial index only."""
    rows = (
        select(Handover.id)
        .where(PENDING, Handover.returns_at.is_not(None), Handover.returns_at <= at)
        .order_by(Handover.returns_at, Handover.id)
    )
    return list(db.session.scalars(rows.limit(limit)))


@once_more
def fire(handover_id: int, *, at: datetime) -> str:
    """Give the matter back to where it came from, and tell its lead; empty if somebody has answered meanwhile."""
    with transaction() as afterwards:
        ticket_id = db.session.scalar(select(Handover.ticket_id).where(Handover.id == handover_id))
        if ticket_id is None:
            return ""
        ticket = held(ticket_id)
        handover = db.session.get_one(Handover, handover_id)
        if handover.state is not HandoverState.PENDING or handover.ticket_id != ticket_id:
            return ""
        handovers.give_back(ticket, handover, HandoverState.RETURNED, by=None, at=at, afterwards=afterwards)
    return HandoverState.RETURNED.value
