"""Waiting for somebody else: a carrier, a supplier, another house. What the customer is owed runs on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.access import Person
from app.db import once_more, transaction
from app.desk import matter_clocks
from app.desk.writing import held, record
from app.errors import Refused

LONGEST = 200


@once_more
def wait_for(ticket_id: int, whom: str, *, by: Person, at: datetime) -> bool:
    """Note whom the ticket waits for; False if it is so already. Raises `Refused` on a closed ticket."""
    words = " ".join(whom.split())
    if not words:
        raise Refused("Bitte sagen Sie, auf wen das Anliegen wartet.", field="for")
    if len(words) > LONGEST:
        raise Refused("Der Text ist zu lang: höchstens %(most)s Zeichen.", field="for", most=LONGEST)
    with transaction() as afterwards:
        ticket = held(ticket_id)
        if ticket.closed_at is not None:
            raise Refused("Dieses Anliegen ist geschlossen.")
        if ticket.waits_for == words:
            return False
        ticket.waits_since = ticket.waits_since or at
        ticket.waits_for, ticket.updated_at = words, at
        matter_clocks.follow(ticket, at=at)
        details: dict[str, Any] = {"for": words}
        record("waits", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards, **details)
    return True


@once_more
def no_more(ticket_id: int, *, by: Person, at: datetime) -> bool:
    """Note that what the ticket waited for is there; False if it waited for nobody."""
    with transaction() as afterwards:
        ticket = held(ticket_id)
        if not ticket.waits_for:
            return False
        whom, since = ticket.waits_for, ticket.waits_since or at
        ticket.waits_for, ticket.waits_since, ticket.updated_at = "", None, at
        matter_clocks.follow(ticket, at=at)
        details: dict[str, Any] = {"for": whom, "since": since.isoformat()}
        record("waits_no_more", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards, **details)
    return True
