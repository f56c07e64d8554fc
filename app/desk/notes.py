"""Writing something for colleagues only."""

from __future__ import annotations

from datetime import datetime

from app.access import Person
from app.db import once_more, transaction
from app.desk import participation
from app.desk.writing import add, badges, held, record, recount
from app.errors import Refused
from app.models import Note


@once_more
def note(ticket_id: int, *, text: str, by: Person, at: datetime) -> int:
    """Add an internal note and return its id; it neither stops nor starts a clock."""
    words = text.replace("\0", "").strip()
    if not words:
        raise Refused("Bitte schreiben Sie eine Notiz.", field="text")
    with transaction() as afterwards:
        note_id = add(Note, ticket_id=ticket_id, author_id=by.id, text=words, at=at)
        ticket = held(ticket_id)
        before = badges(ticket)
        ticket.updated_at = at
        participation.spoke(ticket, because=participation.ANSWERED, by=by, at=at)
        record("noted", ticket_id=ticket_id, at=at, actor_id=by.id, note_id=note_id, afterwards=afterwards)
        recount(before, badges(ticket))
    return note_id
