"""A holding reply says only that we are at it: a person chooses it, and never without a promise."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from app.access import Person
from app.db import Afterwards, db
from app.desk import aims, clocks, matter_clocks, participation, settling
from app.desk.writing import badges, record, recount
from app.errors import Refused
from app.models import Channel, Conversation, HoldingMode, Message, Ticket
from sla.choices import Choice, usual
from sla.targets import route_of

WITHOUT_POLICY = timedelta(days=7)
"""How far ahead a holding reply may promise where no policy says it, in the customer's time."""


def route(kind: str, *, is_public: bool) -> str:
    """Return the route of an answer on a kind of channel, by which its policy is chosen."""
    return route_of(kind, is_public=is_public).value


def mode_on(ticket: Ticket, on: str, *, at: datetime) -> HoldingMode:
    """Return what a holding reply on this route does."""
    aimed = aims.aim_of(ticket, on, at=at)
    return aimed.holding if aimed else HoldingMode.OWN_CONVERSATION


def latest(ticket: Ticket, on: str, *, at: datetime) -> datetime:
    """Return until when a holding reply on this route may put its customer off."""
    aimed = aims.aim_of(ticket, on, at=at)
    if aimed is None:
        return at + WITHOUT_POLICY
    return aimed.hours.due(at, timedelta(minutes=aimed.promise_minutes))


def kept(ticket: Ticket, on: str, promise_at: datetime | None, *, at: datetime) -> dict[str, object]:
    """Return what a holding reply keeps in its details: what it may do, and until when it puts off.

    Raises `Refused` without a time, with one that is past, or with one that is too far away.
    """
    if promise_at is None:
        raise Refused(
            "Ein Zwischenbescheid braucht eine Zusage: Bis wann hört die Kundschaft wieder von uns?",
            field="promise_at",
            code="promise_needed",
        )
    if promise_at <= at:
        raise Refused("Die Zusage muss in der Zukunft liegen.", field="promise_at", code="promise_past")
    if promise_at > latest(ticket, on, at=at):
        raise Refused(
            "So lange darf ein Zwischenbescheid nicht vertrösten: Bitte sagen Sie einen früheren Zeitpunkt zu.",
            field="promise_at",
            code="promise_too_late",
        )
    return {settling.MODE: mode_on(ticket, on, at=at).value, settling.UNTIL: promise_at.isoformat()}


def is_ignored(message: Message) -> bool:
    """Say whether it is a holding reply that the policy lets do nothing at all."""
    return message.details.get(settling.MODE) == HoldingMode.IGNORED.value


def count_as_holding(ticket: Ticket, message_id: int, *, by: Person, at: datetime, afterwards: Afterwards) -> None:
    """Let a holding reply do what its policy lets it; whoever gives it on an unassigned ticket has it.

    The ticket is held. What it meets is judged when the platform accepts it.
    """
    before = badges(ticket)
    message = db.session.get_one(Message, message_id)
    settling.hold(ticket, message)
    db.session.flush()
    ticket.updated_at = at
    clocks.renew(ticket)
    matter_clocks.said(ticket, message_id, at=at)
    participation.spoke(ticket, because=participation.ANSWERED, by=by, at=at)
    if ticket.assignee_id is None:
        ticket.assignee_id = by.id
    record(
        "held",
        ticket_id=ticket.id,
        at=at,
        actor_id=by.id,
        message_id=message_id,
        afterwards=afterwards,
        mode=message.details[settling.MODE],
    )
    recount(before, badges(ticket))


class Outlook(NamedTuple):
    """What a holding reply on a conversation would do now, until when it may put off, and the usual times for it."""

    mode: HoldingMode
    latest: datetime
    choices: list[Choice]


def outlook(ticket_id: int, conversation_id: int, *, is_public: bool, at: datetime) -> Outlook:
    """Return it before anybody writes; nothing is written."""
    ticket = db.session.get_one(Ticket, ticket_id)
    kind = db.session.scalars(
        select(Channel.kind)
        .join(Conversation, Conversation.channel_id == Channel.id)
        .where(Conversation.id == conversation_id)
    ).one()
    on = route(kind, is_public=is_public)
    until = latest(ticket, on, at=at)
    return Outlook(mode_on(ticket, on, at=at), until, _usual(ticket, on, until, at=at))


def _usual(ticket: Ticket, on: str, until: datetime, *, at: datetime) -> list[Choice]:
    aimed = aims.aim_of(ticket, on, at=at)
    return usual(aimed.hours, aimed.zone, now=at, latest=until) if aimed else []
