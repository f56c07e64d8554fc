"""A first message from us: on a ticket, or as the beginning of a new one."""

from __future__ import annotations

from app import access, clock
from app.access import Person
from app.api import routes
from app.api.answered import QueuedAnswered
from app.api.asked import FirstAsked
from app.desk import opening
from app.finders import directory


@routes.post("/tickets", answer=QueuedAnswered, body=FirstAsked, status=201)
def open_ticket(*, person: Person, body: FirstAsked) -> QueuedAnswered:
    """Write to somebody first; the ticket is opened with it, and nothing is owed until they answer."""
    return _write(person, body, ticket_id=None)


@routes.post("/tickets/<id:number>/conversations", answer=QueuedAnswered, body=FirstAsked, status=201)
def open_conversation(*, person: Person, number: int, body: FirstAsked) -> QueuedAnswered:
    """Write to somebody on a ticket that is there already."""
    return _write(person, body, ticket_id=access.ticket(person, number).id)


def _write(person: Person, body: FirstAsked, *, ticket_id: int | None) -> QueuedAnswered:
    channel = directory.channel_called(person, body.channel)
    number, message_id = opening.write_first(
        channel_id=channel.id,
        to=body.to or "",
        identity_id=body.identity,
        subject=body.subject,
        text=body.words,
        ticket_id=ticket_id,
        by=person,
        at=clock.now(),
    )
    conversation_id = access.message(person, message_id).conversation_id
    return QueuedAnswered(ticket=number, conversation=conversation_id, message=message_id, delivery="queued")
