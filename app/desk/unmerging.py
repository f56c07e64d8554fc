"""Taking a merge back with what came of it by itself: matters of two people that were joined because they were one."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app.access import Person, owner_of
from app.db import db, once_more, transaction
from app.desk import joining, merging
from app.errors import DeskError
from app.models import Event, Merge, Ticket, TicketState

log = logging.getLogger(__name__)


@once_more
def undo(merge_id: int, *, by: Person, at: datetime) -> list[int]:
    """Make two people of one again; returns the tickets that were parted because only the merge had joined them.

    What one of us had joined stays joined: they had their reasons. All of it stands in one commit, so that nothing of
    one person's is left with the other. Raises as `merging.undo`.
    """
    parted = []
    with transaction() as afterwards:
        merging.undone(merge_id, by=by, at=at, afterwards=afterwards)
        for ticket_id in _joined_by_itself(merge_id):
            try:
                joining.unjoined(ticket_id, by=by, at=at, afterwards=afterwards)
                parted.append(ticket_id)
            except DeskError as refused:
                log.info("ticket %s stays joined: %s", ticket_id, refused)
    return parted


def _joined_by_itself(merge_id: int) -> list[int]:
    merge = db.session.get_one(Merge, merge_id)
    kept_id, absorbed_id = owner_of(merge.kept_id), owner_of(merge.absorbed_id)
    target = aliased(Ticket)
    apart = or_(
        (Ticket.customer_id == kept_id) & (target.customer_id == absorbed_id),
        (Ticket.customer_id == absorbed_id) & (target.customer_id == kept_id),
    )
    by_itself = select(Event.id).where(
        Event.ticket_id == Ticket.id, Event.kind == "joined_away", Event.actor_id.is_(None), Event.at >= merge.at
    )
    found = (
        select(Ticket.id)
        .join(target, target.id == Ticket.joined_into_id)
        .where(Ticket.state == TicketState.JOINED, apart, by_itself.exists())
        .order_by(Ticket.id.desc())
    )
    return list(db.session.scalars(found))
