"""What a message makes us owe, written down; every deadline of a ticket comes from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Engine, bindparam, case, or_, select, update

from app.db import UtcDateTime, db
from app.desk import owed, promises
from app.desk.writing import add, run
from app.models import (
    NOTHING_DUE,
    Calendar,
    Conversation,
    Message,
    MessageClass,
    MessageState,
    Obligation,
    ObligationState,
    Policy,
    Ticket,
    TicketState,
)
from app.models.columns import BigId
from sla.hours import BusinessHours
from sla.ladder import to_fire
from sla.obligations import Opening, elapsed, open_obligation, verdict
from sla.targets import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """The policy and the calendar that hold for one route of one team."""

    policy_id: int
    calendar_id: int
    hours: BusinessHours
    zone: ZoneInfo
    targets: Mapping[str, Mapping[str, int]]
    warn_percent: int

    def within(self, kind: Kind, priority: str) -> timedelta:
        """Return the target; an urgent ticket falls back to the normal one where the policy names no other."""
        minutes = self.targets[kind]
        return timedelta(minutes=minutes.get(priority, minutes["normal"]))


_AIM = (
    select(Policy.id, Policy.targets, Policy.warn_percent, Calendar.id, Calendar.version, Calendar.time_zone)
    .join(Calendar, Calendar.id == Policy.calendar_id)
    .where(
        Policy.route == bindparam("route"),
        or_(Policy.team_id == bindparam("team", type_=BigId), Policy.team_id.is_(None)),
    )
    .order_by(Policy.team_id.is_(None))
    .limit(1)
)


def aim(route: str, team_id: int | None) -> Aim | None:
    """Return what we aim for on this route: the team's own policy before the general one; None without any."""
    found = run(_AIM, route=route, team=team_id).first()
    if found is None:
        return None
    policy_id, targets, warn_percent, calendar_id, version, time_zone = found
    return Aim(
        policy_id=policy_id,
        calendar_id=calendar_id,
        hours=hours_of(calendar_id, version),
        zone=ZoneInfo(time_zone),
        targets=targets,
        warn_percent=warn_percent,
    )


def hours_of(calendar_id: int, version: int) -> BusinessHours:
    """Return a calendar ready for reckoning; compiled once per version, database and process."""
    return _compiled(db.engine, calendar_id, version)


@lru_cache(maxsize=256)
def _compiled(_engine: Engine, calendar_id: int, _version: int) -> BusinessHours:
    calendar = db.session.get_one(Calendar, calendar_id)
    return BusinessHours.compile(
        tz=calendar.time_zone,
        weekly_hours=calendar.weekly_hours,
        holidays=[date.fromisoformat(day) for day in calendar.holidays],
        special_hours=calendar.special_hours,
    )


def reckon(aimed: Aim, *, kind: Kind, priority: str, at: datetime) -> Opening:
    """Compute the clock of one message without writing it."""
    return open_obligation(at, kind, aimed.within(kind, priority), aimed.hours, (aimed.warn_percent,))


LATE_AFTER = timedelta(hours=24)
"""A message that reaches us later than this comes from an archive or a broken relay."""


def owe(aimed: Aim, opening: Opening, *, conversation_id: int, message_id: int, route: str, heard_at: datetime) -> None:
    """Write the one obligation that a customer's message makes us owe.

    Of a late message nobody is told what had passed before we heard it: an imported archive would cry for weeks.
    """
    warn, breach = opening.rungs
    is_late = heard_at - opening.opened_at > LATE_AFTER
    passed, ahead = to_fire(opening.rungs, None, heard_at) if is_late else (None, warn)
    add(
        Obligation,
        conversation_id=conversation_id,
        message_id=message_id,
        kind=opening.kind.value,
        route=route,
        policy_id=aimed.policy_id,
        calendar_id=aimed.calendar_id,
        target_minutes=int(opening.within / timedelta(minutes=1)),
        opened_at=opening.opened_at,
        warn_at=warn.at,
        soon_at=opening.soon_at,
        due_at=opening.due_at,
        breach_at=breach.at,
        fired=("breach" if passed is breach else "warn") if passed else "",
        rung_at=ahead.at if ahead else None,
        state=ObligationState.OPEN,
    )


def _on(ticket_id: int) -> ColumnElement[bool]:
    return Obligation.conversation_id.in_(select(Conversation.id).where(Conversation.ticket_id == ticket_id))


def refresh(ticket: Ticket) -> None:
    """Write the cache of a ticket's clocks anew from its obligations and promises; a closed ticket shows none."""
    rows = owed.on(ticket.id)
    unanswered = [row.opened_at for row in rows if not row.is_promise]
    ticket.oldest_unanswered_at = min(unanswered, default=None)
    if not rows or ticket.closed_at is not None:
        ticket.due_at = ticket.soon_at = ticket.breach_at = ticket.oldest_unanswered_at = None
        ticket.queue_at = NOTHING_DUE
        return
    first = rows[0]
    ticket.due_at, ticket.soon_at, ticket.breach_at = first.due_at, first.soon_at, first.breach_at
    ticket.queue_at = first.due_at


def tighten(ticket: Ticket, opening: Opening) -> None:
    """Take a new obligation into the cache without asking the database: a clock can only pull the deadline forward."""
    if ticket.due_at is None or opening.due_at < ticket.due_at:
        ticket.due_at, ticket.soon_at, ticket.breach_at = opening.due_at, opening.soon_at, opening.breach_at
        ticket.queue_at = opening.due_at
    if ticket.oldest_unanswered_at is None or opening.opened_at < ticket.oldest_unanswered_at:
        ticket.oldest_unanswered_at = opening.opened_at


_ANSWERED = (
    update(Obligation.__table__)  # type: ignore[arg-type]
    .where(
        Obligation.conversation_id.in_(
            select(Conversation.id).where(Conversation.ticket_id == bindparam("ticket", type_=BigId))
        ),
        Obligation.state == ObligationState.OPEN,
        Obligation.answered_by_id.is_(None),
        Obligation.opened_at <= bindparam("until", type_=UtcDateTime()),
    )
    .values(answered_by_id=bindparam("message", type_=BigId))
)


def answer(ticket_id: int, message_id: int, *, at: datetime) -> None:
    """Mark everything owed on the ticket until `at` as answered by this message; it counts once it is accepted."""
    run(_ANSWERED, ticket=ticket_id, until=at, message=message_id)
    promises.answer(ticket_id, message_id, at=at)


def settle(message_id: int, *, at: datetime) -> None:
    """The provider accepted the answer: judge what it answers by that instant."""
    promises.settle(message_id, at=at)
    open_rows = db.session.execute(
        select(Obligation, Calendar.version)
        .join(Calendar, Calendar.id == Obligation.calendar_id)
        .where(Obligation.answered_by_id == message_id, Obligation.state == ObligationState.OPEN)
    )
    for obligation, version in open_rows:
        hours = hours_of(obligation.calendar_id, version)
        within = timedelta(minutes=obligation.target_minutes)
        obligation.state = ObligationState.MET
        obligation.settled_at = at
        obligation.elapsed_seconds = int(elapsed(hours, obligation.opened_at, at).total_seconds())
        obligation.verdict = verdict(hours, obligation.opened_at, within, at).value
        obligation.rung_at = None


def unsettle(message_id: int, *, ticket_id: int) -> set[int]:
    """The answer did not reach the customer: what it had answered is owed again, with the old deadline.

    Unless a later answer on the ticket went out or is about to: then that one has answered it. Returns the other
    tickets on which something is owed again, because a conversation was parted since.
    """
    promises.unsettle(message_id)
    answered = db.session.scalars(select(Obligation).where(Obligation.answered_by_id == message_id)).all()
    others = _answers(ticket_id, without=message_id) if answered else []
    for obligation in answered:
        obligation.state = ObligationState.OPEN
        obligation.settled_at = obligation.elapsed_seconds = None
        obligation.verdict = ""
        obligation.rung_at = _next_rung(obligation)
        obligation.answered_by_id = next((id_ for id_, stored_at in others if stored_at >= obligation.opened_at), None)
    db.session.flush()
    for id_, sent_at in _accepted({o.answered_by_id for o in answered if o.answered_by_id}):
        settle(id_, at=sent_at)
    return _tickets_of({obligation.conversation_id for obligation in answered}) - {ticket_id}


def _tickets_of(conversation_ids: set[int]) -> set[int]:
    return set(db.session.scalars(select(Conversation.ticket_id).where(Conversation.id.in_(conversation_ids))))


def _next_rung(obligation: Obligation) -> datetime | None:
    if obligation.fired == "breach":
        return None
    return obligation.breach_at if obligation.fired == "warn" else obligation.warn_at


_SPOKEN = (MessageState.QUEUED, MessageState.SENDING, MessageState.SENT, MessageState.RECEIVED)
"""An inbound call in which we talked is an answer, too: nothing else that was received is substantive."""


def _answers(ticket_id: int, *, without: int) -> list[tuple[int, datetime]]:
    """Return the other substantive answers on the ticket that went out or are on their way, the oldest first."""
    found = db.session.execute(
        select(Message.id, case((Message.is_elsewhere, Message.sent_at), else_=Message.stored_at))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.ticket_id == ticket_id,
            Message.message_class == MessageClass.SUBSTANTIVE,
            Message.state.in_(_SPOKEN),
            Message.id != without,
        )
        .order_by(Message.id)
    )
    return [(id_, stored_at) for id_, stored_at in found]


def last_answer(ticket_id: int) -> datetime | None:
    """Return when the last answer was written that went out or is on its way; None if the customer has none."""
    return max((stored_at for _, stored_at in _answers(ticket_id, without=0)), default=None)


def _accepted(message_ids: set[int]) -> list[tuple[int, datetime]]:
    found = db.session.execute(
        select(Message.id, Message.sent_at).where(
            Message.id.in_(message_ids), Message.state.in_([MessageState.SENT, MessageState.RECEIVED])
        )
    )
    return [(id_, sent_at) for id_, sent_at in found]


def stop(ticket_id: int, *, at: datetime, reason: str) -> None:
    """Waive what is still owed on a ticket that is being resolved; an answer on its way keeps its verdict."""
    promises.stop(ticket_id, at=at, reason=reason)
    db.session.execute(
        update(Obligation)
        .where(
            _on(ticket_id),
            Obligation.state == ObligationState.OPEN,
            Obligation.answered_by_id.is_(None),
        )
        .values(state=ObligationState.WAIVED, settled_at=at, verdict=reason, rung_at=None)
    )


def resume(ticket_id: int, *, stopped_at: datetime, reason: str) -> None:
    """Bring back exactly what `stop` had waived then, deadlines and fired rungs included."""
    promises.resume(ticket_id, stopped_at=stopped_at, reason=reason)
    waived = db.session.scalars(
        select(Obligation)
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .where(
            Conversation.ticket_id == ticket_id,
            Obligation.state == ObligationState.WAIVED,
            Obligation.verdict == reason,
            Obligation.settled_at == stopped_at,
        )
    )
    for obligation in waived:
        obligation.state = ObligationState.OPEN
        obligation.settled_at, obligation.verdict = None, ""
        obligation.rung_at = _next_rung(obligation)
    db.session.flush()


def renew(ticket: Ticket) -> None:
    """Write the cache anew and say whose turn it is on an open ticket: ours while anything is owed."""
    refresh(ticket)
    if ticket.closed_at is None:
        ticket.state = TicketState.OPEN if ticket.due_at is not None else TicketState.WAITING


def is_owed(ticket_id: int) -> bool:
    """Say whether anything on the ticket's conversations is still to be answered."""
    unanswered = (Obligation.state == ObligationState.OPEN) & Obligation.answered_by_id.is_(None)
    return db.session.scalar(select(Obligation.id).where(_on(ticket_id), unanswered).limit(1)) is not None
