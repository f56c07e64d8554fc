"""What was ever owed on a ticket: each obligation with its policy, its calendar and the answer that met it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from app.db import db
from app.models import (
    Calendar,
    ClockKind,
    ClockState,
    Conversation,
    Message,
    Obligation,
    ObligationState,
    Policy,
    TicketClock,
)


class Owed(NamedTuple):
    """One obligation; `answered_at` is when its answer was queued or accepted, `fired` the highest rung that fired."""

    id: int
    conversation: int
    message: int
    kind: str
    route: str
    policy: str
    calendar: str
    calendar_id: int
    calendar_version: int
    time_zone: str
    target_minutes: int
    opened_at: datetime
    due_at: datetime
    breach_at: datetime
    state: ObligationState
    settled_at: datetime | None
    verdict: str
    fired: str
    answered_by: int | None
    answered_at: datetime | None


def owed(number: int) -> list[Owed]:
    """Return the obligations of the ticket's conversations, the oldest first; the door has asked `access` before."""
    rows = db.session.execute(
        select(
            Obligation.id,
            Obligation.conversation_id,
            Obligation.message_id,
            Obligation.kind,
            Obligation.route,
            Policy.name,
            Calendar.name,
            Calendar.id,
            Obligation.calendar_version,
            Calendar.time_zone,
            Obligation.target_minutes,
            Obligation.opened_at,
            Obligation.due_at,
            Obligation.breach_at,
            Obligation.state,
            Obligation.settled_at,
            Obligation.verdict,
            Obligation.fired,
            Obligation.answered_by_id,
            Message.sent_at,
        )
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .join(Policy, Policy.id == Obligation.policy_id)
        .join(Calendar, Calendar.id == Obligation.calendar_id)
        .outerjoin(Message, Message.id == Obligation.answered_by_id)
        .where(Conversation.ticket_id == number)
        .order_by(Obligation.opened_at, Obligation.id)
    )
    return [Owed._make(row) for row in rows]


class OfTicket(NamedTuple):
    """A clock of a whole ticket; `due` is None while it rests."""

    id: int
    kind: ClockKind
    at: datetime
    target_min: int
    soon: datetime | None
    due: datetime | None
    breach: datetime | None
    state: ClockState
    verdict: str
    settled_at: datetime | None
    used_seconds: int

    @property
    def target(self) -> timedelta:
        return timedelta(minutes=self.target_min)

    @property
    def used(self) -> timedelta:
        """Return the service time of all finished stretches."""
        return timedelta(seconds=self.used_seconds)


def of_matter(number: int) -> list[OfTicket]:
    """Return what runs or rests on a ticket until it is resolved, and until its customer hears from us."""
    wanted = {ClockKind.RESOLUTION, ClockKind.UPDATE}
    return [each for each in of_ticket(number) if each.kind in wanted and each.settled_at is None]


def of_ticket(number: int) -> list[OfTicket]:
    """Return the clocks of a whole ticket, the oldest first; the door has asked `access` before."""
    rows = db.session.execute(
        select(
            TicketClock.id,
            TicketClock.kind,
            TicketClock.opened_at,
            TicketClock.target_minutes,
            TicketClock.soon_at,
            TicketClock.due_at,
            TicketClock.breach_at,
            TicketClock.state,
            TicketClock.verdict,
            TicketClock.settled_at,
            TicketClock.used_seconds,
        )
        .where(TicketClock.ticket_id == number)
        .order_by(TicketClock.id)
    )
    return [OfTicket._make(row) for row in rows]
