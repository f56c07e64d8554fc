"""Phone notes: what was said on the telephone, and what was promised."""

from __future__ import annotations

from app import access, clock
from app.access import Person
from app.api import routes
from app.api.asked import CallAsked
from app.api.shape import Answered
from app.desk import phone_notes
from app.desk.phone_notes import Said
from app.finders.calls import CallOutcome


class CallAnswered(Answered):
    ticket: int
    conversation: int
    message: int
    call: int


@routes.post("/tickets/<id:number>/calls", answer=CallAnswered, body=CallAsked, status=201)
def note_call(*, person: Person, number: int, body: CallAsked) -> CallAnswered:
    """Write a phone note; reached is a substantive answer, a voicemail is none."""
    noted = phone_notes.note(
        Said(
            number=body.number,
            is_outgoing=body.direction == "out",
            outcome=CallOutcome(body.outcome),
            text=body.text,
            promise_at=body.promise_at,
        ),
        ticket_id=access.ticket(person, number).id,
        by=person,
        at=clock.now(),
    )
    return CallAnswered(
        ticket=noted.ticket_id, conversation=noted.conversation_id, message=noted.message_id, call=noted.call_id
    )
