"""What happened to messages afterwards: edited, taken back, hidden, reacted to. None of it makes a message vanish.

A removed message of a customer keeps its obligation: that somebody took their words back is no answer to them, and a
person decides whether anything is left to say.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db import Afterwards, db, once_more, transaction
from app.desk import aside, traces
from app.desk.cases import preview
from app.desk.writing import held_for, record
from app.models import Conversation, Identity, Message, Reaction, Revision, Ticket
from channels.contract import Change, ChangeType, Contact


@once_more
def apply(change: Change, *, channel_id: int, at: datetime) -> None:
    """Write down what happened to a message; a repeated report changes nothing.

    Platforms do not keep the order: where the message is not here yet, its change waits for it.
    """
    with transaction() as afterwards:
        if traces.is_new(change.external_id, channel_id=channel_id, at=at):
            write(change, channel_id=channel_id, at=at, afterwards=afterwards)


def write(change: Change, *, channel_id: int, at: datetime, afterwards: Afterwards) -> None:
    """Do so inside the caller's transaction, whether or not it was reported before."""
    message_id = db.session.scalar(
        select(Message.id).where(Message.channel_id == channel_id, Message.external_id == change.about[:500])
    )
    if message_id is None:
        aside.keep(change, channel_id=channel_id, about=change.about, at=at)
        return
    ticket = held_for(message_id)
    message = db.session.get_one(Message, message_id)
    kind = _WRITERS[change.type](change, message, ticket)
    if kind:
        ticket.updated_at = at
        details: dict[str, Any] = {"who": change.sender.name if change.sender else ""}
        if kind == "reacted":
            details["emoji"] = change.text[:64]
        record(kind, ticket_id=ticket.id, at=at, message_id=message_id, afterwards=afterwards, **details)


def _edit(change: Change, message: Message, ticket: Ticket) -> str:
    """Keep both texts; of two edits that came in the wrong order the later one by the platform's time stands."""
    if message.edited_at and change.sent_at < message.edited_at:
        return _edit_before(change, message)
    if change.text == message.text:
        if message.details.get("is_edited") and not message.edited_at:
            message.edited_at = change.sent_at
        return ""
    db.session.add(Revision(message_id=message.id, text=message.text, until=change.sent_at))
    if ticket.preview == preview(message.text) and ticket.preview_at == message.sent_at:
        ticket.preview = preview(change.text)
    message.text, message.edited_at = change.text, change.sent_at
    return "edited"


def _edit_before(change: Change, message: Message) -> str:
    """Put the text of an edit between those that stand already."""
    following = db.session.scalars(
        select(Revision)
        .where(Revision.message_id == message.id, Revision.until > change.sent_at)
        .order_by(Revision.until)
        .limit(1)
    ).first()
    if following is None or following.text == change.text:
        return ""
    db.session.add(Revision(message_id=message.id, text=following.text, until=change.sent_at))
    following.text = change.text
    return "edited"


def put_before(contact: Contact, message_id: int, *, at: datetime, afterwards: Afterwards) -> None:
    """Keep the first text of a message that was heard in a later version before, inside the caller's transaction."""
    message = db.session.get_one(Message, message_id)
    if not message.details.get("is_edited") or contact.details.get("is_edited") or contact.text == message.text:
        return
    ticket = held_for(message_id)
    later = db.session.scalars(select(Revision).where(Revision.message_id == message_id)).all()
    if contact.text in {each.text for each in later}:
        return
    # With other texts between, nobody told when the first one was replaced; it is the oldest in any case.
    until = contact.sent_at if later or message.edited_at is None else message.edited_at
    db.session.add(Revision(message_id=message_id, text=contact.text, until=until))
    who = contact.sender.name
    record("edited", ticket_id=ticket.id, at=at, message_id=message_id, afterwards=afterwards, who=who)


def _remove(change: Change, message: Message, _ticket: Ticket) -> str:
    was_known = message.removed_at is not None
    message.removed_at = min(change.sent_at, message.removed_at or change.sent_at)
    return "" if was_known else "removed"


def _hide(change: Change, message: Message, _ticket: Ticket) -> str:
    if change.sent_at.isoformat() < str(message.details.get("shown_at", "")):
        return ""
    was_hidden = message.hidden_at is not None
    message.hidden_at = max(change.sent_at, message.hidden_at or change.sent_at)
    return "" if was_hidden else "hidden"


def _show(change: Change, message: Message, _ticket: Ticket) -> str:
    if message.hidden_at is not None and change.sent_at < message.hidden_at:
        return ""
    # A hiding before it may be heard after it.
    told = change.sent_at.isoformat()
    message.details = {**message.details, "shown_at": max(told, str(message.details.get("shown_at", "")))}
    was_hidden, message.hidden_at = message.hidden_at is not None, None
    return "shown" if was_hidden else ""


def _react(change: Change, message: Message, _ticket: Ticket) -> str:
    """Let the newest sign of each person stand."""
    is_taken_back = change.type is ChangeType.UNREACTION
    author = (change.sender.value if change.sender else "")[:254]
    standing = db.session.scalars(
        select(Reaction).where(Reaction.message_id == message.id, Reaction.author_value == author)
    ).first()
    if standing and (standing.at > change.sent_at or (is_taken_back and standing.removed_at)):
        return ""
    if standing is None:
        standing = Reaction(message_id=message.id, author_value=author, emoji="")
        db.session.add(standing)
    if not is_taken_back:
        standing.emoji = change.text[:64]
    standing.at, standing.removed_at = change.sent_at, change.sent_at if is_taken_back else None
    _hear(author, message, change.sent_at)
    return "unreacted" if is_taken_back else "reacted"


def _hear(author: str, message: Message, sent_at: datetime) -> None:
    """Let a customer's sign on a private message keep the window open, as Meta does; a public one opens none."""
    conversation, value = db.session.execute(
        select(Conversation, Identity.value)
        .join(Identity, Identity.id == Conversation.identity_id)
        .where(Conversation.id == message.conversation_id)
    ).one()
    if value == author and not conversation.is_public and conversation.heard_at:
        conversation.heard_at = max(conversation.heard_at, sent_at)


_WRITERS: dict[ChangeType, Callable[[Change, Message, Ticket], str]] = {
    ChangeType.EDIT: _edit,
    ChangeType.REMOVAL: _remove,
    ChangeType.HIDING: _hide,
    ChangeType.SHOWING: _show,
    ChangeType.REACTION: _react,
    ChangeType.UNREACTION: _react,
}
"""Each writes its change and returns the kind of the event, empty where nothing is new."""
