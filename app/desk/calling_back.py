"""Calling an answer back before it has left: everything is as it was, and its text is a draft again.

For the clocks it is an answer that did not reach its customer, so replay knows it already; what else answering had
brought about is taken back where nobody has changed it since.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from app.access import Person
from app.db import Afterwards, db, once_more, transaction
from app.desk import (
    bounces,
    clocks,
    draft_files,
    drafts,
    handovers,
    matter_clocks,
    outbox,
    participation,
    public_lines,
    status,
)
from app.desk.delivery import CALLED_BACK
from app.desk.writing import badges, held_for, record, recount
from app.errors import Refused
from app.models import (
    Attachment,
    Conversation,
    Event,
    Handover,
    HandoverState,
    Message,
    MessageState,
    Promise,
    Ticket,
    TicketState,
)

BEFORE = "before"
"""Key in the details of an answer that may be called back: how its ticket stood."""


def standing(ticket: Ticket) -> dict[str, Any]:
    """Return what an answer may change of its ticket besides clocks, as its details keep it."""
    return {
        BEFORE: {
            "assignee": ticket.assignee_id,
            "asked": ticket.asked_team_id,
            "updated_at": ticket.updated_at.isoformat(),
            "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else "",
            "resolved_at": ticket.resolved_at.isoformat() if ticket.resolved_at else "",
        }
    }


@once_more
def call_back(message_id: int, *, opens_again: bool = False, by: Person, at: datetime) -> int:
    """Take an answer back that nobody has begun to send, with all that its author sent in the same act.

    `opens_again`: the ticket was resolved with it and is not any more. Returns the ticket's id. Raises `Refused` with
    the code `gone` once one of them is on its way, `not_author` for anybody else's.
    """
    with transaction() as afterwards:
        ticket = held_for(message_id)
        message = db.session.get_one(Message, message_id)
        if message.author_id != by.id:
            raise Refused("Zurückholen kann eine Antwort nur, wer sie geschrieben hat.", code="not_author")
        if opens_again and ticket.state is TicketState.RESOLVED and ticket.closed_at is not None:
            status.open_again(ticket, ticket.closed_at, by=by, at=at, afterwards=afterwards)
        together = _together(message, ticket)
        _stop(together)
        _unsay(ticket, message, together, by=by, at=at, afterwards=afterwards)
        _draft(ticket, together, by=by, at=at, afterwards=afterwards)
    return ticket.id


def _together(message: Message, ticket: Ticket) -> Sequence[Message]:
    """Return what was sent in one act: one author's messages of one instant on one ticket, the first one first."""
    return db.session.scalars(
        select(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.ticket_id == ticket.id,
            Message.author_id == message.author_id,
            Message.stored_at == message.stored_at,
            Message.leaves_at.is_not(None),
        )
        .order_by(Message.id)
    ).all() or [message]


def _stop(messages: Sequence[Message]) -> None:
    """Let the database decide whether a worker was faster."""
    ids = [each.id for each in messages]
    stopped = db.session.scalars(
        update(Message)
        .where(Message.id.in_(ids), Message.state == MessageState.QUEUED, Message.claimed_at.is_(None))
        .values(state=MessageState.FAILED, fault=CALLED_BACK, fault_words="", retry_at=None)
        .returning(Message.id)
    ).all()
    if len(stopped) < len(ids):
        raise Refused("Diese Antwort ist schon hinausgegangen und lässt sich nicht mehr zurückholen.", code="gone")
    for message in messages:
        db.session.refresh(message)


def _unsay(
    ticket: Ticket, message: Message, together: Sequence[Message], *, by: Person, at: datetime, afterwards: Afterwards
) -> None:
    before = together[0].details.get(BEFORE) or {}
    is_newest_act = ticket.updated_at == message.stored_at
    counted = badges(ticket)
    for each in together:
        bounces.owe_again(each.id, ticket=ticket)
    is_closed_again = _is_closed_again(ticket, before, together)
    if is_closed_again:
        ticket.state, ticket.closed_at = TicketState.RESOLVED, datetime.fromisoformat(before["closed_at"])
        ticket.resolved_at = datetime.fromisoformat(before["resolved_at"]) if before["resolved_at"] else None
    participation.unsaid(ticket, by_id=by.id, at=message.stored_at)
    _hand_back(ticket, message, before, by=by, at=at, afterwards=afterwards)
    if before and before["assignee"] is None and ticket.assignee_id == by.id and not _was_assigned(ticket, together):
        ticket.assignee_id = None
    if before and is_newest_act:
        ticket.updated_at = datetime.fromisoformat(before["updated_at"])
    db.session.flush()
    clocks.renew(ticket)
    matter_clocks.follow(ticket, at=ticket.answered_at or ticket.updated_at, is_taken_back=True)
    names: dict[str, Any] = {"ticket_id": ticket.id, "at": at, "actor_id": by.id, "afterwards": afterwards}
    for each in together:
        record("called_back", message_id=each.id, closes=is_closed_again, **names)
    recount(counted, badges(ticket))


def _is_closed_again(ticket: Ticket, before: dict[str, Any], together: Sequence[Message]) -> bool:
    """Say whether the answer's promise had opened a resolved ticket, and nothing else has happened on it since."""
    if not before.get("closed_at") or ticket.closed_at is not None:
        return False
    first = _place(together)
    others = select(func.count(Event.id)).where(
        Event.ticket_id == ticket.id,
        Event.id > first,
        Event.message_id.is_(None) | Event.message_id.not_in([each.id for each in together]),
        Event.kind != "reopened",
    )
    return not db.session.scalar(others)


def _place(together: Sequence[Message]) -> int:
    """Return the event that the answer began with."""
    return db.session.scalars(
        select(func.min(Event.id)).where(Event.message_id.in_([each.id for each in together]))
    ).one()


def _was_assigned(ticket: Ticket, together: Sequence[Message]) -> bool:
    """Say whether somebody gave the ticket to somebody since."""
    later = select(Event.id).where(Event.ticket_id == ticket.id, Event.id > _place(together), Event.kind == "assigned")
    return db.session.scalars(later.limit(1)).first() is not None


def _hand_back(
    ticket: Ticket, message: Message, before: dict[str, Any], *, by: Person, at: datetime, afterwards: Afterwards
) -> None:
    """A hand-over that was accepted by answering waits for its answer again."""
    if not before.get("asked") or ticket.asked_team_id is not None:
        return
    handover = db.session.scalars(
        select(Handover).where(
            Handover.ticket_id == ticket.id,
            Handover.state == HandoverState.ACCEPTED,
            Handover.answered_by_id == by.id,
            Handover.answered_at == message.stored_at,
        )
    ).first()
    if handover is not None and ticket.team_id == handover.to_team_id and ticket.closed_at is None:
        handovers.ask_again(ticket, handover, by=by, at=at, afterwards=afterwards)


def _draft(ticket: Ticket, together: Sequence[Message], *, by: Person, at: datetime, afterwards: Afterwards) -> None:
    """Let all that was sent stand in the composer again, before what its author has begun to write since."""
    message = together[0]
    begun = drafts.of(ticket.id, "reply", by_id=by.id)
    later = begun.text.strip() if begun else ""
    # What was meant for everybody may stand in a private draft, but never the other way round.
    private = begun if begun is not None and message.is_public and not begun.is_public else None
    seen_id = db.session.scalar(
        select(func.max(Message.id))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.ticket_id == ticket.id)
    )
    drafts.put(
        ticket.id,
        "reply",
        drafts.Begun(
            text=f"{message.text}\n\n{later}" if later and later != message.text else message.text,
            conversation_id=private.conversation_id if private else _way_of(message),
            is_public=message.is_public and private is None,
            seen_id=seen_id,
            details=dict(private.details) if private else _form(message, together[1:]),
        ),
        by_id=by.id,
        at=at,
        afterwards=afterwards,
    )
    draft_files.take_in(ticket.id, _files(message), by_id=by.id, at=at)


def _way_of(message: Message) -> int:
    """Return the conversation its author was answering in: a private answer to a public contact began below that."""
    if message.is_public or message.answers_id is None:
        return message.conversation_id
    answered = db.session.get_one(Conversation, db.session.get_one(Message, message.answers_id).conversation_id)
    return answered.id if answered.is_public else message.conversation_id


def _form(message: Message, further: Sequence[Message]) -> dict[str, Any]:
    """Return what else stood in the form: weight and promise, the further ways, and whether a public line follows."""
    promise = db.session.scalars(select(Promise).where(Promise.message_id == message.id)).first()
    details: dict[str, Any] = {
        "class": message.message_class.value,
        "also": [f"c{each.conversation_id}" for each in further],
        "line": public_lines.LINE in message.details,
    }
    if promise is not None:
        details |= {"promise": promise.due_at.isoformat(), "promise_text": promise.text}
    return details


def _files(message: Message) -> list[outbox.Enclosure]:
    rows = db.session.scalars(select(Attachment).where(Attachment.message_id == message.id).order_by(Attachment.id))
    return [outbox.Enclosure(name=row.name, type=row.type, size=row.size, digest=row.digest) for row in rows]
