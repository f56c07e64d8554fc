"""What every verb writes: rows by value, one event a verb, and the counters behind the badges."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from app import live
from app.db import Afterwards, Base, db
from app.models import Conversation, Counter, Event, Message, Participation, Ticket


def add(row: type[Base], **values: Any) -> int:
    """Insert one row and return its id.

    Without the unit of work and with a statement that is built once: intake is the hot path, and building the
    statement anew costs three times as much as running it.
    """
    return int(db.session.connection().execute(_insertion(row), values).scalar_one())


def add_row(row: Base) -> int:
    """Insert a row that was built as an object but is not part of the session, and return its id."""
    columns = row.__table__.c.keys()
    given = {name: getattr(row, name) for name in columns if name in row.__dict__}
    return add(type(row), **given)


@cache
def _insertion(row: type[Base]) -> Any:
    table = row.__table__
    return insert(table).returning(table.c.id)  # type: ignore[arg-type]


def upsert(row: type[Base]) -> Any:
    """Return an INSERT that can say what happens on a conflict; both databases spell it the same way."""
    return (insert_postgresql if db.engine.dialect.name == "postgresql" else insert_sqlite)(row)


def run(statement: Any, **parameters: Any) -> Any:
    """Run a statement that was built once, with its parameters, in the current transaction; returns the result."""
    return db.session.connection().execute(statement, parameters)


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


HOLD = {"key_share": True}
"""FOR NO KEY UPDATE: whoever only refers to the ticket, as every event does, need not wait."""


def held(ticket_id: int) -> Ticket:
    """Return the ticket and hold its row until the commit, before anything else of it is written.

    Its cached deadline is reckoned from its obligations; two verbs that did so at once would each miss the other's.
    """
    return db.session.get_one(Ticket, ticket_id, with_for_update=HOLD)


def held_by(conversation_id: int) -> Ticket:
    """Return the ticket of a conversation and hold its row until the commit."""
    return db.session.scalars(
        select(Ticket)
        .join(Conversation, Conversation.ticket_id == Ticket.id)
        .where(Conversation.id == conversation_id)
        .with_for_update(of=Ticket, key_share=True)
    ).one()


def held_for(message_id: int) -> Ticket:
    """Return the ticket of a message and hold its row until the commit; the ticket comes before the message."""
    return db.session.scalars(
        select(Ticket)
        .join(Conversation, Conversation.ticket_id == Ticket.id)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Message.id == message_id)
        .with_for_update(of=Ticket, key_share=True)
    ).one()


def badges(ticket: Ticket) -> tuple[str, ...]:
    """Return the counters that this ticket is part of as it stands."""
    if ticket.closed_at is not None:
        return ()
    team = ticket.team_id or 0
    own = f"unassigned:{team}" if ticket.assignee_id is None else f"agent:{ticket.assignee_id}"
    asked = () if ticket.asked_team_id is None else (f"asked:{ticket.asked_team_id}",)
    social = (f"social:{team}",) if ticket.is_social else ()
    return (f"team:{team}", own, *asked, *social, *(_parts(ticket) if ticket.is_shared else ()))


def _parts(ticket: Ticket) -> Iterator[str]:
    for team_id in run(_TAKING_PART, ticket=ticket.id).scalars():
        if team_id != ticket.team_id:
            yield f"part:{team_id}"


_TAKING_PART = select(Participation.team_id).where(Participation.ticket_id == bindparam("ticket")).distinct()


def recount(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Move a ticket from some counters to others.

    One statement with sorted keys just before the commit: rows are held for a moment only, and two transactions
    that touch the same counters can never wait for each other in a circle.
    """
    change = Tally(after)
    change.subtract(Tally(before))
    moved = [(key, by) for key, by in sorted(change.items()) if by]
    if moved:
        names = {f"key{n}": key for n, (key, _) in enumerate(moved)} | {f"by{n}": by for n, (_, by) in enumerate(moved)}
        run(_counting(len(moved), db.engine.dialect.name), **names)


@cache
def _counting(rows: int, _dialect: str) -> Any:
    statement = upsert(Counter).values(
        [{"key": bindparam(f"key{n}"), "count": bindparam(f"by{n}")} for n in range(rows)]
    )
    total = Counter.count + statement.excluded.count
    return statement.on_conflict_do_update(index_elements=["key"], set_={"count": total})
