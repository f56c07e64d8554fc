"""Saying in public that we have answered in private: a line that goes out once the private answer is there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.db import Afterwards, db
from app.desk import outbox, saying
from app.models import Message, MessageClass
from channels.speaking import obstacle

LINE = "public_line"
"""Key in the details of a private answer: the line, and the public conversation below which it is to stand."""


def follow(message: Message, *, at: datetime, afterwards: Afterwards) -> None:
    """Queue the line of a private answer that has just been taken; it answers nothing, so no clock hears of it.

    Once only: it is taken from the details in the same commit. What the platform no longer takes is left out.
    """
    details = dict(message.details)
    line: dict[str, Any] | None = details.pop(LINE, None)
    if line is None:
        return
    message.details = details
    talk = saying.talk(int(line["conversation"]))
    text, heard = str(line["text"]), saying.heard(talk, message.answers_id, in_private=False)
    capability = saying.capability_of(talk.channel, talk.exchange(heard), is_public=True, at=at)
    if obstacle(capability, is_public=True, text=text, files=0, now=at):
        return
    message_id = outbox.enqueue(
        talk.channel,
        conversation_id=talk.conversation.id,
        subject=talk.conversation.subject,
        text=text,
        message_class=MessageClass.AUTO,
        is_public=True,
        answers_id=message.answers_id,
        at=at,
        afterwards=afterwards,
    )
    said = db.session.get_one(Message, message_id)
    said.author_id, said.author_name = message.author_id, message.author_name
