"""Teams that take part in a matter beside the one that holds the ball: they see it and may answer, the clocks rest.

Everything but the two verbs at the end happens inside a verb that holds the ticket and moves its counters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from app.access import Person
from app.db import Afterwards, db, once_more, transaction
from app.desk import handover_told
from app.desk.writing import badges, held, record, recount, upsert
from app.errors import NotFound, Refused
from app.models import Event, Participation, Team, Ticket, TicketState

JOINED, HANDED_OVER, ANSWERED, ASKED = "joined", "handed_over", "answered", "asked"
"""How a team came to a matter: `Participation.because`."""


def take_part(
    ticket_id: int, team_id: int, *, because: str, by_id: int | None, at: datetime, home_id: int | None = None
) -> bool:
    """Let a team take part, and say whether that is new; whoever holds the ball does not take part beside it.

    `home_id`: the ticket that brought it along, if it came by a join.
    """
    ticket = db.session.get_one(Ticket, ticket_id)
    if ticket.team_id == team_id:
        return False
    row = {"ticket_id": ticket_id, "team_id": team_id, "home_ticket_id": home_id or ticket_id}
    return bool(_write(ticket, [row | {"because": because, "since": at, "by_id": by_id}]))


def _write(ticket: Ticket, rows: list[dict[str, Any]]) -> int:
    """Write those rows that are not there, and return how many are new."""
    statement = upsert(Participation).on_conflict_do_nothing(index_elements=["ticket_id", "team_id", "home_ticket_id"])
    new = len(db.session.scalars(statement.returning(Participation.id), rows).all()) if rows else 0
    ticket.is_shared = ticket.is_shared or new > 0
    return new


def spoke(ticket: Ticket, *, because: str, by: Person, at: datetime) -> None:
    """Somebody has answered or noted something: if it is not their team's ball, their team takes part from now on."""
    if ticket.team_id in by.team_ids or not by.team_ids:
        return
    if ticket.is_shared and set(_teams(ticket.id)) & set(by.team_ids):
        return
    take_part(ticket.id, by.team_ids[0], because=because, by_id=by.id, at=at)


def _teams(ticket_id: int) -> Iterable[int]:
    return db.session.scalars(select(Participation.team_id).where(Participation.ticket_id == ticket_id)).all()


def gave(ticket: Ticket, team_id: int | None, *, by_id: int | None, at: datetime) -> None:
    """A team has handed the ball over: it keeps taking part. The ticket is the receiver's already."""
    if team_id is not None:
        take_part(ticket.id, team_id, because=HANDED_OVER, by_id=by_id, at=at)


def gave_not(ticket: Ticket, team_id: int | None, *, accepted_at: datetime | None) -> None:
    """The acceptance is undone: what it had written is taken away."""
    _remove(
        ticket,
        (Participation.team_id == team_id)
        & (Participation.home_ticket_id == ticket.id)
        & (Participation.because == HANDED_OVER)
        & (Participation.since == accepted_at),
    )


def unsaid(ticket: Ticket, *, by_id: int, at: datetime) -> None:
    """An answer of `at` was called back: its team takes part no longer where only that had brought it here."""
    brought = (Participation.because == ANSWERED) & (Participation.since == at) & (Participation.by_id == by_id)
    _remove(ticket, brought)


def joined(ticket: Ticket, target: Ticket, *, at: datetime) -> None:
    """Let everybody who had to do with a ticket take part in the one it is joined into.

    What an earlier join had brought here goes on with its conversations; the ticket keeps its own for being parted.
    """
    asked = select(Participation).where(Participation.ticket_id == ticket.id, Participation.home_ticket_id == ticket.id)
    own = db.session.scalars(asked).all() if ticket.is_shared else []
    teams: list[tuple[int, int | None]] = [(ticket.team_id, None)] if ticket.team_id is not None else []
    teams += [(row.team_id, row.by_id) for row in own]
    for team_id, by_id in teams:
        take_part(target.id, team_id, because=JOINED, by_id=by_id, at=at, home_id=ticket.id)
    if ticket.is_shared:
        guests = (Participation.ticket_id == ticket.id) & (Participation.home_ticket_id != ticket.id)
        moved = db.session.execute(update(Participation).where(guests).values(ticket_id=target.id))
        target.is_shared = target.is_shared or bool(getattr(moved, "rowcount", 0))
        # Who came along with another ticket may leave while this one is joined: parting it finds nobody then.
        ticket.is_shared = bool(own)


def parted(
    source: Ticket, home: Ticket, *, numbers: Collection[int] = (), at: datetime, afterwards: Afterwards
) -> None:
    """Take away exactly those who came along with a ticket that stands by itself again.

    `numbers`: the tickets that had been joined into it before, whose teams go back to it.
    """
    if source.is_shared and numbers:
        guests = (Participation.ticket_id == source.id) & Participation.home_ticket_id.in_(numbers)
        moved = db.session.execute(update(Participation).where(guests).values(ticket_id=home.id))
        home.is_shared = home.is_shared or bool(getattr(moved, "rowcount", 0))
    for row in _remove(source, Participation.home_ticket_id == home.id):
        handover_told.no_longer_asked(row["team_id"], at=at, afterwards=afterwards)


def _remove(ticket: Ticket, wanted: Any) -> list[dict[str, Any]]:
    """Take rows of a ticket away and return them, as they are kept for an undo."""
    if not ticket.is_shared:
        return []
    columns = (Participation.team_id, Participation.home_ticket_id, Participation.because, Participation.since)
    gone = delete(Participation).where(Participation.ticket_id == ticket.id, wanted)
    rows = db.session.execute(gone.returning(*columns, Participation.by_id)).mappings().all()
    ticket.is_shared = bool(_teams(ticket.id))
    return [{**dict(row), "since": row["since"].isoformat()} for row in rows]


@once_more
def invite(ticket_id: int, *, team_id: int, by: Person, at: datetime) -> None:
    """Let a team take part by hand; if it was taken out before, as it had taken part then."""
    with transaction() as afterwards:
        ticket, team = held(ticket_id), _team(team_id)
        if ticket.state is TicketState.JOINED:
            raise Refused("Dieses Anliegen ist mit einem anderen verbunden.", code="closed")
        if ticket.team_id == team_id:
            raise Refused("Das Anliegen liegt schon bei diesem Team.", field="team")
        before = badges(ticket)
        again = _write(ticket, _taken_out(ticket, team_id))
        if not again and not take_part(ticket_id, team_id, because=ASKED, by_id=by.id, at=at):
            raise Refused("%(team)s ist schon beteiligt.", field="team", team=team.name)
        names: dict[str, Any] = {"team": team.name, "team_id": team_id}
        record("team_took_part", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards, **names)
        recount(before, badges(ticket))


@once_more
def leave(ticket_id: int, *, team_id: int, by: Person, at: datetime) -> None:
    """Let a team take part no longer, however it came to it."""
    with transaction() as afterwards:
        ticket, team = held(ticket_id), _team(team_id)
        before = badges(ticket)
        rows = _remove(ticket, Participation.team_id == team_id)
        if not rows:
            raise Refused("%(team)s ist nicht beteiligt.", field="team", team=team.name)
        names: dict[str, Any] = {"team": team.name, "team_id": team_id, "rows": rows}
        record("team_left", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards, **names)
        recount(before, badges(ticket))
        handover_told.no_longer_asked(team_id, at=at, afterwards=afterwards)


def _team(team_id: int) -> Team:
    team = db.session.get(Team, team_id)
    if team is None:
        raise NotFound("Dieses Team gibt es nicht.")
    return team


def _taken_out(ticket: Ticket, team_id: int) -> list[dict[str, Any]]:
    """Return the rows that were taken away when the team was taken out last; what has been parted since stays away."""
    kinds = ("team_took_part", "team_left")
    events = select(Event).where(Event.ticket_id == ticket.id, Event.kind.in_(kinds)).order_by(Event.id.desc())
    last = next((each for each in db.session.scalars(events) if each.details["team_id"] == team_id), None)
    if last is None or last.kind != "team_left":
        return []
    here = set(db.session.scalars(select(Ticket.id).where(Ticket.joined_into_id == ticket.id))) | {ticket.id}
    return [
        {**row, "ticket_id": ticket.id, "since": datetime.fromisoformat(row["since"])}
        for row in last.details["rows"]
        if row["home_ticket_id"] in here
    ]
