"""Firing the rungs of the ladder: each once, however many ticks run and whenever they die."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from app import queue
from app.db import Afterwards, db, once_more, transaction
from app.desk.spoken import deadline, language_of, moment
from app.desk.writing import add, held_by, record
from app.models import (
    Agent,
    Calendar,
    Notification,
    NotificationState,
    Obligation,
    ObligationState,
    Role,
    Ticket,
    membership,
)
from sla.ladder import BREACH, Rung, to_fire

WARN = "warn"


def due(*, at: datetime, limit: int = 1000) -> list[int]:
    """Return the obligations whose next rung is due, the earliest first; reads the partial index only."""
    return list(
        db.session.scalars(
            select(Obligation.id)
            .where(Obligation.state == ObligationState.OPEN, Obligation.rung_at <= at)
            .order_by(Obligation.rung_at, Obligation.id)
            .limit(limit)
        )
    )


@once_more
def fire(obligation_id: int, *, at: datetime) -> str:
    """Fire the highest rung that has passed and return its name; empty if another tick did, or nothing is due.

    The event and the mails to the leads are written in the commit that takes the rung.
    """
    with transaction() as afterwards:
        obligation = db.session.get(Obligation, obligation_id)
        if obligation is None or obligation.state is not ObligationState.OPEN:
            return ""
        # The ticket first, as every verb does, so that a tick and an agent never wait for each other in a circle.
        ticket = held_by(obligation.conversation_id)
        rung, ahead = to_fire(_rungs(obligation), obligation.fired or None, at)
        if not _take(obligation, rung, ahead) or rung is None:
            return ""
        kind = "breached" if rung.name == BREACH else "warned"
        record(
            kind,
            ticket_id=ticket.id,
            at=at,
            afterwards=afterwards,
            obligation=obligation.id,
            due_at=obligation.due_at.isoformat(),
            kind_owed=obligation.kind,
        )
        _tell(leads_of(ticket.team_id), obligation, ticket, kind=kind, at=at, afterwards=afterwards)
    return rung.name


def _rungs(obligation: Obligation) -> tuple[Rung, ...]:
    return (Rung(WARN, obligation.warn_at), Rung(BREACH, obligation.breach_at))


def _take(obligation: Obligation, rung: Rung | None, ahead: Rung | None) -> bool:
    """Compare and swap: whoever changes the row first has fired the rung."""
    fired = rung.name if rung else obligation.fired
    taken = db.session.scalar(
        update(Obligation)
        .where(
            Obligation.id == obligation.id,
            Obligation.fired == obligation.fired,
            Obligation.state == ObligationState.OPEN,
        )
        .values(fired=fired, rung_at=ahead.at if ahead else None)
        .returning(Obligation.id)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


def leads_of(team_id: int | None) -> Sequence[Agent]:
    """Return who watches over the team: its leads, or the administrators where it has none."""
    leads = db.session.scalars(
        select(Agent)
        .join(membership, membership.c.agent_id == Agent.id)
        .where(membership.c.team_id == team_id, Agent.role == Role.LEAD, Agent.is_active.is_(True))
    ).all()
    if leads:
        return leads
    return db.session.scalars(select(Agent).where(Agent.role == Role.ADMIN, Agent.is_active.is_(True))).all()


def _tell(
    people: Sequence[Agent], obligation: Obligation, ticket: Ticket, *, kind: str, at: datetime, afterwards: Afterwards
) -> None:
    zone = ZoneInfo(db.session.scalars(select(Calendar.time_zone).where(Calendar.id == obligation.calendar_id)).one())
    for agent in people:
        notification_id = add(
            Notification,
            key=f"obligation:{obligation.id}:{kind}",
            kind=kind,
            agent_id=agent.id,
            ticket_id=ticket.id,
            subject=_subject(ticket, kind, language=agent.language),
            text=_text(ticket, obligation, kind, zone=zone, at=at, language=agent.language),
            at=at,
            state=NotificationState.QUEUED,
        )
        afterwards.append(lambda id_=notification_id: queue.notify_later(id_))  # type: ignore[misc]


def _subject(ticket: Ticket, kind: str, *, language: str) -> str:
    words = {
        ("de", "warned"): "Bald fällig: Anliegen {number}",
        ("de", "breached"): "Überfällig: Anliegen {number}",
        ("en", "warned"): "Due soon: request {number}",
        ("en", "breached"): "Overdue: request {number}",
    }[language_of(language), kind]
    return f"{words.format(number=ticket.number)} – {ticket.subject}"[:300]


def _text(ticket: Ticket, obligation: Obligation, kind: str, *, zone: ZoneInfo, at: datetime, language: str) -> str:
    """Say who waits since when; the link to the ticket is added where the mail is written."""
    since = moment(obligation.opened_at, now=at, zone=zone, language=language)
    due = deadline(obligation.due_at, now=at, zone=zone, language=language)
    if language_of(language) == "en":
        word = "is overdue" if kind == "breached" else "will soon be due"
        return (
            f"{ticket.customer_name} has been waiting since {since}. The answer {word} (due {due}).\n\n{ticket.preview}"
        )
    word = "ist überfällig" if kind == "breached" else "ist bald fällig"
    return f"{ticket.customer_name} wartet seit {since}. Die Antwort {word} (Frist {due}).\n\n{ticket.preview}"
