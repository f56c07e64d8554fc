"""What somebody has begun to write, kept so that it is there on every device of theirs.

A draft has no event: nobody but its author and the colleagues who open the ticket learn of it, and nothing counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from app import live
from app.access import Person
from app.db import Afterwards, db, once_more, transaction
from app.desk.writing import upsert
from app.errors import NotFound, Refused
from app.models import Conversation, Draft

KINDS = ("reply", "note")
LONGEST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What stands in the form: the text, the way it is meant for, and what its author had read."""

    text: str
    conversation_id: int | None = None
    is_public: bool = False
    seen_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@once_more
def keep(ticket_id: int, kind: str, begun: Begun, *, by: Person, at: datetime) -> None:
    """Write a draft down in place of the earlier one; an empty text throws it away.

    Raises `NotFound` for a kind there is not, `Refused` for a text that no message may be as long as.
    """
    if kind not in KINDS:
        raise NotFound("So einen Entwurf gibt es nicht.")
    if len(begun.text) > LONGEST:
        raise Refused("Der Text ist zu lang: höchstens %(most)s Zeichen.", field="text", most=LONGEST)
    with transaction() as afterwards:
        if not begun.text.strip():
            drop(ticket_id, kind, by_id=by.id, afterwards=afterwards)
        else:
            put(ticket_id, kind, begun, by_id=by.id, at=at, afterwards=afterwards)


def put(ticket_id: int, kind: str, begun: Begun, *, by_id: int, at: datetime, afterwards: Afterwards) -> None:
    """Inside a transaction: write a draft down; its author's other pages hear of a new one."""
    is_new = of(ticket_id, kind, by_id=by_id) is None
    values = {
        "conversation_id": begun.conversation_id,
        "is_public": begun.is_public,
        "text": begun.text,
        "seen_id": begun.seen_id,
        "details": dict(begun.details),
        "updated_at": at,
    }
    written = upsert(Draft).values(agent_id=by_id, ticket_id=ticket_id, kind=kind, **values)
    db.session.execute(
        written.on_conflict_do_update(index_elements=["agent_id", "ticket_id", "kind"], set_=values),
        execution_options={"synchronize_session": False},
    )
    if is_new:
        _tell(ticket_id, by_id, afterwards)


def of(ticket_id: int, kind: str, *, by_id: int) -> Draft | None:
    """Return somebody's draft on a ticket."""
    wanted = select(Draft).where(Draft.ticket_id == ticket_id, Draft.kind == kind, Draft.agent_id == by_id)
    return db.session.scalars(wanted).first()


def forget(ticket_id: int, kind: str, *, by: Person) -> None:
    """Throw a draft away; nothing happens where there is none."""
    with transaction() as afterwards:
        drop(ticket_id, kind, by_id=by.id, afterwards=afterwards)


def drop(ticket_id: int, kind: str, *, by_id: int, afterwards: Afterwards) -> None:
    """Inside a transaction: throw a draft away, also one that a join has left behind on another number."""
    here = select(Conversation.id).where(Conversation.ticket_id == ticket_id)
    gone = db.session.scalars(
        delete(Draft)
        .where(
            Draft.agent_id == by_id,
            Draft.kind == kind,
            (Draft.ticket_id == ticket_id) | Draft.conversation_id.in_(here),
        )
        .returning(Draft.id)
        .execution_options(synchronize_session=False)
    ).all()
    if gone:
        _tell(ticket_id, by_id, afterwards)


def _tell(ticket_id: int, by_id: int, afterwards: Afterwards) -> None:
    signal = live.Signal(id=0, kind="draft", ticket=ticket_id, agents=(by_id,))
    afterwards.append(lambda: live.publish(signal))
