"""What a person's message to the customer means for its ticket, on whichever channel it goes out."""

from __future__ import annotations

from datetime import datetime

from app.access import Person
from app.db import Afterwards
from app.desk import clocks
from app.desk.writing import badges, record, recount
from app.models import Ticket


def count_as_answer(
    ticket: Ticket, message_id: int, *, event: str, by: Person, at: datetime, afterwards: Afterwards
) -> None:
    """Take everything owed on the ticket for answered, on all its channels; whoever answers an unassigned one has it.

    The ticket is held. It is judged when the platform accepts the message.
    """
    before = badges(ticket)
    clocks.answer(ticket.id, message_id, at=at)
    ticket.answered_at = ticket.updated_at = at
    clocks.renew(ticket)
    if ticket.assignee_id is None:
        ticket.assignee_id = by.id
    record(event, ticket_id=ticket.id, at=at, actor_id=by.id, message_id=message_id, afterwards=afterwards)
    recount(before, badges(ticket))
