"""What happened since an event, as far as this person may see it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.access import Person, sees_all, visible
from app.db import db
from app.live import Signal
from app.models import Event, Ticket

MOST = 200


def since(person: Person, event_id: int) -> list[Signal]:
    """Return the events after this one, the oldest first; of a long absence only the newest."""
    found = select(Event.id, Event.kind, Event.ticket_id).where(Event.id > event_id, Event.ticket_id.is_not(None))
    if not sees_all(person):
        found = found.join(Ticket, Ticket.id == Event.ticket_id).where(visible(person))
    rows = db.session.execute(found.order_by(Event.id.desc()).limit(MOST)).all()
    return [Signal(id=id_, kind=kind, ticket=ticket or 0) for id_, kind, ticket in reversed(rows)]


def visible_of(person: Person, signals: Sequence[Signal]) -> list[Signal]:
    """Return those signals whose ticket this person may see."""
    if sees_all(person):
        return list(signals)
    numbers = {signal.ticket for signal in signals}
    seen = set(db.session.scalars(select(Ticket.id).where(Ticket.id.in_(numbers), visible(person))))
    return [signal for signal in signals if signal.ticket in seen]
