"""What somebody has begun to write, kept so that it is there on every device of theirs.

A draft has no event: nobody but its author and the colleagues who open the ticket learn of it, and nothing counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select

from app import live
from app.access import Person
from app.db import Afterwards, db, once_more, transaction
from app.desk.writing import upsert
from app.errors import NotFound, Refused
from app.models import Conversation, Draft, DraftFile

KINDS = ("reply", "note")
LONGEST = 100_000
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a device last kept a draft that it knows nothing of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What stands in the form: the text, the way it is meant for, and what its author had read."""

    text: str
    conversation_id: int | None = None
    is_public: bool = False
    seen_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@once_more
def keep(
    ticket_id: int, kind: str, begun: Begun, *, built_on: datetime | None = None, by: Person, at: datetime
) -> str | None:
    """Write a draft down in place of the earlier one; an empty text throws away what has no files.

    `built_on`: when the state was written that this one goes on from. Where another device has written since, nothing
    is written and its text returned. Raises `NotFound` for a kind there is not, `Refused` for a text that no message
    may be as long as.
    """
    if kind not in KINDS:
        raise NotFound("So einen Entwurf gibt es nicht.")
    if len(begun.text) > LONGEST:
        raise Refused("Der Text ist zu lang: höchstens %(most)s Zeichen.", field="text", most=LONGEST)
    with transaction() as afterwards:
        known = of(ticket_id, kind, by_id=by.id)
        if known is not None and _has_gone_on(known, begun, built_on):
            return known.text
        if not begun.text.strip() and not (known is not None and _has_files(known)):
            drop(ticket_id, kind, by_id=by.id, afterwards=afterwards)
        else:
            put(ticket_id, kind, begun, by_id=by.id, at=at, afterwards=afterwards)
    return None


def _has_gone_on(known: Draft, begun: Begun, built_on: datetime | None) -> bool:
    """Say whether another device has written since the state that this one goes on from."""
    is_newer = built_on is not None and known.updated_at > built_on
    return is_newer and bool(known.text.strip()) and known.text != begun.text


def _has_files(draft: Draft) -> bool:
    return db.session.scalars(select(DraftFile.id).where(DraftFile.draft_id == draft.id).limit(1)).first() is not None


def put(
    ticket_id: int,
    kind: str,
    begun: Begun,
    *,
    is_new: bool = False,
    by_id: int,
    at: datetime,
    afterwards: Afterwards,
) -> None:
    """Inside a transaction: write a draft down; its author's other pages hear of a new one.

    `is_new`: only where there is none; what another device writes at the same instant stays.
    """
    values: dict[str, Any] = {
        "conversation_id": begun.conversation_id,
        "is_public": begun.is_public,
        "text": begun.text,
        "seen_id": begun.seen_id,
        "details": dict(begun.details),
        "updated_at": at,
    }
    known = of(ticket_id, kind, by_id=by_id)
    if known is not None and is_new:
        return
    if known is not None:
        for name, value in values.items():
            setattr(known, name, value)
        return
    _let_follow(ticket_id, kind, by_id=by_id)
    written = upsert(Draft).values(agent_id=by_id, ticket_id=ticket_id, kind=kind, **values)
    place = ["agent_id", "ticket_id", "kind"]
    written = (
        written.on_conflict_do_nothing(index_elements=place)
        if is_new
        else written.on_conflict_do_update(index_elements=place, set_=values)
    )
    db.session.execute(written, execution_options={"synchronize_session": False})
    _tell(ticket_id, by_id, afterwards)


def _lies_on(ticket_id: int) -> ColumnElement[bool]:
    """Return the condition on drafts of a ticket: an answer's draft lies where its conversation lies."""
    here = select(Conversation.id).where(Conversation.ticket_id == ticket_id)
    return or_(Draft.conversation_id.in_(here), Draft.conversation_id.is_(None) & (Draft.ticket_id == ticket_id))


def _let_follow(ticket_id: int, kind: str, *, by_id: int) -> None:
    """Give way to a new draft: an earlier one whose conversation was parted since follows it to its ticket."""
    strayed = db.session.execute(
        select(Draft, Conversation.ticket_id)
        .join(Conversation, Conversation.id == Draft.conversation_id)
        .where(Draft.agent_id == by_id, Draft.kind == kind, Draft.ticket_id == ticket_id)
    ).first()
    if strayed is None:
        return
    draft, home_id = strayed
    taken = select(Draft.id).where(Draft.agent_id == by_id, Draft.kind == kind, Draft.ticket_id == home_id)
    if db.session.scalars(taken).first() is None:
        draft.ticket_id = home_id
        db.session.flush()


def of(ticket_id: int, kind: str, *, by_id: int) -> Draft | None:
    """Return somebody's draft on a ticket."""
    wanted = select(Draft).where(_lies_on(ticket_id), Draft.kind == kind, Draft.agent_id == by_id)
    return db.session.scalars(wanted.order_by(Draft.updated_at.desc()).limit(1)).first()


def forget(ticket_id: int, kind: str, *, built_on: datetime | None = None, by: Person) -> str | None:
    """Throw a draft away; nothing happens where there is none.

    `built_on`: as for `keep`; what another device has written since stays, and its text is returned.
    """
    with transaction() as afterwards:
        known = of(ticket_id, kind, by_id=by.id)
        if known is not None and _has_gone_on(known, Begun(text=""), built_on):
            return known.text
        drop(ticket_id, kind, by_id=by.id, afterwards=afterwards)
    return None


def drop(ticket_id: int, kind: str, *, by_id: int, afterwards: Afterwards) -> None:
    """Inside a transaction: throw the draft away that the page shows; one that a join has brought beside it stays."""
    known = of(ticket_id, kind, by_id=by_id)
    if known is not None:
        db.session.delete(known)
        db.session.flush()
        _tell(ticket_id, by_id, afterwards)


@dataclass(frozen=True, slots=True, kw_only=True)
class Become:
    """What has become of a draft: the text that went out, and when its device had last kept it."""

    text: str
    built_on: datetime | None = None
    file_ids: Sequence[int] = ()


def sent(ticket_id: int, kind: str, become: Become, *, by_id: int, afterwards: Afterwards) -> None:
    """Inside a transaction: let the draft go that was sent, with those files that the answer took along.

    What its author did not see on the device they sent from stays: a file, or a text that another device has written.
    """
    known = of(ticket_id, kind, by_id=by_id)
    if known is None:
        return
    taken = DraftFile.id.in_(become.file_ids)
    db.session.execute(delete(DraftFile).where(DraftFile.draft_id == known.id, taken))
    has_gone_on = become.text.split() != known.text.split() and _has_gone_on(
        known, Begun(text=become.text), become.built_on or NEVER
    )
    if has_gone_on or _has_files(known):
        known.text, known.details = (known.text, known.details) if has_gone_on else ("", {})
    else:
        drop(ticket_id, kind, by_id=by_id, afterwards=afterwards)


def settle(ticket_id: int, kind: str, become: Become, *, by: Person) -> None:
    """Let a draft go that was sent, as `sent` does."""
    with transaction() as afterwards:
        sent(ticket_id, kind, become, by_id=by.id, afterwards=afterwards)


def _tell(ticket_id: int, by_id: int, afterwards: Afterwards) -> None:
    signal = live.Signal(id=0, kind="draft", ticket=ticket_id, agents=(by_id,))
    afterwards.append(lambda: live.publish(signal))
