"""Hiding a public comment, for a reason, and showing it again."""

from __future__ import annotations

from app import access, clock
from app.access import Person
from app.api import routes
from app.api.answered import HidingAnswered
from app.api.asked import HidingAsked
from app.desk import moderation
from app.errors import NotFound


def _on_ticket(person: Person, number: int, message_id: int) -> int:
    """Return the message's id; raises `NotFound` if it is not part of the ticket."""
    ticket_id = access.ticket(person, number).id
    if access.conversation(person, access.message(person, message_id).conversation_id).ticket_id != ticket_id:
        raise NotFound("Diese Nachricht gehört nicht zu diesem Anliegen.")
    return message_id


@routes.post("/tickets/<id:number>/messages/<id:message>/hiding", answer=HidingAnswered, body=HidingAsked, status=202)
def hide(*, person: Person, number: int, message: int, body: HidingAsked) -> HidingAnswered:
    """Hide a comment from the public; on the ticket it stays."""
    moderation.hide(_on_ticket(person, number, message), reason=body.reason, by=person, at=clock.now())
    return HidingAnswered(message=message, hiding="hide")


@routes.delete("/tickets/<id:number>/messages/<id:message>/hiding", answer=HidingAnswered)
def show(*, person: Person, number: int, message: int) -> HidingAnswered:
    """Let everybody see a hidden comment again."""
    moderation.show(_on_ticket(person, number, message), by=person, at=clock.now())
    return HidingAnswered(message=message, hiding="show")
