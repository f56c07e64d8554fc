"""What a person's message to the customer means for its ticket, on whichever channel it goes out."""

from __future__ import annotations

from datetime import datetime

from app.access import Person
from app.db import Afterwards, db
from app.desk import clocks, handover_ends, holding, matter_clocks, participation, promises, settling
from app.desk.writing import badges, record, recount
from app.models import Message, MessageClass, Ticket


def count(
    ticket: Ticket,
    message_id: int,
    message_class: MessageClass,
    promise: promises.Given | None,
    *,
    by: Person,
    at: datetime,
    afterwards: Afterwards,
) -> None:
    """Let a message do what one of its class does, and write down the promise it carries; the ticket is held.

    An automatic one does nothing. Where holding replies are ignored, theirs promise nothing either. A promise opens
    a resolved ticket again.
    """
    if message_class is MessageClass.SUBSTANTIVE:
        count_as_answer(ticket, message_id, event="replied", by=by, at=at, afterwards=afterwards)
    elif message_class is MessageClass.HOLDING:
        holding.count_as_holding(ticket, message_id, by=by, at=at, afterwards=afterwards)
    else:
        record("replied", ticket_id=ticket.id, at=at, actor_id=by.id, message_id=message_id, afterwards=afterwards)
    if promise and not holding.is_ignored(message := db.session.get_one(Message, message_id)):
        before = badges(ticket)
        promises.take_up(ticket, by=by, at=at, afterwards=afterwards)
        promises.give(
            message.conversation_id,
            ticket=ticket,
            message_id=message_id,
            given=promise.named(message.text),
            by=by,
            at=at,
            afterwards=afterwards,
        )
        clocks.renew(ticket)
        matter_clocks.follow(ticket, at=at)
        recount(before, badges(ticket))


def count_as_answer(
    ticket: Ticket, message_id: int, *, event: str, by: Person, at: datetime, afterwards: Afterwards
) -> None:
    """Take everything owed on the ticket for answered, on all its channels; who answers an unassigned one has it.

    The ticket is held. It is judged when the platform accepts the message. Whose team only takes part does not come to
    hold it by an answer: what was joined may be parted, and their sight of the other matter ends then.
    """
    before = badges(ticket)
    settling.answer(ticket.id, message_id, at=at)
    ticket.answered_at = ticket.updated_at = at
    clocks.renew(ticket)
    matter_clocks.said(ticket, message_id, at=at)
    handover_ends.answered(ticket, by=by, at=at, afterwards=afterwards)
    participation.spoke(ticket, because=participation.ANSWERED, by=by, at=at)
    if ticket.assignee_id is None and (by.is_admin or ticket.team_id in {None, *by.team_ids}):
        ticket.assignee_id = by.id
    record(event, ticket_id=ticket.id, at=at, actor_id=by.id, message_id=message_id, afterwards=afterwards)
    recount(before, badges(ticket))
