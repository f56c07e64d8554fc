"""A matter that goes from team to team: the shop it lies in, and what the tests ask of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.access import Person
from app.db import Base, db, transaction
from app.desk import delivery, handovers, replies, rulebook
from app.models import Agent, ClockKind, Conversation, Event, Handover, Notification, Team, TicketClock
from channels.contract import Sent
from tests import world as cast
from tests.world import MONDAY_NINE, World

MINUTE = timedelta(minutes=1)
WHY = "Rechnung fehlt, bitte schicken"
LATE = {day: [["08:00", "22:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
WEEKEND = {day: [["10:00", "20:00"]] for day in ("sat", "sun")}


def begin(world: World) -> int:
    """Eva has written at nine; her matter lies with care, and social works until ten in the evening, every day."""
    calendar = rulebook.write_calendar(
        None, name="Social", time_zone="Europe/Berlin", weekly_hours=LATE | WEEKEND, by_id=None, at=MONDAY_NINE
    )
    change(world.social, calendar_id=calendar)
    return cast.hear(world).ticket_id


def change(team_id: int, **values: Any) -> None:
    with transaction():
        team = db.session.get_one(Team, team_id)
        for name, value in values.items():
            setattr(team, name, value)


def give(world: World, number: int, *, at: datetime = MONDAY_NINE, **values: Any) -> int:
    defaults: dict[str, Any] = {"to_team_id": world.social, "reason": WHY, "by": world.ada}
    return handovers.hand_over(number, at=at, **{**defaults, **values})


def clock(number: int, kind: ClockKind) -> TicketClock:
    db.session.expire_all()
    rows = db.session.scalars(select(TicketClock).where(TicketClock.ticket_id == number, TicketClock.kind == kind))
    return rows.all()[-1]


def handover(id_: int) -> Handover:
    db.session.expire_all()
    return db.session.get_one(Handover, id_)


def customers_clocks(number: int) -> list[object]:
    """Return every column by which a customer's waiting is told, as the database has it."""
    db.session.expire_all()
    names = ("obligation", "promise")
    tables = [Base.metadata.tables[name] for name in names]
    rows: list[object] = [tuple(row) for table in tables for row in db.session.execute(select(table).order_by("id"))]
    ticket = cast.ticket(number)
    told = ("due_at", "soon_at", "breach_at", "oldest_unanswered_at", "queue_at", "answered_at", "held_at", "state")
    return [*rows, *(getattr(ticket, name) for name in told)]


def answer(number: int, by: Person, *, at: datetime, is_out: bool = True, **values: Any) -> int:
    conversation_id = db.session.scalars(select(Conversation.id).where(Conversation.ticket_id == number)).one()
    message_id = replies.reply(conversation_id, text="Ist unterwegs.", by=by, at=at, **values)
    if is_out:
        deliver(message_id, at=at)
    return message_id


def deliver(message_id: int, *, at: datetime) -> None:
    delivery.claim(message_id, at=at)
    delivery.settle(message_id, Sent(external_id=f"sent-{message_id}@nordlicht.example"), at=at)


def told() -> list[tuple[str, str]]:
    db.session.expire_all()
    rows = db.session.execute(select(Notification.kind, Agent.name).join(Agent, Agent.id == Notification.agent_id))
    return sorted({(kind, name) for kind, name in rows})


def kinds(number: int) -> list[str]:
    db.session.expire_all()
    return list(db.session.scalars(select(Event.kind).where(Event.ticket_id == number).order_by(Event.id)))
