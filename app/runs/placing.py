"""From a heard value to the verb that files it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError

from app import blobs
from app.desk import calls, changes, intake, progress, signals
from app.desk.intake import Filed
from app.desk.outbox import Enclosure
from app.errors import DeskError
from channels.contract import CallEvent, Change, Contact, Heard, Progress, Signal


class NotFiled(Exception):
    """Raw input that cannot be filed for now; the text is the reason it is parked with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value was heard: the channel, and the envelope by its row and by the digest of its bytes."""

    channel_id: int
    envelope_id: int
    digest: str


def place(heard: Heard, origin: Origin, *, closes: bool, at: datetime) -> Filed | None:
    """File one value in a transaction of its own; None for what is no message.

    `closes` a message's envelope in the same commit. Safe to repeat. Raises `NotFiled`, and `OperationalError` while
    the database is away.
    """
    try:
        return _placed(heard, origin, closes=closes, at=at)
    except OperationalError:
        raise
    except StatementError as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        raise NotFiled(f"Die Datenbank nimmt die Nachricht nicht an: {error.orig or error}") from error
    except ValueError as error:
        raise NotFiled(f"Die Nachricht hat Werte, die nicht gehen: {error}") from error
    except DeskError as error:
        raise NotFiled(str(error)) from error


def _placed(heard: Heard, origin: Origin, *, closes: bool, at: datetime) -> Filed | None:
    match heard:
        case Contact():
            return intake.receive(
                heard,
                channel_id=origin.channel_id,
                envelope_id=origin.envelope_id,
                digest=origin.digest,
                enclosures=_enclosures(heard),
                closes=closes,
                at=at,
            )
        case Change():
            changes.apply(heard, channel_id=origin.channel_id, at=at)
        case Progress():
            progress.apply(heard, channel_id=origin.channel_id, at=at)
        case Signal():
            signals.apply(heard, channel_id=origin.channel_id, at=at)
        case CallEvent():
            calls.hear(heard, channel_id=origin.channel_id, envelope_id=origin.envelope_id, at=at)
    return None


def store() -> blobs.Blobs:
    """Return the blob store of this application."""
    return blobs.at(current_app.config["FADEN"].blobs_url)


def _enclosures(contact: Contact) -> tuple[Enclosure, ...]:
    return tuple(
        Enclosure(
            name=each.name,
            type=each.type,
            size=len(each.content),
            digest=store().put(each.content),
            content_id=each.content_id,
            is_inline=each.is_inline,
        )
        for each in contact.attachments
    )
