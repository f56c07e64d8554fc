"""Taking messages out of a ticket because they are about something else, and putting them back."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app import access, clock
from app.access import Person
from app.api import routes
from app.api.answered import TicketAnswered
from app.api.asked import Asked, RowId
from app.desk import splitting
from app.errors import NotFound, Refused
from app.finders import matters
from app.finders import tickets as lists


class SplitAsked(Asked):
    """`messages` are the customer's, of one conversation; `into` is a ticket's number, without it one is opened."""

    messages: Annotated[list[RowId], Field(min_length=1, max_length=200)]
    into: RowId | None = None
    of_two_people: bool = False


@routes.post("/tickets/<id:number>/split", answer=TicketAnswered, body=SplitAsked)
def split(*, person: Person, number: int, body: SplitAsked) -> TicketAnswered:
    """Take messages out; the answer is the ticket they lie under from now on, with their deadlines as they were."""
    ticket_id = access.ticket(person, number).id
    for message_id in body.messages:
        access.message(person, message_id)
        if matters.lies(message_id)[2] != ticket_id:
            raise NotFound("Diese Nachricht gibt es nicht.")
    into = access.ticket(person, body.into).id if body.into is not None else None
    if into and not body.of_two_people and matters.two_people(ticket_id, into):
        raise Refused("Die Anliegen gehören zwei Personen.", field="into", code="two_people")
    return TicketAnswered.model_validate(
        lists.row(splitting.split(body.messages, into=into, by=person, at=clock.now()))
    )


@routes.post("/messages/<id:message>/unsplit", answer=TicketAnswered)
def unsplit(*, person: Person, message: int) -> TicketAnswered:
    """Put back what was taken out together with this message; the answer is the ticket it lies under then."""
    access.message(person, message)
    conversation_id, came_from, _ticket_id = matters.lies(message)
    if came_from is not None:
        access.ticket(person, came_from)
    return TicketAnswered.model_validate(lists.row(splitting.unsplit(conversation_id, by=person, at=clock.now())))
