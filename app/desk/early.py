"""Applying what was heard too early, once the message or the conversation it waited for is there."""

from __future__ import annotations

from datetime import datetime

from app.db import once_more, transaction
from app.desk import aside, changes, echoes, progress, signals
from app.desk.cases import case_of
from channels.contract import Change, Contact, Progress


def catch_up_on(channel_id: int, *, about: str, conversation_key: str, at: datetime) -> None:
    """Apply whatever waited for this message or its conversation; call it when the message's commit stands."""
    for early_id in aside.waiting_for(channel_id, about=about, conversation_key=conversation_key):
        take_up(early_id, at=at)


def catch_up(*, at: datetime) -> None:
    """Do the same for all messages: of two that came in one moment neither may have seen the other."""
    for early_id in aside.ready():
        take_up(early_id, at=at)


@once_more
def take_up(early_id: int, *, at: datetime) -> None:
    """Apply one thing that waited; it waits on if what it is about is still not there."""
    with transaction() as afterwards:
        taken = aside.taken(early_id)
        if taken is None:
            return
        heard, channel_id = taken.heard, taken.channel_id
        if isinstance(heard, Contact):
            echoes.file_own(case_of(heard, channel_id=channel_id, at=at, afterwards=afterwards))
        elif isinstance(heard, Change):
            changes.write(heard, channel_id=channel_id, at=at, afterwards=afterwards)
        elif isinstance(heard, Progress):
            progress.write(heard, channel_id=channel_id, at=at, afterwards=afterwards)
        else:
            signals.write(heard, channel_id=channel_id, at=at, afterwards=afterwards)
        aside.keep_age(taken, at=at)
