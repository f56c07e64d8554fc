"""The guard against machines that do not say what they are and answer everything they hear."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

LOOK_BACK = timedelta(minutes=10)
LIMIT = 10
"""Contacts from one address within `LOOK_BACK` that a person may write: a mail a minute. Two automatic
answerers reach it within seconds; a chat, where people write line by line, needs a higher one."""


def is_loop(earlier_sent_at: Iterable[datetime], *, sent_at: datetime, limit: int = LIMIT) -> bool:
    """Tell whether a contact is one too many from its address, so that it is to be treated as automatic.

    The instants are those of sending, not of hearing: an imported archive is no loop. Only those within
    `LOOK_BACK` of `sent_at` count, so it is enough to ask for the newest `limit` ones.
    """
    near = sum(timedelta(0) <= sent_at - earlier <= LOOK_BACK for earlier in earlier_sent_at)
    return near >= limit
