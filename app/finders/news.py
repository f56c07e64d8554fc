"""What happened since an event, as far as this person may see it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from app.access import Person, sees_all, visible
from app.db import db
from app.live import Signal
from app.models import Event, Ticket

MOST = 200
SHOP_WIDE = ("channel_down", "channel_up")
"""Kinds of events that belong to no ticket and concern everybody who answers."""


def since(person: Person, event_id: int) -> list[Signal]:
    """Return the events after this one, the oldest first; of a long absence only the newest."""
    found = select(Event.id, Event.kind, Event.ticket_id).where(
        Event.id > event_id, or_(Event.ticket_id.is_not(None), Event.kind.in_(SHOP_WIDE))
    )
    if not sees_all(person):
        found = found.outerjoin(Ticket, Ticket.id == Event.ticket_id)
        found = found.where(or_(Event.ticket_id.is_(None), visible(person)))
    rows = db.session.execute(found.order_by(Event.id.desc()).limit(MOST)).all()
    return [Signal(id=id_, kind=kind, ticket=ticket or 0) for id_, kind, ticket in reversed(rows)]


def visible_of(person: Person, signals: Sequence[Signal]) -> list[Signal]:
    """Return those signals whose ticket this person may see, those that concern everybody, and those for them alone."""
    named = [signal for signal in signals if signal.call or signal.agents]
    if named:
        here = [signal for signal in named if person.id in signal.agents]
        return [*here, *visible_of(person, [signal for signal in signals if not (signal.call or signal.agents)])]
    if sees_all(person):
        return list(signals)
    numbers = {signal.ticket for signal in signals if signal.ticket}
    asked = select(Ticket.id).where(Ticket.id.in_(numbers), visible(person))
    seen = set(db.session.scalars(asked)) if numbers else set()
    return [signal for signal in signals if signal.ticket in seen or signal.kind in SHOP_WIDE]
