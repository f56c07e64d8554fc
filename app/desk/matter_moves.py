"""The clocks of whole matters when conversations or single messages move to another ticket, and back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select, update

from app.db import db
from app.desk import aims
from app.desk.matter_changes import changes_of, follow_again
from app.desk.matter_clocks import KINDS, OPEN, follow, of_ticket, start
from app.desk.matter_reckoning import used_until
from app.models import RUNNING_CLOCK, ClockKind, Event, Obligation, ObligationState, Ticket, TicketClock

_MINUTE = timedelta(minutes=1)
Rests = list[dict[str, Any]]


def joined(ticket: Ticket, target: Ticket, *, at: datetime) -> None:
    """Take the running clocks of a ticket along into another one: there, those of both run."""
    if ticket.clocked_at is None:
        return
    db.session.flush()
    home = func.coalesce(TicketClock.home_ticket_id, ticket.id)
    _move((TicketClock.ticket_id == ticket.id) & RUNNING_CLOCK, ticket_id=target.id, home_ticket_id=home)
    target.clocked_at = target.clocked_at or ticket.clocked_at
    follow(target, at=at)


def parted(source: Ticket, home: Ticket, *, numbers: Collection[int] = (), at: datetime) -> None:
    """Bring back what a join had taken along; both follow their own tickets from now on.

    `numbers`: tickets that had been joined into `home` before, and come back with it.
    """
    if source.clocked_at is None:
        return
    db.session.flush()
    back = (TicketClock.ticket_id == source.id) & TicketClock.home_ticket_id.in_({home.id, *numbers})
    still_away = case((TicketClock.home_ticket_id == home.id, None), else_=TicketClock.home_ticket_id)
    _move(back, ticket_id=home.id, home_ticket_id=still_away)
    follow(home, at=at)
    follow(source, at=at)


def _move(wanted: Any, **values: Any) -> None:
    moving = update(TicketClock).where(wanted, TicketClock.kind.in_(KINDS)).values(**values)
    db.session.execute(moving, execution_options={"synchronize_session": False})
    db.session.expire_all()


def split(source: Ticket, target: Ticket, message_ids: Collection[int], *, at: datetime) -> dict[str, Any]:
    """Let the clocks follow messages that were taken out; a ticket without any gets one, counted from the oldest owed.

    Returns what the log keeps, so that `unsplit` can restore every clock that nothing else has happened to.
    """
    db.session.flush()
    before = _rests_on(source, target)
    begun_id = None if target.clocked_at else _begin(source, target, message_ids, at=at)
    for ticket in (source, target):
        follow(ticket, at=at)
    after = _rests_on(source, target)
    rests = {str(id_): [before[id_], after[id_]] for id_ in before if id_ in after and before[id_] != after[id_]}
    return {key: kept for key, kept in (("clock", begun_id), ("rests", rests)) if kept}


def _begin(source: Ticket, target: Ticket, message_ids: Collection[int], *, at: datetime) -> int | None:
    """Open the clock of a ticket that has none from the oldest of the messages that is still owed an answer."""
    oldest = db.session.scalars(
        select(Obligation)
        .where(
            Obligation.message_id.in_(message_ids),
            Obligation.state == ObligationState.OPEN,
            Obligation.answered_by_id.is_(None),
        )
        .order_by(Obligation.opened_at, Obligation.id)
        .limit(1)
    ).first()
    aimed = aims.aim_by(oldest.policy_version_id) if oldest and oldest.policy_version_id else None
    if oldest is None or aimed is None or ClockKind.RESOLUTION.value not in aimed.targets:
        return None
    since = target.clocked_at = oldest.opened_at
    mother = next(
        (each for each in of_ticket(source.id) if each.kind is ClockKind.RESOLUTION and each.state in OPEN), None
    )
    rests = _since(mother.rests, since, until=at) if mother else []
    start(target, aimed, ClockKind.RESOLUTION, at=since, rests=rests)
    db.session.flush()
    clock = of_ticket(target.id)[-1]
    changes = [each.at for each in changes_of(mother) if each.at > since] if mother else []
    if changes:
        # As if it had run since then: a quarter was left at the last change.
        left = -(-(used_until(clock, changes[-1]) + clock.target_minutes * _MINUTE / 4) // _MINUTE)
        clock.target_minutes = max(clock.target_minutes, left)
        follow_again(clock)
    return clock.id


def _since(rests: Sequence[dict[str, Any]], since: datetime, *, until: datetime) -> Rests:
    """Return the rests from an instant on, as far as they had lasted when the messages were taken out."""
    cut = [
        {
            **each,
            "since": max(datetime.fromisoformat(each["since"]), since),
            "until": each["until"] or until.isoformat(),
        }
        for each in rests
    ]
    return [
        {**each, "since": each["since"].isoformat()}
        for each in cut
        if datetime.fromisoformat(each["until"]) > each["since"]
    ]


def _rests_on(*tickets: Ticket) -> dict[int, Rests]:
    numbers = {ticket.id for ticket in tickets if ticket.clocked_at is not None}
    return {each.id: each.rests for number in numbers for each in of_ticket(number) if each.state in OPEN}


def unsplit(source: Ticket, target: Ticket, conversation_id: int, home_id: int, *, at: datetime) -> None:
    """Take back what taking messages out had done to the clocks; what else has happened to one since, stands."""
    db.session.flush()
    told = _told(conversation_id, home_id)
    begun = db.session.get(TicketClock, told.get("clock", 0))
    if begun is not None and begun.state in OPEN:
        db.session.delete(begun)
        db.session.flush()
        if not of_ticket(target.id):
            target.clocked_at = None
    for id_, (before, after) in told.get("rests", {}).items():
        clock = db.session.get(TicketClock, int(id_))
        if clock is not None and clock.state in OPEN and clock.rests == after:
            clock.rests = before
            follow_again(clock)
    for ticket in (source, target):
        follow(ticket, at=at)


def _told(conversation_id: int, number: int) -> dict[str, Any]:
    """Return what the log says of how a conversation was taken out."""
    told = db.session.scalars(select(Event.details).where(Event.ticket_id == number, Event.kind == "split_away"))
    return next((each for each in told if each["conversation"] == conversation_id), {})
