"""The clocks of a whole matter: until it is resolved, and until its customer hears from us again.

They run while it is our turn and rest while it is the customer's. Nothing is asked of the database on a ticket that has
none, nor where no policy has such targets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, select

from app.db import db
from app.desk import aims, matter_reckoning
from app.desk.aims import Aim
from app.desk.matter_changes import come_back, follow_again
from app.desk.matter_reckoning import Change, aim_of, reckon, settle, turn
from app.desk.writing import add, held
from app.models import (
    RUNNING_CLOCK,
    ClockKind,
    ClockState,
    Conversation,
    Message,
    Obligation,
    ObligationState,
    Ticket,
    TicketClock,
    TicketState,
)
from sla.events import Turn

KINDS = (ClockKind.RESOLUTION, ClockKind.UPDATE)
OPEN = frozenset({ClockState.RUNNING, ClockState.RESTING})
CLOSED = "closed"


def is_meant(aimed: Aim | None) -> bool:
    """Say whether a policy has such clocks at all."""
    return aimed is not None and any(kind.value in aimed.targets for kind in KINDS)


def heard(ticket: Ticket, aimed: Aim | None, *, at: datetime) -> None:
    """A message of the customer's makes it our turn; the first under a policy with such targets starts the clocks.

    `at` is the platform's time; the ticket is stored and held.
    """
    if ticket.clocked_at is not None:
        follow(ticket, at=at)
    elif aimed is not None and is_meant(aimed):
        ticket.clocked_at = at
        begin(ticket, aimed, at=at)


def begin(ticket: Ticket, aimed: Aim, *, at: datetime) -> None:
    """Start the resolution of a ticket that is stored; `clocked_at` is the caller's."""
    start(ticket, aimed, ClockKind.RESOLUTION, at=at)


def start(
    ticket: Ticket,
    aimed: Aim,
    kind: ClockKind,
    *,
    at: datetime,
    rests: Sequence[dict[str, Any]] = (),
    minutes: int | None = None,
) -> None:
    """Open a clock of a ticket under a policy, with its own target if none is given; nothing where it has none."""
    targets = aimed.targets.get(kind.value)
    if not targets:
        return
    clock = TicketClock(
        kind=kind,
        ticket_id=ticket.id,
        team_id=ticket.team_id,
        policy_version_id=aimed.policy_version_id,
        calendar_id=aimed.calendar_id,
        calendar_version=aimed.calendar_version,
        target_minutes=minutes or targets.get(ticket.priority, targets["normal"]),
        opened_at=at,
        rests=list(rests),
        fired="",
    )
    reckon(clock)
    columns = clock.__table__.c.keys()
    add(TicketClock, **{name: getattr(clock, name) for name in columns if name in clock.__dict__})


def turn_of(ticket: Ticket) -> str:
    """Say whose turn it is on a ticket, `closed` where it is nobody's."""
    if ticket.closed_at is not None:
        return CLOSED
    if ticket.waits_for and not _has_written_since(ticket):
        return Turn.THIRD.value
    return Turn.CUSTOMER.value if ticket.state is TicketState.WAITING else Turn.OURS.value


def _has_written_since(ticket: Ticket) -> bool:
    """Say whether the customer waits for an answer to something written since we wait for somebody else."""
    unanswered = (Obligation.state == ObligationState.OPEN) & Obligation.answered_by_id.is_(None)
    return bool(
        db.session.scalar(
            select(Obligation.id)
            .join(Conversation, Conversation.id == Obligation.conversation_id)
            .where(Conversation.ticket_id == ticket.id, unanswered, Obligation.opened_at > ticket.waits_since)
            .limit(1)
        )
    )


def follow(ticket: Ticket, *, at: datetime, message_id: int | None = None, is_taken_back: bool = False) -> None:
    """Let the clocks run, rest or end as the ticket stands now; the ticket is held.

    `message_id`: the answer that hands the matter over. `is_taken_back`: a resolution that is undone never was; one
    after which the customer came back stays a fact, and another clock goes on with the time used so far.
    """
    if ticket.clocked_at is None:
        return
    db.session.flush()
    clocks = of_ticket(ticket.id)
    now = turn_of(ticket)
    if now != CLOSED and not any(clock.kind is ClockKind.RESOLUTION and clock.state in OPEN for clock in clocks):
        _resume(ticket, clocks, at=at, is_taken_back=is_taken_back)
        clocks = of_ticket(ticket.id)
    for clock in clocks:
        if clock.state in OPEN and now == CLOSED:
            _end(clock, at=at)
        elif clock.state in OPEN:
            turn(clock, now, at=at, message_id=message_id)
    db.session.flush()


def of_ticket(ticket_id: int) -> Sequence[TicketClock]:
    """Return the clocks of a whole ticket, the oldest first."""
    return db.session.scalars(
        select(TicketClock)
        .where(TicketClock.ticket_id == ticket_id, TicketClock.kind.in_(KINDS))
        .order_by(TicketClock.id)
    ).all()


def _end(clock: TicketClock, *, at: datetime) -> None:
    settle(clock, at=at)
    if clock.kind is ClockKind.UPDATE:
        # Nobody waits for news of what is done.
        clock.state, clock.verdict = ClockState.WAIVED, "resolved"


def _resume(ticket: Ticket, clocks: Sequence[TicketClock], *, at: datetime, is_taken_back: bool) -> None:
    ended = [clock for clock in clocks if clock.kind is ClockKind.RESOLUTION and clock.settled_at is not None]
    if not ended:
        return
    last = ended[-1]
    ended_at = last.settled_at or at
    if is_taken_back:
        for clock in clocks:
            if clock.settled_at == ended_at and (clock is last or clock.state is ClockState.WAIVED):
                come_back(clock)
        db.session.flush()
        return
    closed = {"since": ended_at.isoformat(), "until": max(at, ended_at).isoformat(), "why": CLOSED}
    before = [{**each, "until": each["until"] or closed["since"]} for each in last.rests]
    if (aimed := aim_of(last)) is not None and (targets := aimed.targets.get(last.kind.value)):
        wanted = targets.get(ticket.priority, targets["normal"])
        minutes = matter_reckoning.left_of(last, wanted)
        start(ticket, aimed, last.kind, at=last.opened_at, rests=[*before, closed], minutes=minutes)


def said(ticket: Ticket, message_id: int, *, at: datetime) -> None:
    """A message of ours to the customer ends the wait for news and begins the next; then the clocks follow."""
    if ticket.clocked_at is None:
        return
    db.session.flush()
    for clock in of_ticket(ticket.id):
        if clock.kind is ClockKind.UPDATE and clock.state in OPEN:
            settle(clock, at=at)
    if (aimed := _newest_aim(ticket.id)) is not None:
        start(ticket, aimed, ClockKind.UPDATE, at=at)
    follow(ticket, at=at, message_id=message_id)


def _newest_aim(ticket_id: int) -> Aim | None:
    """Return the policy of the newest message that the ticket owes or owed an answer to."""
    version_id = db.session.scalar(
        select(Obligation.policy_version_id)
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .where(Conversation.ticket_id == ticket_id)
        .order_by(Obligation.id.desc())
        .limit(1)
    )
    return aims.aim_by(version_id) if version_id else None


def unsaid(ticket: Ticket, message_id: int) -> None:
    """An answer did not arrive: the rest it brought never was, and the wait for news goes on where it stood.

    A later answer that did arrive keeps the matter with the customer from then on.
    """
    if ticket.clocked_at is None:
        return
    db.session.flush()
    stored_at = db.session.scalars(select(Message.stored_at).where(Message.id == message_id)).one()
    for clock in of_ticket(ticket.id):
        if clock.kind is ClockKind.UPDATE and clock.opened_at == stored_at:
            db.session.delete(clock)
        elif clock.kind is ClockKind.UPDATE and clock.settled_at == stored_at:
            come_back(clock)
        elif clock.state in OPEN:
            clock.rests = [each for each in clock.rests if each.get("message") != message_id]
            follow_again(clock)
    follow(ticket, at=ticket.answered_at or ticket.updated_at, is_taken_back=True)


def retarget(ticket: Ticket, *, at: datetime, may_ease: bool) -> dict[int, Change]:
    """Let the open clocks follow the policies that hold for the ticket as it is now; the ticket is held.

    Returns what each had before, by its id. Where the policy has no such target, the one it has goes on.
    """
    followed: dict[int, Change] = {}
    if ticket.clocked_at is None:
        return followed
    for clock in of_ticket(ticket.id):
        if clock.state not in OPEN:
            continue
        before = (clock.policy_version_id, clock.target_minutes)
        change = None
        for aimed in _meant(ticket, clock):
            if clock.kind.value in aimed.targets:
                change = matter_reckoning.retarget(clock, aimed, ticket.priority, at=at, may_ease=may_ease)
                break
        if change and before != (clock.policy_version_id, clock.target_minutes):
            followed[clock.id] = change
            reckon(clock)
    db.session.flush()
    return followed


def _meant(ticket: Ticket, clock: TicketClock) -> Iterator[Aim]:
    """Yield what would be aimed for with the message that started a clock, then what is."""
    started = select(Obligation.route, Obligation.team_id, Obligation.opened_at).join(
        Conversation, Conversation.id == Obligation.conversation_id
    )
    is_first = Obligation.opened_at == clock.opened_at
    newest = Obligation.id if clock.kind is ClockKind.UPDATE else case((is_first, 1), else_=0)
    row = db.session.execute(
        started.where(Conversation.ticket_id == ticket.id).order_by(newest.desc(), Obligation.id).limit(1)
    ).first()
    if row is not None:
        yield from filter(None, aims.aims_of(ticket, [(row.route, row.team_id, row.opened_at)]))
    if (aimed := aim_of(clock)) is not None:
        yield aimed


def reproject(calendar_id: int, *, limit: int = 100) -> int:
    """Reckon open clocks of whole tickets by the newest version of their calendar, inside the caller's transaction.

    Returns of how many tickets, at most `limit`: call it until it says 0. What has ended keeps its version.
    """
    newest = aims.newest_hours(calendar_id).version
    is_behind = RUNNING_CLOCK & (TicketClock.calendar_id == calendar_id) & (TicketClock.calendar_version < newest)
    tickets = select(TicketClock.ticket_id).where(is_behind).distinct().order_by(TicketClock.ticket_id).limit(limit)
    ids = db.session.scalars(tickets).all()
    for ticket_id in ids:
        held(ticket_id)
        for clock in db.session.scalars(select(TicketClock).where(is_behind, TicketClock.ticket_id == ticket_id)):
            clock.calendar_version = newest
            follow_again(clock)
    db.session.flush()
    return len(ids)
