"""Finding a ticket by its number, by a tag, or by a piece of a name, an address or a subject."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select

from app.access import Person, visible
from app.db import db
from app.finders import whereabouts
from app.models import Tag, Ticket, TicketState

MOST_HITS = 25
LONGEST_NUMBER = 9


class Hit(NamedTuple):
    number: int
    customer_name: str
    subject: str
    state: TicketState
    updated_at: datetime


def tickets(person: Person, text: str) -> tuple[list[Hit], bool]:
    """Return tickets that fit, the last touched first, and whether there are more; a number finds its ticket alone."""
    wanted, is_tag = text.strip().lstrip("#").strip(), text.strip().startswith("#")
    if not wanted:
        return [], False
    if wanted.isdecimal() and len(wanted) <= LONGEST_NUMBER:
        exact = db.session.execute(_hits(person).where(Ticket.id == int(wanted))).all()
        if exact:
            return [Hit._make(row) for row in exact], False
    rows = db.session.execute(
        _hits(person)
        .where(Ticket.id.in_(_tagged(wanted)) if is_tag else _mentions(person, wanted))
        .order_by(Ticket.updated_at.desc())
        .limit(MOST_HITS + 1)
    ).all()
    return [Hit._make(row) for row in rows[:MOST_HITS]], len(rows) > MOST_HITS


def _hits(person: Person) -> Select[*tuple[Any, ...]]:
    return select(Ticket.id, Ticket.customer_name, Ticket.subject, Ticket.state, Ticket.updated_at).where(
        visible(person)
    )


def _mentions(person: Person, wanted: str) -> ColumnElement[bool]:
    return or_(
        Ticket.customer_id.in_(whereabouts.ids(person, wanted)),
        Ticket.subject.icontains(wanted, autoescape=True),
        Ticket.id.in_(_tagged(wanted)),
    )


def _tagged(wanted: str) -> Select[Any]:
    """Return the tickets that carry the text as a tag; tags are stored in small letters."""
    return select(Tag.ticket_id).where(Tag.name == " ".join(wanted.lower().split()))
