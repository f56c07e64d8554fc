"""Taking single messages of a customer out of a conversation, because they are about something else, and back.

Each time a new conversation on the same channel begins, to the same address. What the messages ask for goes with them
untouched, and what we answered stays where it was said. Whoever answers one of them later writes where it lies now;
what a platform says of the thread itself goes on in the old conversation.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, or_, select, update

from app.access import Person
from app.db import Afterwards, db, once_more, transaction
from app.desk import joining, matter_moves, suggestions
from app.desk.writing import HOLD, badges, record, recount
from app.errors import NotFound, Refused
from app.models import (
    Call,
    Conversation,
    Direction,
    Draft,
    Message,
    MessageClass,
    MessageKind,
    Obligation,
    Promise,
    Reference,
    Release,
    Ticket,
    TicketState,
)

MOST = 200
"""Messages taken out at once."""


@once_more
def split(message_ids: Collection[int], *, into: int | None = None, by: Person, at: datetime) -> int:
    """Take messages of one conversation out of it and return the number of the ticket they lie under then.

    `into`: that ticket; None opens one. Raises `Refused` for what is no message of the customer, for messages of
    several conversations, and where none of theirs would stay behind.
    """
    with transaction() as afterwards:
        old = _conversation_of(message_ids)
        source, target = _hold(old.ticket_id, into)
        before = (*badges(source), *(badges(target) if target else ()))
        chosen = _chosen(old, message_ids)
        is_new = target is None
        target = target or joining.begin_beside(source, subject=chosen[0].subject, at=at)
        new = _begin(old, target, at=at)
        _move(chosen, source=old, to=new)
        if is_new:
            target.closed_at = None
        joining.reopen_for(target, afterwards=afterwards, by=by, at=at)
        suggestions.apart(source.id, target.id, by=by, at=at)
        names: dict[str, Any] = {"messages": [each.id for each in chosen], "conversation": new.id, "is_new": is_new}
        names |= {"ticket": target.id, "from": source.id, "out_of": old.id}
        _renew(source, target, at=at)
        names |= matter_moves.split(source, target, names["messages"], at=at)
        _done("split", source, target, names, by=by, at=at, afterwards=afterwards)
        recount(before, (*badges(source), *badges(target)))
        return target.id


def _conversation_of(message_ids: Collection[int]) -> Conversation:
    found = db.session.scalars(
        select(Message.conversation_id).where(Message.id.in_(list(message_ids)[: MOST + 1])).distinct()
    ).all()
    if not found:
        raise Refused("Bitte wählen Sie mindestens eine Nachricht.", field="messages")
    if len(found) > 1 or len(message_ids) > MOST:
        raise Refused("Bitte wählen Sie Nachrichten eines Gesprächsfadens.", field="messages")
    return db.session.get_one(Conversation, found[0], populate_existing=True)


def _hold(source_id: int, into: int | None) -> tuple[Ticket, Ticket | None]:
    """Hold both in the order of their numbers."""
    if into == source_id:
        raise Refused("Die Nachricht liegt schon in diesem Anliegen.", field="into")
    wanted = sorted({source_id, *([into] if into else [])})
    rows = {id_: db.session.get(Ticket, id_, with_for_update=HOLD, populate_existing=True) for id_ in wanted}
    source, target = rows[source_id], rows[into] if into else None
    if source is None or (into and target is None):
        raise NotFound("Anliegen %(number)s gibt es nicht.", number=into or source_id)
    if target is not None and target.state is TicketState.JOINED:
        raise Refused("Dieses Anliegen ist mit einem anderen verbunden.", field="into")
    return source, target


def _chosen(old: Conversation, message_ids: Collection[int]) -> Sequence[Message]:
    """Return the messages; what is not the customer's own word cannot be taken out, and something has to stay."""
    theirs = (Message.direction == Direction.IN) & (Message.message_class == MessageClass.CONTACT)
    own = select(Message).where(Message.conversation_id == old.id, theirs, Message.kind != MessageKind.CALL)
    rows = db.session.scalars(own.order_by(Message.sent_at, Message.id)).all()
    chosen = [each for each in rows if each.id in set(message_ids)]
    if len(chosen) != len(set(message_ids)):
        raise Refused("Herauslösen lassen sich nur Nachrichten der Kundschaft.", field="messages")
    if len(chosen) == len(rows):
        raise Refused("Mindestens eine Nachricht der Kundschaft muss im Gesprächsfaden bleiben.", field="messages")
    return chosen


def _begin(old: Conversation, target: Ticket, *, at: datetime) -> Conversation:
    """Begin the conversation that the messages go to; without the platform's key, so that its thread goes on there."""
    new = Conversation(
        ticket_id=target.id,
        home_ticket_id=target.id,
        channel_id=old.channel_id,
        identity_id=old.identity_id,
        split_from_id=old.id,
        external_key="",
        subject=old.subject,
        is_public=old.is_public,
        heard_at=old.heard_at,
        details=dict(old.details),
        created_at=at,
    )
    db.session.add(new)
    db.session.flush()
    return new


def _move(messages: Sequence[Message], *, source: Conversation, to: Conversation) -> None:
    """Let messages lie in another conversation, with what is owed on them and the numbers that were read in them."""
    ids = [message.id for message in messages]
    for message in messages:
        heard_in = message.home_conversation_id or source.id
        message.conversation_id, message.home_conversation_id = to.id, None if heard_in == to.id else heard_in
    db.session.flush()
    for row in (Obligation, Reference):
        moving = update(row).where(row.message_id.in_(ids), row.conversation_id == source.id)
        if row is Reference:
            taken = select(Reference.value).where(Reference.conversation_id == to.id)
            moving = moving.where(Reference.value.not_in(taken))
        db.session.execute(moving.values(conversation_id=to.id), execution_options={"synchronize_session": "fetch"})


def _renew(source: Ticket, target: Ticket, *, at: datetime) -> None:
    source.updated_at = target.updated_at = at
    for ticket in (source, target):
        joining.renew(ticket)


def _done(
    kind: str,
    source: Ticket,
    target: Ticket,
    names: dict[str, Any],
    *,
    by: Person,
    at: datetime,
    afterwards: Afterwards,
) -> None:
    record(kind, ticket_id=source.id, at=at, actor_id=by.id, afterwards=afterwards, **names)
    record(f"{kind}_away", ticket_id=target.id, at=at, actor_id=by.id, afterwards=afterwards, **names)


@once_more
def unsplit(conversation_id: int, *, by: Person, at: datetime) -> int:
    """Put the messages back where they were taken out, and return the number of the ticket they lie under then.

    A ticket that was opened for them is joined to it, with whatever was said there since.
    """
    with transaction() as afterwards:
        new = db.session.get(Conversation, conversation_id, populate_existing=True)
        if new is None or new.split_from_id is None:
            raise Refused("Dieser Gesprächsfaden wurde aus keinem anderen herausgelöst.")
        old = db.session.get_one(Conversation, new.split_from_id, populate_existing=True)
        if old.ticket_id == new.ticket_id:
            here = db.session.get_one(Ticket, old.ticket_id, with_for_update=HOLD)
            source = target = here
        else:
            found, other = _hold(old.ticket_id, new.ticket_id)
            source, target = found, other or found
        before = _badges(source, target)
        back = _to_go_back(new)
        _move(back, source=new, to=old)
        joining.reopen_for(source, afterwards=afterwards, by=by, at=at)
        names: dict[str, Any] = {"messages": [each.id for each in back], "conversation": old.id}
        names |= {"ticket": target.id, "from": source.id, "into": source.id, "out_of": new.id}
        home_id = new.home_ticket_id
        _forget(new)
        _renew(source, target, at=at)
        matter_moves.unsplit(source, target, conversation_id, home_id, at=at)
        _done("unsplit", source, target, names, by=by, at=at, afterwards=afterwards)
        if target is not source and home_id == target.id and _is_left(target.id, without=conversation_id):
            joining.absorb(target, source, by=by, at=at, afterwards=afterwards)
        recount(before, _badges(source, target))
        return source.id


def _badges(source: Ticket, target: Ticket) -> tuple[str, ...]:
    return (*badges(source), *(badges(target) if target is not source else ()))


def _to_go_back(new: Conversation) -> Sequence[Message]:
    """Return what came from there; what was written here since has no other place."""
    came = select(Message).where(Message.conversation_id == new.id, Message.home_conversation_id.is_not(None))
    back = db.session.scalars(came.order_by(Message.sent_at, Message.id)).all()
    if not back:
        raise Refused("Diese Nachrichten sind schon wieder, wo sie waren.")
    return back


def _is_left(ticket_id: int, *, without: int) -> bool:
    """Say whether nothing but that conversation lies on the ticket."""
    others = select(func.count(Conversation.id)).where(Conversation.ticket_id == ticket_id, Conversation.id != without)
    return not db.session.scalar(others)


def _forget(conversation: Conversation) -> None:
    """Remove a conversation that nothing was ever said in."""
    db.session.flush()
    here = [row.conversation_id == conversation.id for row in (Message, Promise, Call, Release, Obligation)]
    rests = [exists().where(condition) for condition in here]
    came_from = (Conversation.split_from_id == conversation.id, Message.home_conversation_id == conversation.id)
    if db.session.scalar(select(or_(*rests, *(exists().where(condition) for condition in came_from)))):
        return
    db.session.execute(update(Draft).where(Draft.conversation_id == conversation.id).values(conversation_id=None))
    db.session.execute(delete(Reference).where(Reference.conversation_id == conversation.id))
    db.session.delete(conversation)
    db.session.flush()
