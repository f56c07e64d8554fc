"""The two clocks of a hand-over: that it is answered, and that the customer hears from the team that was asked.

Both run from the hand-over in the receiving team's hours and never touch what the customer is owed. Everything here
happens inside a verb that holds the ticket.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app.db import db
from app.desk import aims, climbing
from app.errors import NotFound
from app.models import (
    RUNNING_CLOCK,
    ClockKind,
    ClockState,
    Handover,
    HandoverState,
    Message,
    MessageClass,
    Team,
    Ticket,
    TicketClock,
    membership,
)
from sla.handover import team_clocks
from sla.obligations import Opening, elapsed, verdict

MINUTE = timedelta(minutes=1)
MOVED_ON = "moved_on"
"""Why a work clock ended unjudged: the team gave the matter away again before it had answered."""


def start(handover: Handover, team: Team, ticket: Ticket) -> None:
    """Start both clocks, and write down when the hand-over goes back by itself."""
    found = aims.newest_hours(team.calendar_id)
    clocks = team_clocks(
        handover.at,
        accept_within=team.accept_minutes * MINUTE,
        work_within=team.work_minutes * MINUTE,
        return_within=team.return_minutes * MINUTE if team.return_minutes else None,
        hours=found.hours,
    )
    handover.returns_at = clocks.returns_at
    for kind, opening in ((ClockKind.ACCEPTANCE, clocks.acceptance), (ClockKind.WORK, clocks.work)):
        db.session.add(_clock(kind, opening, handover, team, found))
    ticket.handed_at = ticket.handed_at or handover.at
    db.session.flush()


def _clock(kind: ClockKind, opening: Opening, handover: Handover, team: Team, found: aims.Hours) -> TicketClock:
    return TicketClock(
        kind=kind,
        ticket_id=handover.ticket_id,
        handover_id=handover.id,
        team_id=team.id,
        calendar_id=found.calendar_id,
        calendar_version=found.version,
        target_minutes=int(opening.within / MINUTE),
        opened_at=opening.opened_at,
        running_since=opening.opened_at,
        soon_at=opening.soon_at,
        due_at=opening.due_at,
        breach_at=opening.breach_at,
        rung_at=climbing.first_rung(team.ladder_id, found.hours, since=opening.opened_at, within=opening.within),
    )


def accept(handover: Handover, *, at: datetime) -> None:
    """The team has answered: judge its acceptance by this instant; the work runs on."""
    for clock in of(handover, ClockKind.ACCEPTANCE):
        meet(clock, at=at)


def drop(handover: Handover, *, at: datetime, reason: str) -> None:
    """The hand-over has come to nothing: whatever still runs of it ends unjudged."""
    for clock in of(handover):
        waive(clock, at=at, reason=reason)


def of(handover: Handover, *kinds: ClockKind) -> Sequence[TicketClock]:
    """Return the clocks of a hand-over that still run."""
    wanted = kinds or (ClockKind.ACCEPTANCE, ClockKind.WORK)
    return db.session.scalars(
        select(TicketClock).where(RUNNING_CLOCK, TicketClock.handover_id == handover.id, TicketClock.kind.in_(wanted))
    ).all()


def meet(clock: TicketClock, *, at: datetime) -> None:
    """End a clock and judge it."""
    hours = aims.hours_of(clock.calendar_id, clock.calendar_version)
    clock.verdict = verdict(hours, clock.opened_at, clock.target_minutes * MINUTE, at).value
    clock.elapsed_seconds = int(elapsed(hours, clock.opened_at, at).total_seconds())
    _end(clock, ClockState.MET, at=at)


def waive(clock: TicketClock, *, at: datetime, reason: str) -> None:
    """End a clock without judging it."""
    clock.verdict = reason
    _end(clock, ClockState.WAIVED, at=at)


def _end(clock: TicketClock, state: ClockState, *, at: datetime) -> None:
    clock.state, clock.settled_at = state, at
    clock.running_since = clock.rung_at = None


def run_on(clock: TicketClock) -> None:
    """Let an ended clock run as if it had never ended; rungs that fired do not fire again."""
    ladder_id = db.session.scalar(select(Team.ladder_id).where(Team.id == clock.team_id))
    hours = aims.hours_of(clock.calendar_id, clock.calendar_version)
    clock.state, clock.running_since = ClockState.RUNNING, clock.opened_at
    clock.settled_at, clock.elapsed_seconds, clock.verdict = None, None, ""
    clock.rung_at = climbing.next_rung(
        ladder_id, hours, since=clock.opened_at, within=clock.target_minutes * MINUTE, fired=clock.fired
    )


def settle(ticket: Ticket, message_id: int, *, at: datetime) -> None:
    """An answer was accepted at `at`: the team it comes from, or that holds the ball, has done its work."""
    if ticket.handed_at is None:
        return
    message = db.session.get_one(Message, message_id)
    if message.message_class is not MessageClass.SUBSTANTIVE:
        return
    said_at = message.sent_at if message.is_elsewhere else message.stored_at
    for clock, handover in _working(ticket.id):
        holds = handover.state is HandoverState.ACCEPTED and ticket.team_id == clock.team_id
        if said_at >= handover.at and (holds or _is_of(message.author_id, clock.team_id)):
            meet(clock, at=at)
            handover.done_at, handover.done_by_id = at, message_id
    mark(ticket)


def unsettle(message_id: int, *, ticket: Ticket) -> None:
    """The answer did not reach the customer: the team owes it again, with its old deadline."""
    done = db.session.scalars(select(Handover).where(Handover.done_by_id == message_id)).all()
    for handover in done:
        handover.done_at = handover.done_by_id = None
        for clock in ended(handover, ClockKind.WORK):
            run_on(clock)
    if done:
        mark(ticket)


def ended(handover: Handover, *kinds: ClockKind) -> Sequence[TicketClock]:
    """Return the clocks of a hand-over that have ended."""
    return db.session.scalars(
        select(TicketClock).where(
            TicketClock.handover_id == handover.id,
            TicketClock.kind.in_(kinds),
            TicketClock.state.in_((ClockState.MET, ClockState.WAIVED)),
        )
    ).all()


def leave(ticket: Ticket, *, at: datetime) -> None:
    """The ball has gone to another team: who had taken it over and has not answered yet owes nothing any more."""
    if ticket.handed_at is None:
        return
    for clock, handover in _working(ticket.id):
        if handover.state is HandoverState.ACCEPTED and clock.team_id != ticket.team_id:
            waive(clock, at=at, reason=MOVED_ON)
    mark(ticket)


def finish(ticket: Ticket, *, at: datetime) -> None:
    """The matter was resolved: whoever had taken it over has done the work."""
    for clock, handover in _working(ticket.id):
        if handover.state is HandoverState.ACCEPTED:
            meet(clock, at=at)
            handover.done_at = at
    mark(ticket)


def mark(ticket: Ticket) -> None:
    """Write on the ticket since when a team owes its first answer after a hand-over."""
    db.session.flush()
    ticket.handed_at = min((handover.at for _clock, handover in _working(ticket.id)), default=None)


def _working(ticket_id: int) -> list[tuple[TicketClock, Handover]]:
    rows = db.session.execute(
        select(TicketClock, Handover)
        .join(Handover, Handover.id == TicketClock.handover_id)
        .where(RUNNING_CLOCK, TicketClock.ticket_id == ticket_id, TicketClock.kind == ClockKind.WORK)
        .order_by(TicketClock.id)
    )
    return [(clock, handover) for clock, handover in rows]


def _is_of(agent_id: int | None, team_id: int | None) -> bool:
    if agent_id is None:
        return False
    found = select(membership.c.agent_id).where(membership.c.agent_id == agent_id, membership.c.team_id == team_id)
    return db.session.scalar(found) is not None


def acceptable_until(*, at: datetime) -> dict[int, datetime]:
    """Return by team until when each would have to accept what is handed over now; teams without hours are left out."""
    rows = db.session.execute(select(Team.id, Team.calendar_id, Team.accept_minutes)).all()
    found: dict[int, datetime] = {}
    for team_id, calendar_id, accept_minutes in rows:
        try:
            found[team_id] = aims.newest_hours(calendar_id).hours.due(at, accept_minutes * MINUTE)
        except NotFound:
            return found
    return found
