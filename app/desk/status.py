"""Done, and not done after all."""

from __future__ import annotations

from datetime import datetime

from app.access import Person
from app.db import once_more, transaction
from app.desk import clocks
from app.desk.writing import badges, held, record, recount
from app.errors import Refused
from app.models import TicketState

BY_RESOLUTION = "resolved"


@once_more
def resolve(ticket_id: int, *, by: Person, at: datetime) -> bool:
    """Close the ticket and waive what is still owed on it; False if it was resolved already."""
    with transaction() as afterwards:
        ticket = held(ticket_id)
        if ticket.state is TicketState.JOINED:
            raise Refused("Dieses Anliegen ist mit einem anderen verbunden.")
        if ticket.closed_at is not None:
            return False
        before = badges(ticket)
        clocks.stop(ticket_id, at=at, reason=BY_RESOLUTION)
        ticket.state, ticket.updated_at = TicketState.RESOLVED, at
        ticket.resolved_at = ticket.closed_at = at
        clocks.refresh(ticket)
        record("resolved", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards)
        recount(before, badges(ticket))
    return True


@once_more
def reopen(ticket_id: int, *, by: Person, at: datetime) -> bool:
    """Open a resolved ticket again with the deadlines it had; False if it is open."""
    with transaction() as afterwards:
        ticket = held(ticket_id)
        if ticket.state is TicketState.JOINED:
            raise Refused("Dieses Anliegen ist mit einem anderen verbunden.")
        if ticket.closed_at is None:
            return False
        before = badges(ticket)
        clocks.resume(ticket_id, stopped_at=ticket.closed_at, reason=BY_RESOLUTION)
        ticket.resolved_at, ticket.closed_at, ticket.updated_at = None, None, at
        clocks.renew(ticket)
        record("reopened", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards)
        recount(before, badges(ticket))
    return True
