"""Done, and not done after all."""

from __future__ import annotations

from datetime import datetime

from app.access import Person
from app.db import Afterwards, once_more, transaction
from app.desk import clocks, closing, handover_ends, matter_clocks, promises, settling, touched, waiver
from app.desk.settling import BY_RESOLUTION
from app.desk.writing import badges, held, record, recount
from app.errors import Refused
from app.models import Ticket, TicketState


@once_more
def resolve(
    ticket_id: int, *, terms: closing.Terms = closing.PLAIN, is_asking: bool = False, by: Person, at: datetime
) -> bool:
    """Close the ticket and waive what is still owed on it; False if it was resolved already, or stays open.

    `terms` say what becomes of an open promise, and why it came to this. Raises `Refused` with the code `promise_open`
    where a promise is open and they say nothing, `release_waiting` where a public answer waits and they do not withdraw
    it, `cause_wanted` where `is_asking` and the team wants a cause.
    """
    with transaction() as afterwards:
        ticket = held(ticket_id)
        if ticket.state is TicketState.JOINED:
            raise Refused("Dieses Anliegen ist mit einem anderen verbunden.")
        if ticket.closed_at is not None:
            return False
        before = badges(ticket)
        if closing.stays_open(ticket, terms, is_asking=is_asking, by=by, at=at, afterwards=afterwards):
            recount(before, badges(ticket))
            return False
        waiver.stop(ticket_id, at=at, reason=BY_RESOLUTION)
        touched.count(ticket, by=by)
        ticket.state, ticket.updated_at = TicketState.RESOLVED, at
        ticket.resolved_at = ticket.closed_at = at
        clocks.refresh(ticket)
        matter_clocks.follow(ticket, at=at)
        handover_ends.resolved(ticket, by=by, at=at, afterwards=afterwards)
        record("resolved", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards, **closing.told(ticket))
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
        open_again(ticket, ticket.closed_at, by=by, at=at, afterwards=afterwards)
    return True


def open_again(ticket: Ticket, closed_at: datetime, *, by: Person, at: datetime, afterwards: Afterwards) -> None:
    """Inside a verb that holds a resolved ticket: everything runs on that its resolution had ended."""
    before = badges(ticket)
    settling.answer_anew(ticket, waiver.resume(ticket.id, stopped_at=closed_at, reason=BY_RESOLUTION))
    promises.resume(ticket.id, stopped_at=closed_at)
    ticket.cause = ""
    handover_ends.reopened(ticket, stopped_at=closed_at)
    ticket.resolved_at, ticket.closed_at, ticket.updated_at = None, None, at
    clocks.renew(ticket)
    matter_clocks.follow(ticket, at=at, is_taken_back=True)
    record("reopened", ticket_id=ticket.id, at=at, actor_id=by.id, afterwards=afterwards)
    recount(before, badges(ticket))
