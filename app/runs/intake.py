"""The way of raw input to its ticket, the same for the listener, an imported file and a second attempt.

Bytes into the blob store, envelopes in one commit with the channel's cursor, and from then on nothing can be lost:
each envelope is understood by its connector and filed, or parked with the reason.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError

from app import blobs
from app.db import db
from app.desk import envelopes, intake
from app.desk.accounts import account_of
from app.desk.envelopes import Arrival, Stored
from app.desk.intake import Filed
from app.desk.outbox import Enclosure
from app.errors import NotFound
from app.models import Channel, Envelope
from app.runs.rounds import cause, one_round
from app.seal import SealBroken
from channels.contract import Connector, Contact, Raw, Unreadable
from channels.registry import UnknownKind, build

log = logging.getLogger(__name__)


class NotFiled(Exception):
    """Raw input that cannot be filed for now; the text is the reason it is parked with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What became of an envelope: `filed` is None where it was parked for `reason`."""

    filed: Filed | None
    contact: Contact | None = None
    reason: str = ""


def take_in(channel_id: int, raws: Sequence[Raw], *, at: datetime) -> list[Stored]:
    """Keep raw input and move the channel's cursor behind it; after this the other side may forget it."""
    arrivals = [Arrival(digest=_store().put(raw.content), size=len(raw.content), source=raw.source) for raw in raws]
    cursors = [raw.cursor for raw in raws if raw.cursor is not None]
    return envelopes.store(channel_id, arrivals, at=at, cursor=cursors[-1] if cursors else None)


def file_envelope(envelope_id: int, *, raw: bytes | None = None, at: datetime) -> Filed | None:
    """File one envelope; None if it was parked. Safe to repeat: what is filed already is found again.

    `raw` spares a look into the blob store. Raises `OperationalError` while the database is away: the envelope
    stays as it is and is found by the next sweep.
    """
    return understand(envelope_id, raw=raw, at=at).filed


def understand(envelope_id: int, *, raw: bytes | None = None, at: datetime) -> Understood:
    """Do as `file_envelope`, and tell also what the connector understood, or why the envelope was parked."""
    found = db.session.execute(
        select(Channel, Envelope.digest, Envelope.received_at)
        .join(Envelope, Envelope.channel_id == Channel.id)
        .where(Envelope.id == envelope_id)
    ).one()
    channel, digest, received_at = found
    db.session.expunge(channel)
    return _understood(_Case(envelope_id, digest, received_at), channel, raw=raw, at=at)


def take_in_and_file(channel_id: int, raws: Sequence[Raw], *, at: datetime) -> Iterator[Understood]:
    """Take raw input in and file it piece by piece, in its order; what is left when it stops is found by the sweep."""
    stored = take_in(channel_id, raws, at=at)
    channel = db.session.get_one(Channel, channel_id)
    db.session.expunge(channel)
    for raw, envelope in zip(raws, stored, strict=True):
        if envelope.is_new:
            yield _understood(_Case(envelope.id, envelope.digest, at), channel, raw=raw.content, at=at)
        else:
            yield understand(envelope.id, raw=raw.content, at=at)


def raw_of(envelope_id: int) -> bytes:
    """Return raw input exactly as it arrived; raises `NotFound`."""
    digest = db.session.scalar(select(Envelope.digest).where(Envelope.id == envelope_id))
    if digest is None:
        raise NotFound("Diesen Eingang gibt es nicht.")
    try:
        return _store().get(digest)
    except blobs.BlobMissing as error:
        raise NotFound("Die Rohdaten dieses Eingangs fehlen im Speicher.") from error


class _Case(NamedTuple):
    """An envelope by value, for the verbs forget every row that was read before them; the channel is set free."""

    id: int
    digest: str
    received_at: datetime


def _understood(envelope: _Case, channel: Channel, *, raw: bytes | None, at: datetime) -> Understood:
    contacts: list[Contact] = []
    try:
        contacts = _parsed(_connector(channel), envelope, _bytes(envelope) if raw is None else raw)
        filed = [_filed(contact, envelope, channel.id, at=at) for contact in contacts]
    except NotFiled as refusal:
        envelopes.park(envelope.id, reason=str(refusal), at=at)
        log.info("envelope %s is parked: %s", envelope.id, refusal)
        return Understood(filed=None, contact=contacts[0] if contacts else None, reason=str(refusal))
    return Understood(filed=filed[0], contact=contacts[0])


def _store() -> blobs.Blobs:
    return blobs.at(current_app.config["FADEN"].blobs_url)


def _bytes(envelope: _Case) -> bytes:
    try:
        return _store().get(envelope.digest)
    except blobs.BlobMissing as error:
        raise NotFiled(f"Die Rohdaten fehlen im Speicher ({envelope.digest[:12]}…).") from error


def _connector(channel: Channel) -> Connector:
    try:
        return build(account_of(channel))
    except (UnknownKind, SealBroken, ValueError) as error:
        raise NotFiled(f"Der Kanal „{channel.name}“ ist falsch eingestellt: {error}") from error


def _parsed(connector: Connector, envelope: _Case, raw: bytes) -> list[Contact]:
    contacts: list[Contact] = []
    try:
        # Whatever else a parser trips over concerns this one message only.
        with one_round(f"reading envelope {envelope.id}", passes=Unreadable) as reading:
            heard = connector.parse(raw, received_at=envelope.received_at)
            contacts = [each for each in heard if isinstance(each, Contact)]
    except Unreadable as error:
        raise NotFiled(str(error) or "Das ist nicht zu lesen.") from error
    if reading.error:
        fault = type(reading.error).__name__
        raise NotFiled(f"Beim Lesen ist ein Fehler aufgetreten: {fault}: {cause(reading.error)}") from reading.error
    if not contacts:
        raise NotFiled("Darin ist keine Nachricht.")
    return contacts


def _filed(contact: Contact, envelope: _Case, channel_id: int, *, at: datetime) -> Filed:
    try:
        return intake.receive(
            contact,
            channel_id=channel_id,
            envelope_id=envelope.id,
            digest=envelope.digest,
            enclosures=_enclosures(contact),
            at=at,
        )
    except OperationalError:
        raise
    except StatementError as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        raise NotFiled(f"Die Datenbank nimmt die Nachricht nicht an: {error.orig or error}") from error
    except ValueError as error:
        raise NotFiled(f"Die Nachricht hat Werte, die nicht gehen: {error}") from error


def _enclosures(contact: Contact) -> tuple[Enclosure, ...]:
    return tuple(
        Enclosure(
            name=each.name,
            type=each.type,
            size=len(each.content),
            digest=_store().put(each.content),
            content_id=each.content_id,
            is_inline=each.is_inline,
        )
        for each in contact.attachments
    )
