"""What every verb writes: rows by value, one event a verb, and the counters behind the badges."""

from __future__ import annotations

from collections import Counter as Tally
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from app import live
from app.db import Afterwards, Base, db
from app.models import Counter, Event, Ticket


def add(row: type[Base], **values: Any) -> int:
    """Insert one row and return its id; without the unit of work, because intake is the hot path."""
    table = row.__table__
    return int(db.session.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())  # type: ignore[arg-type]


def upsert(row: type[Base]) -> Any:
    """Return an INSERT that can say what happens on a conflict; both databases spell it the same way."""
    return (insert_postgresql if db.engine.dialect.name == "postgresql" else insert_sqlite)(row)


def record(
    kind: str,
    *,
    ticket_id: int | None,
    at: datetime,
    afterwards: Afterwards,
    actor_id: int | None = None,
    note_id: int | None = None,
    message_id: int | None = None,
    **details: object,
) -> int:
    """Write one line of the timeline and, once it is committed, tell the open browsers."""
    event_id = add(
        Event,
        kind=kind,
        ticket_id=ticket_id,
        at=at,
        actor_id=actor_id,
        note_id=note_id,
        message_id=message_id,
        details=details,
    )
    afterwards.append(lambda: live.publish(live.Signal(id=event_id, kind=kind, ticket=ticket_id or 0)))
    return event_id


def badges(ticket: Ticket) -> tuple[str, ...]:
    """Return the counters that this ticket is part of as it stands."""
    if ticket.closed_at is not None:
        return ()
    team = ticket.team_id or 0
    if ticket.assignee_id is None:
        return (f"team:{team}", f"unassigned:{team}")
    return (f"team:{team}", f"agent:{ticket.assignee_id}")


def recount(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Move a ticket from some counters to others.

    One statement with sorted keys just before the commit: rows are held for a moment only, and two transactions
    that touch the same counters can never wait for each other in a circle.
    """
    change = Tally(after)
    change.subtract(Tally(before))
    moved = [{"key": key, "count": by} for key, by in sorted(change.items()) if by]
    if moved:
        statement = upsert(Counter).values(moved)
        total = Counter.count + statement.excluded.count
        db.session.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"count": total}))
