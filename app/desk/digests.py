"""One word for many rungs: what fired of a team in a crowd is told each of its people once, with counts and links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from app.db import Afterwards, db, once_more, transaction
from app.desk.crowding import MOST, WITHIN
from app.desk.digest_words import KIND, Line, words_of
from app.desk.staff import Staff
from app.desk.telling import tell
from app.models import UNDIGESTED, Agent, Firing, Priority, Team, Ticket, Via
from sla.steps import level_of

PAUSE = timedelta(minutes=10)
"""A team is told no oftener, however long the crowd lasts."""
LOOKS_BACK = timedelta(hours=1)


def ready(*, at: datetime, most: int = MOST) -> list[int | None]:
    """Return the teams whose digest can be written now that nothing more is due; None: tickets without a team.

    A few late-comers wait until nobody follows them within a minute; a whole crowd does not.
    """
    waiting = select(Firing.team_id, func.count(), func.min(Firing.at)).where(UNDIGESTED).group_by(Firing.team_id)
    return [
        team_id
        for team_id, count, since in db.session.execute(waiting)
        if (count > most or since <= at - WITHIN) and not _was_told(team_id, at=at)
    ]


def _was_told(team_id: int | None, *, at: datetime) -> bool:
    """Say whether the team's last digest is too fresh for another one."""
    last = db.session.scalar(
        select(func.max(Firing.digested_at)).where(Firing.team_id == team_id, Firing.at > at - LOOKS_BACK)
    )
    return last is not None and at - PAUSE < last <= at


@once_more
def write(team_id: int | None, *, at: datetime) -> int:
    """Tell everybody whom the waiting firings of a team concern, each of their own; returns how many firings."""
    with transaction() as afterwards:
        taken = db.session.execute(
            update(Firing)
            .where(UNDIGESTED, Firing.team_id == team_id)
            .values(digested_at=at)
            .returning(Firing.id, Firing.ticket_id, Firing.rung, Firing.details)
        ).all()
        if taken:
            _tell(team_id, taken, at=at, afterwards=afterwards)
        return len(taken)


def _tell(team_id: int | None, taken: Sequence[Any], *, at: datetime, afterwards: Afterwards) -> None:
    staff = Staff(at)
    lines = lines_of(((row.ticket_id, row.rung, row.details.get("due_at")) for row in taken), at=at)
    team = db.session.get_one(Team, team_id) if team_id else None
    name, zone = (team.name, staff.zone(team.calendar_id)) if team else ("", staff.zone(None))
    last = max(row.id for row in taken)
    for agent_id in sorted({int(agent_id) for row in taken for agent_id in row.details["to"]}):
        agent = db.session.get_one(Agent, agent_id)
        own = [(line, row) for line, row in zip(lines, taken, strict=True) if str(agent_id) in row.details["to"]]
        tell(
            [agent],
            key=f"digest:{team_id or 0}:{last}",
            kind=KIND,
            ticket=None,
            words=words_of([line for line, _ in own], name=name, zone=zone, at=at),
            via={Via(way) for _, row in own for way in row.details["to"][str(agent_id)]},
            at=at,
            is_grave=any(not line.is_calm for line, _ in own),
            afterwards=afterwards,
            staff=staff,
        )


def lines_of(fired: Iterable[tuple[int, str, str | None]], *, at: datetime) -> list[Line]:
    """Return a line for each of some rungs, given by ticket, name and deadline, in the same order."""
    fired = list(fired)
    numbers = {ticket_id for ticket_id, _, _ in fired}
    tickets = {ticket.id: ticket for ticket in db.session.scalars(select(Ticket).where(Ticket.id.in_(numbers)))}
    return [_line(tickets[ticket_id], rung, due_at, at=at) for ticket_id, rung, due_at in fired]


def _line(ticket: Ticket, rung: str, due_at: str | None, *, at: datetime) -> Line:
    return Line(
        is_calm=ticket.priority is not Priority.URGENT,
        height=-level_of(rung),
        due_at=datetime.fromisoformat(due_at) if due_at else ticket.due_at or at,
        ticket=ticket.number,
        subject=ticket.subject,
        customer=ticket.customer_name,
    )
