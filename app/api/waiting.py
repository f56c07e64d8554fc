"""Waiting for a carrier, a supplier, another house: what the customer is owed runs on."""

from __future__ import annotations

from pydantic import Field

from app import access, clock
from app.access import Person
from app.api import routes
from app.api.answered import TicketAnswered
from app.api.asked import Asked, Text
from app.desk import waiting
from app.finders import tickets as lists


class WaitingAsked(Asked):
    """Whom the ticket waits for, in a few words."""

    whom: Text = Field(alias="for")


@routes.post("/tickets/<id:number>/waiting", answer=TicketAnswered, body=WaitingAsked)
def wait(*, person: Person, number: int, body: WaitingAsked) -> TicketAnswered:
    """Note whom the ticket waits for; a second name takes the place of the first."""
    ticket_id = access.ticket(person, number).id
    waiting.wait_for(ticket_id, body.whom, by=person, at=clock.now())
    return TicketAnswered.model_validate(lists.row(ticket_id))


@routes.delete("/tickets/<id:number>/waiting", answer=TicketAnswered)
def end(*, person: Person, number: int) -> TicketAnswered:
    """Note that what the ticket waited for is there."""
    ticket_id = access.ticket(person, number).id
    waiting.no_more(ticket_id, by=person, at=clock.now())
    return TicketAnswered.model_validate(lists.row(ticket_id))
