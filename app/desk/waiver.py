"""Saying that something needs no answer: a thank-you, spam, a double; and what a resolution lets go."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from app.access import Person
from app.db import db, once_more, transaction
from app.desk import clocks, matter_clocks, settling
from app.desk.settling import BY_WAIVER
from app.desk.writing import badges, held, record, recount
from app.errors import Refused
from app.models import Conversation, Obligation, ObligationState, Ticket

THANKS, SPAM, DOUBLE = "thanks", "spam", "duplicate"
REASONS = (THANKS, SPAM, DOUBLE)
"""Any other reason is a person's own words."""
LONGEST_REASON = 200


@once_more
def waive(ticket_id: int, *, reason: str, by: Person, at: datetime) -> None:
    """Let what is owed on a ticket go without an answer; what was promised stays promised.

    `reason` is one of `REASONS` or a person's own words. Raises `Refused` where nothing waits.
    """
    words = " ".join(reason.split())
    if not words:
        raise Refused("Bitte nennen Sie einen Grund.", field="reason")
    with transaction() as afterwards:
        ticket = held(ticket_id)
        before = badges(ticket)
        let_go = stop(ticket_id, at=at, reason=BY_WAIVER)
        if not let_go:
            raise Refused("Hier wartet niemand auf eine Antwort.", code="nothing_owed")
        ticket.updated_at = at
        clocks.renew(ticket)
        matter_clocks.follow(ticket, at=at)
        record(
            "waived",
            ticket_id=ticket_id,
            at=at,
            actor_id=by.id,
            afterwards=afterwards,
            reason=words[:LONGEST_REASON],
            obligations=let_go,
        )
        recount(before, badges(ticket))


@once_more
def take_back(ticket_id: int, *, by: Person, at: datetime) -> bool:
    """Owe again what was waived last, with its old deadlines; False where nothing was."""
    with transaction() as afterwards:
        ticket = held(ticket_id)
        waived_at = _last(ticket)
        if waived_at is None:
            return False
        if ticket.closed_at is not None:
            raise Refused("Dieses Anliegen ist erledigt: Öffnen Sie es erst wieder.")
        before = badges(ticket)
        settling.answer_anew(ticket, resume(ticket_id, stopped_at=waived_at, reason=BY_WAIVER))
        ticket.updated_at = at
        clocks.renew(ticket)
        matter_clocks.follow(ticket, at=at)
        record("unwaived", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards)
        recount(before, badges(ticket))
    return True


def _on(ticket_id: int) -> ColumnElement[bool]:
    return Obligation.conversation_id.in_(select(Conversation.id).where(Conversation.ticket_id == ticket_id))


def _last(ticket: Ticket) -> datetime | None:
    """Return when something was waived last that no resolution let go."""
    owed = select(func.max(Obligation.settled_at)).where(
        _on(ticket.id), Obligation.state == ObligationState.WAIVED, Obligation.verdict == BY_WAIVER
    )
    waits = select(func.max(Obligation.let_go_at)).where(_on(ticket.id), Obligation.let_go_by_id.is_(None))
    found = [at for at in (db.session.scalar(owed), db.session.scalar(waits)) if at and at != ticket.closed_at]
    return max(found, default=None)


def stop(ticket_id: int, *, at: datetime, reason: str) -> list[int]:
    """Let what is owed on a ticket go; an answer on its way keeps its verdict. Returns which obligations."""
    owed = (
        update(Obligation)
        .where(_on(ticket_id), Obligation.state == ObligationState.OPEN, Obligation.answered_by_id.is_(None))
        .values(state=ObligationState.WAIVED, settled_at=at, verdict=reason, rung_at=None)
    )
    waits = update(Obligation).where(_on(ticket_id), Obligation.is_held).values(is_held=False, let_go_at=at)
    return sorted(id_ for each in (owed, waits) for id_ in db.session.scalars(each.returning(Obligation.id)))


def resume(ticket_id: int, *, stopped_at: datetime, reason: str) -> list[Obligation]:
    """Bring back exactly what `stop` had let go then, deadlines and fired rungs included; returns it."""
    waived = (
        (Obligation.state == ObligationState.WAIVED)
        & (Obligation.verdict == reason)
        & (Obligation.settled_at == stopped_at)
    )
    found = db.session.scalars(
        select(Obligation)
        .where(_on(ticket_id), waived | (Obligation.let_go_at == stopped_at))
        .order_by(Obligation.id)
        .execution_options(populate_existing=True)
    ).all()
    for obligation in found:
        if obligation.state is ObligationState.WAIVED:
            obligation.state = ObligationState.OPEN
            obligation.settled_at, obligation.verdict = None, ""
            settling.come_back(obligation)
            obligation.rung_at = clocks.next_rung(obligation)
        else:
            obligation.is_held, obligation.let_go_at = True, None
    db.session.flush()
    return list(found)
