"""How many of us had a hand in a matter until it was resolved: written down then, once and for all."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, func, literal, select, union
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import ScalarSelect

from app.access import Person
from app.db import db
from app.models import (
    Conversation,
    Direction,
    Event,
    Handover,
    HandoverState,
    Message,
    Obligation,
    Participation,
    Ticket,
)
from app.models.columns import BigId

_TICKET = bindparam("ticket", type_=BigId)
_ITS = select(Conversation.id).where(Conversation.ticket_id == _TICKET)
_HOMES = select(Conversation.home_ticket_id).where(Conversation.ticket_id == _TICKET).union(select(_TICKET))
"""The ticket, and those whose conversations a join brought along."""


def _count(found: CompoundSelect[int]) -> ScalarSelect[int]:
    rows = found.subquery()
    return select(func.count(rows.c[0])).select_from(rows).scalar_subquery()


def _of(column: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]) -> Select[int]:
    return select(column).where(column.is_not(None), *conditions)


_PEOPLE = union(
    _of(Event.actor_id, Event.ticket_id.in_(_HOMES)),
    _of(Message.author_id, Message.conversation_id.in_(_ITS)),
    select(bindparam("closer", type_=BigId)),
)
_TEAMS = union(
    _of(Ticket.team_id, Ticket.id == _TICKET),
    _of(Participation.team_id, Participation.ticket_id == _TICKET),
    _of(Obligation.team_id, Obligation.conversation_id.in_(_ITS)),
    _of(Handover.from_team_id, Handover.ticket_id == _TICKET, Handover.state == HandoverState.ACCEPTED),
    _of(Handover.to_team_id, Handover.ticket_id == _TICKET, Handover.state == HandoverState.ACCEPTED),
)
_CONTACTS = (
    select(func.count())
    .select_from(Message)
    .where(
        Message.conversation_id.in_(_ITS),
        Message.direction == literal(Direction.IN, Message.direction.type),
        Message.is_automatic.is_(False),
        Message.is_bounce.is_(False),
    )
    .scalar_subquery()
)
_ALL = select(_count(_PEOPLE), _count(_TEAMS), _CONTACTS)


def count(ticket: Ticket, *, by: Person) -> None:
    """Write down who had a hand in the ticket, whoever closes it among them; one statement. The ticket is held."""
    row = db.session.execute(_ALL, {"ticket": ticket.id, "closer": by.id}).one()
    ticket.people_count, ticket.team_count, ticket.contact_count = row
