"""Our messages that came back: they failed, and what they had answered is owed again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from app.db import Afterwards, db
from app.desk import clocks, handover_clocks, matter_clocks, settling
from app.desk.threading import Known
from app.desk.writing import badges, held, record, recount
from app.models import Direction, Message, MessageState, Ticket, TicketState
from channels.contract import Contact


def returned(contact: Contact, earlier: Sequence[Known]) -> Known | None:
    """Return our message that a delivery report brings back, None if it names none of ours."""
    if contact.bounce is None or not contact.bounce.message_id:
        return None
    wanted = contact.bounce.message_id
    return next((m for m in earlier if m.external_id == wanted and m.direction is Direction.OUT), None)


def came_back(
    message_id: int, *, ticket_id: int, words: str, kind: str = "bounced", at: datetime, afterwards: Afterwards
) -> None:
    """Mark a message as failed and give the ticket its old deadlines back; repeated reports change nothing."""
    failed = db.session.scalar(
        update(Message)
        .where(Message.id == message_id, Message.state != MessageState.FAILED)
        .values(state=MessageState.FAILED, fault="rejected", fault_words=words[:500])
        .returning(Message.id)
    )
    if failed is None:
        return
    ticket = held(ticket_id)
    before = badges(ticket)
    owe_again(message_id, ticket=ticket)
    record(kind, ticket_id=ticket_id, at=at, message_id=message_id, afterwards=afterwards, words=words[:500])
    recount(before, badges(ticket))


def owe_again(message_id: int, *, ticket: Ticket) -> None:
    """Take back what a message had answered; a ticket that was resolved with it is open again.

    The ticket's counters are the caller's; those of a ticket that was parted from it since are moved here.
    """
    others = settling.unsettle(message_id, ticket_id=ticket.id)
    handover_clocks.unsettle(message_id, ticket=ticket)
    _take_up(ticket)
    matter_clocks.unsaid(ticket, message_id)
    for other in map(held, sorted(others)):
        before = badges(other)
        _take_up(other)
        recount(before, badges(other))


def _take_up(ticket: Ticket) -> None:
    if ticket.state is TicketState.RESOLVED and clocks.is_owed(ticket.id):
        ticket.closed_at = ticket.resolved_at = None
    ticket.answered_at = settling.last_answer(ticket.id)
    clocks.renew(ticket)
