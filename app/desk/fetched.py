"""Writing down what an errand brought: a name, a post, a file, a comment that is hidden now; or nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from app.db import Afterwards, db, once_more, transaction
from app.desk import belongings, errands
from app.desk.errands import Task
from app.desk.outbox import Enclosure
from app.desk.writing import held_for, record
from app.models import Attachment, Conversation, ErrandKind, Message, Ticket
from channels.contract import Handle, Parent

GONE = "Die Datei ist nicht mehr abrufbar."


@once_more
def named(task: Task, handle: Handle | None, *, at: datetime) -> None:
    """Give a person the name the platform told, None if it tells none; their messages without an author get it, too."""
    with transaction() as afterwards:
        if not errands.finish(task.id):
            return
        if handle is None or not handle.name:
            _compare_without_name(task.subject_id, at=at, afterwards=afterwards)
            return
        tickets = set(belongings.name(task.subject_id, handle))
        db.session.execute(
            update(Message)
            .where(
                Message.conversation_id.in_(select(Conversation.id).where(Conversation.identity_id == task.subject_id)),
                Message.author_address == handle.value[:254],
                Message.author_name == "",
            )
            .values(author_name=handle.name[:200])
        )
        # Compared while nobody knew the name, they may have found nobody.
        db.session.execute(update(Ticket).where(Ticket.id.in_(tickets)).values(compared_at=None))
        for ticket_id in sorted(tickets):
            record("completed", ticket_id=ticket_id, at=at, afterwards=afterwards)


@once_more
def parent_found(task: Task, parent: Parent | None, *, at: datetime) -> None:
    """Keep the post a message answers with that message; None says that it is gone."""
    with transaction() as afterwards:
        ticket = held_for(task.subject_id)
        if not errands.finish(task.id):
            return
        message = db.session.get_one(Message, task.subject_id)
        before = message.details.get("parent", {})
        after = belongings.parent_facts(parent) if parent else {**before, "is_gone": True}
        message.details = {**message.details, "parent": after}
        record("completed", ticket_id=ticket.id, at=at, message_id=message.id, afterwards=afterwards)


def nothing_to_do(task: Task) -> None:
    """Close an errand on a platform that cannot be asked for such."""
    with transaction():
        errands.finish(task.id)


@once_more
def file_fetched(task: Task, file: Enclosure | None, *, at: datetime) -> None:
    """Complete an attachment whose bytes are in the blob store now; None says that the platform has it no more."""
    with transaction() as afterwards:
        if not errands.finish(task.id):
            return
        attachment = db.session.get(Attachment, task.subject_id)
        if attachment is None:
            return
        if file is None:
            attachment.fault_words = GONE
        else:
            attachment.digest, attachment.size, attachment.fault_words = file.digest, file.size, ""
            attachment.name = attachment.name or file.name[:255]
            attachment.type = file.type[:127] or attachment.type
        _tell(attachment.message_id, at=at, afterwards=afterwards)


@once_more
def moderated(task: Task, *, at: datetime) -> None:
    """The platform has hidden a comment, or shows it again."""
    with transaction() as afterwards:
        ticket = held_for(task.subject_id)
        if not errands.finish(task.id):
            return
        message = db.session.get_one(Message, task.subject_id)
        is_hidden = task.kind is ErrandKind.HIDE
        if not is_hidden:
            _forget_wish(message)
            message.details = {**message.details, "shown_at": at.isoformat()}
        if (message.hidden_at is not None) is not is_hidden:
            message.hidden_at = at if is_hidden else None
            kind = "hidden" if is_hidden else "shown"
            record(kind, ticket_id=ticket.id, at=at, message_id=message.id, afterwards=afterwards)


@once_more
def gave_up(task: Task, *, words: str, is_permanent: bool, at: datetime) -> None:
    """Write down why an errand did not work; where it will not be tried again, whoever waits for it is told."""
    with transaction() as afterwards:
        is_moderation = task.kind in errands.REPEATABLE
        ticket = held_for(task.subject_id) if is_moderation else None
        if not errands.put_off(task.id, words=words, is_permanent=is_permanent, at=at):
            return
        if ticket is not None:
            _forget_wish(db.session.get_one(Message, task.subject_id))
            record(
                "not_hidden",
                ticket_id=ticket.id,
                at=at,
                message_id=task.subject_id,
                afterwards=afterwards,
                words=words[:500],
            )
        elif task.kind is ErrandKind.PROFILE:
            _compare_without_name(task.subject_id, at=at, afterwards=afterwards)
        elif task.kind is ErrandKind.MEDIA:
            attachment = db.session.get_one(Attachment, task.subject_id)
            attachment.fault_words = f"Die Datei ließ sich nicht abrufen: {words}"[:300]
            _tell(attachment.message_id, at=at, afterwards=afterwards)


def _compare_without_name(identity_id: int, *, at: datetime, afterwards: Afterwards) -> None:
    """Have the tickets of somebody who stays without a name compared once more: until now it was waited for."""
    theirs = set(db.session.scalars(select(Conversation.ticket_id).where(Conversation.identity_id == identity_id)))
    db.session.execute(update(Ticket).where(Ticket.id.in_(theirs)).values(compared_at=None))
    for ticket_id in sorted(theirs):
        record("completed", ticket_id=ticket_id, at=at, afterwards=afterwards)


def _forget_wish(message: Message) -> None:
    message.details = {key: value for key, value in message.details.items() if key != "hiding"}


def _tell(message_id: int, *, at: datetime, afterwards: Afterwards) -> None:
    """Have the pages that show a message show it anew."""
    ticket_id = db.session.scalars(
        select(Conversation.ticket_id)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Message.id == message_id)
    ).one()
    record("completed", ticket_id=ticket_id, at=at, message_id=message_id, afterwards=afterwards)
