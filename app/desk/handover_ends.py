"""What other acts mean for a hand-over: assigning, answering, resolving, reopening, joining and parting.

Each is called inside a verb that holds the ticket and moves its counters, and costs nothing where none is pending.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.access import Person
from app.db import Afterwards, db
from app.desk import call_tasks, handover_clocks, handover_told, handovers
from app.desk.handover_asked import addressee
from app.desk.writing import record
from app.models import (
    RUNNING_CLOCK,
    ClockKind,
    ClockState,
    Handover,
    HandoverState,
    Team,
    Ticket,
    TicketClock,
    membership,
)

BY_RESOLUTION = "resolved"
BY_JOIN = "joined"


def meant_team(ticket: Ticket, team_id: int | None, assignee_id: int | None) -> int | None:
    """Return the team an assignment means: a person of the team that is asked takes it there."""
    if team_id is not None or assignee_id is None or ticket.asked_team_id is None:
        return team_id
    teams = set(db.session.scalars(select(membership.c.team_id).where(membership.c.agent_id == assignee_id)))
    return ticket.asked_team_id if ticket.team_id not in teams and ticket.asked_team_id in teams else None


def assigned(ticket: Ticket, *, from_team_id: int | None, by: Person, at: datetime, afterwards: Afterwards) -> None:
    """Given to the team that is asked, or there to somebody: accepted. To a third one: nobody is asked any more."""
    asked_id = ticket.asked_team_id
    is_yes = asked_id == ticket.team_id and ticket.assignee_id is not None and (by.is_admin or asked_id in by.team_ids)
    if ticket.team_id == from_team_id and (asked_id is None or not is_yes):
        return
    if ticket.asked_team_id is not None:
        handover = handovers.pending(ticket)
        if ticket.team_id == handover.to_team_id:
            assignee_id = ticket.assignee_id
            taken: dict[str, Any] = {"held_by_id": from_team_id, "assignee_id": assignee_id, "by": by, "at": at}
            handovers.take(ticket, handover, **taken, afterwards=afterwards)
        else:
            _end(ticket, handover, reason="", by=by, at=at, afterwards=afterwards)
    else:
        call_tasks.follow(ticket)
    handover_clocks.leave(ticket, at=at)


def answered(ticket: Ticket, *, by: Person, at: datetime, afterwards: Afterwards) -> None:
    """Who answers the customer while their team is asked has taken the matter over."""
    held_by_id = ticket.team_id
    is_own = held_by_id in by.team_ids and held_by_id != ticket.asked_team_id
    if ticket.asked_team_id is not None and ticket.asked_team_id in by.team_ids and not is_own:
        taken: dict[str, Any] = {"held_by_id": held_by_id, "assignee_id": by.id, "by": by, "at": at}
        handovers.take(ticket, handovers.pending(ticket), **taken, afterwards=afterwards)


def resolved(ticket: Ticket, *, by: Person, at: datetime, afterwards: Afterwards) -> None:
    """Take back what is still asked, and let the work of who had taken the matter over be done."""
    if ticket.asked_team_id is not None:
        handover = handovers.pending(ticket)
        _end(ticket, handover, reason=BY_RESOLUTION, by=by, at=at, afterwards=afterwards)
    if ticket.handed_at is not None:
        handover_clocks.finish(ticket, at=at)


def reopened(ticket: Ticket, *, stopped_at: datetime) -> None:
    """Bring back what resolving had ended at that instant: the question, and the work that was not done after all."""
    ended = db.session.scalars(
        select(Handover).where(
            Handover.ticket_id == ticket.id,
            (Handover.answered_at == stopped_at) | (Handover.done_at == stopped_at) & Handover.done_by_id.is_(None),
        )
    ).all()
    for handover in ended:
        if handover.state is HandoverState.WITHDRAWN and handover.answer == BY_RESOLUTION:
            _ask_again(ticket, handover, at=stopped_at)
        elif handover.done_at == stopped_at:
            handover.done_at = None
            for clock in handover_clocks.ended(handover, ClockKind.WORK):
                handover_clocks.run_on(clock)
    if ended:
        handover_clocks.mark(ticket)


def _ask_again(ticket: Ticket, handover: Handover, *, at: datetime) -> None:
    handover.state, handover.answer = HandoverState.PENDING, ""
    handover.answered_at = handover.answered_by_id = None
    handovers.ask(ticket, handover, addressee(handover.to_team_id, None, at=at))
    ticket.asked_agent_id = handover.to_agent_id or ticket.asked_agent_id
    for clock in handover_clocks.ended(handover, ClockKind.ACCEPTANCE, ClockKind.WORK):
        handover_clocks.run_on(clock)


def joined(ticket: Ticket, into: Ticket, *, by: Person | None, at: datetime, afterwards: Afterwards) -> None:
    """Take along what runs; a question that the other ticket cannot hold as well is taken back.

    A question to the team that holds the other one stays: nobody of it has said yes yet.
    """
    if ticket.asked_team_id is not None:
        handover = handovers.pending(ticket)
        if into.asked_team_id is not None or into.closed_at is not None:
            _end(ticket, handover, reason=BY_JOIN, by=by, at=at, afterwards=afterwards)
    if ticket.asked_team_id is not None or ticket.handed_at is not None:
        _move(ticket, into, only_of=None)


def parted(source: Ticket, home: Ticket, *, numbers: Collection[int] = ()) -> None:
    """Bring back to its own ticket what still runs and was asked there."""
    if (source.asked_team_id is not None or source.handed_at is not None) and home.closed_at is None:
        _move(source, home, only_of=(home.id, *numbers))


def _move(source: Ticket, target: Ticket, *, only_of: Collection[int] | None) -> None:
    running = select(TicketClock.handover_id).where(RUNNING_CLOCK, TicketClock.ticket_id == source.id)
    wanted = select(Handover).where(Handover.ticket_id == source.id, Handover.id.in_(running))
    if only_of is not None:
        wanted = wanted.where(Handover.home_ticket_id.in_(only_of))
    moved = db.session.scalars(wanted).all()
    for handover in moved:
        if handover.state is HandoverState.PENDING:
            target.asked_team_id, target.asked_at = handover.to_team_id, handover.at
            target.asked_agent_id = source.asked_agent_id
            handovers.forget_asking(source)
        handover.ticket_id = target.id
    db.session.flush()
    db.session.execute(
        update(TicketClock)
        .where(TicketClock.handover_id.in_([each.id for each in moved]), TicketClock.state == ClockState.RUNNING)
        .values(ticket_id=target.id),
        execution_options={"synchronize_session": "fetch"},
    )
    handover_clocks.mark(source)
    handover_clocks.mark(target)


def _end(
    ticket: Ticket, handover: Handover, *, reason: str, by: Person | None, at: datetime, afterwards: Afterwards
) -> None:
    """Take back what is asked; the counters are the caller's."""
    handovers.answer(handover, HandoverState.WITHDRAWN, by_id=by.id if by else None, reason=reason, at=at)
    handover_clocks.drop(handover, at=at, reason=HandoverState.WITHDRAWN.value)
    handovers.forget_asking(ticket)
    handover_clocks.mark(ticket)
    handover_told.no_longer_asked(handover.to_team_id, at=at, afterwards=afterwards)
    team = db.session.scalar(select(Team.name).where(Team.id == handover.to_team_id)) or ""
    names: dict[str, Any] = {"team": team, "handover": handover.id, "reason": reason}
    record(
        "handover_withdrawn", ticket_id=ticket.id, at=at, actor_id=by.id if by else None, afterwards=afterwards, **names
    )
