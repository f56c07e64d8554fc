"""A ringing telephone as the browser shows it: who it may be, and what they are waiting for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from app.access import Person, sees_all, visible
from app.db import db
from app.errors import NotFound
from app.finders import confirmations
from app.models import RUNNING, Agent, Call, CallOutcome, CallState, Channel, Conversation, Customer, Identity, Ticket

__all__ = ["CallOutcome", "CallState", "Ringing", "number_of", "ringing", "running"]

MOST_MATTERS = 8
SHOWN_FOR = timedelta(minutes=10)
"""How long a missed call is offered to a browser that comes back."""


class Caller(NamedTuple):
    """Somebody the number belongs to, as far as we were told."""

    customer_id: int
    name: str


class Matter(NamedTuple):
    number: int
    subject: str
    customer_id: int
    customer_name: str
    channel_kind: str
    due_at: datetime | None
    soon_at: datetime | None
    oldest_unanswered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """A call with everybody who has its number, and their open matters, the most urgent first."""

    id: int
    number: str
    is_outgoing: bool
    state: CallState
    agent_name: str
    rang_at: datetime
    ticket: int
    """Where it was filed; 0 while it is on no ticket this person may see."""
    callers: list[Caller] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        return self.state in {CallState.RINGING, CallState.TALKING}


def ringing(person: Person, call_id: int) -> Ringing:
    """Return a call to those it rings at and to their team; raises `NotFound` for everybody else."""
    row = db.session.execute(
        select(Call, Channel.team_id, Agent.name)
        .join(Channel, Channel.id == Call.channel_id)
        .outerjoin(Agent, Agent.id == Call.agent_id)
        .where(Call.id == call_id)
    ).first()
    if row is None or not _may_see(person, row.Call, row.team_id):
        raise NotFound("Diesen Anruf gibt es nicht.")
    call: Call = row.Call
    callers = _callers(call.number)
    return Ringing(
        id=call.id,
        number=call.number,
        is_outgoing=call.is_outgoing,
        state=call.state,
        agent_name=row.name or "",
        rang_at=call.rang_at,
        ticket=_ticket_of(person, call),
        callers=callers,
        matters=_matters(person, [caller.customer_id for caller in callers]),
    )


def running(person: Person, *, now: datetime) -> list[int]:
    """Return the calls that a browser which has just come back should show; the partial index holds few."""
    rows = db.session.execute(
        select(Call, Channel.team_id)
        .join(Channel, Channel.id == Call.channel_id)
        .where(RUNNING, Call.rang_at > now - SHOWN_FOR)
        .order_by(Call.id)
        .limit(50)
    )
    names = _names(person)
    known = [(call, team_id) for call, team_id in rows if any("ring" in leg for leg in call.legs.values())]
    return [call.id for call, team_id in known if _is_for(person, call, team_id, names)]


def _names(person: Person) -> set[str]:
    name = db.session.scalar(select(func.lower(Agent.phone_user)).where(Agent.id == person.id)) or ""
    return {name} - {""}


def _is_for(person: Person, call: Call, team_id: int | None, names: set[str]) -> bool:
    """Say whether it rings here: by name; where nobody has the names it rings at, with the whole team."""
    called = _called(call)
    if call.agent_id == person.id or names & called:
        return True
    known = select(Agent.id).where(func.lower(Agent.phone_user).in_(called), Agent.is_active.is_(True))
    is_mine = team_id is None or team_id in person.team_ids
    return is_mine and not call.is_outgoing and db.session.scalar(known.limit(1)) is None


def _called(call: Call) -> set[str]:
    agents = (agent for leg in call.legs.values() for fact in leg.values() for agent in fact.get("agents", ()))
    return {str(agent).casefold() for agent in agents}


def _may_see(person: Person, call: Call, team_id: int | None) -> bool:
    if sees_all(person) or team_id is None or team_id in person.team_ids or call.agent_id == person.id:
        return True
    return bool(_names(person) & _called(call))


def _callers(number: str) -> list[Caller]:
    """Return everybody this number is an address of; several are shown, none is chosen."""
    if not number:
        return []
    rows = db.session.execute(
        select(Customer.id, Customer.name, Identity.name)
        .join(Identity, Identity.customer_id == Customer.id)
        .where(Identity.kind.in_(confirmations.NUMBERS), Identity.value.in_([number, number.removeprefix("+")]))
        .order_by(Identity.kind, Customer.id)
        .limit(MOST_MATTERS)
    )
    return list({row[0]: Caller(row[0], row[1] or row[2]) for row in rows}.values())


def _matters(person: Person, customer_ids: list[int]) -> list[Matter]:
    if not customer_ids:
        return []
    rows = db.session.execute(
        select(
            Ticket.id,
            Ticket.subject,
            Ticket.customer_id,
            Ticket.customer_name,
            Ticket.channel_kind,
            Ticket.due_at,
            Ticket.soon_at,
            Ticket.oldest_unanswered_at,
        )
        .where(Ticket.customer_id.in_(customer_ids), Ticket.closed_at.is_(None), visible(person))
        .order_by(Ticket.queue_at, Ticket.id.desc())
        .limit(MOST_MATTERS)
    )
    return [Matter._make(row) for row in rows]


def _ticket_of(person: Person, call: Call) -> int:
    found = (
        select(Ticket.id)
        .join(Conversation, Conversation.ticket_id == Ticket.id)
        .where(Conversation.id == call.conversation_id, visible(person))
    )
    return (call.conversation_id and db.session.scalar(found)) or 0


def number_of(number: int) -> str:
    """Return the telephone number of a ticket's customer, the one that was last heard of.

    Empty without one, and where several customers are on the ticket: which of them is meant is not ours to guess.
    """
    if len(confirmations.people(number)) > 1:
        return ""
    found = (
        select(Identity.value)
        .join(Ticket, Ticket.customer_id == Identity.customer_id)
        .where(Ticket.id == number, Identity.kind.in_(confirmations.NUMBERS), Identity.value.like("+%"))
        .order_by(Identity.id.desc())
        .limit(1)
    )
    return db.session.scalar(found) or ""
