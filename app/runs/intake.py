"""The way of raw input to its ticket, the same for the listener, an imported file and a second attempt.

Bytes first, in one commit with the channel's cursor, and from then on nothing can be lost: each envelope is understood
by its connector and filed, or parked with the reason.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from app import blobs
from app.db import db
from app.desk import envelopes
from app.desk.envelopes import Arrival, Stored
from app.desk.intake import Filed
from app.errors import NotFound
from app.models import Channel, Envelope
from app.runs import astray
from app.runs.connectors import connector_of
from app.runs.placing import NotFiled, Origin, place, store
from app.runs.rounds import cause, one_round
from app.seal import SealBroken
from channels.contract import Connector, Contact, Heard, Raw, Signal, Unreadable
from channels.registry import UnknownKind

log = logging.getLogger(__name__)
MOST_IN_ROW = 64_000
"""Bytes of a platform's call up to which it lies in its row: one commit, and no file of its own to sync."""
AWAY = (OperationalError, InterfaceError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What became of an envelope: parked where there is a `reason`.

    `filed` is its last message, None where it was parked or held no message.
    """

    filed: Filed | None
    contact: Contact | None = None
    reason: str = ""


def take_in(channel_id: int, raws: Sequence[Raw], *, is_call: bool = False, at: datetime) -> list[Stored]:
    """Keep raw input and move the channel's cursor behind it; after this the other side may forget it.

    `is_call` keeps it as the calls of a platform are kept.
    """
    kept = arrival if is_call else _in_store
    arrivals = [kept(raw.content, source=raw.source) for raw in raws]
    cursors = [raw.cursor for raw in raws if raw.cursor is not None]
    return envelopes.store(channel_id, arrivals, at=at, cursor=cursors[-1] if cursors else None)


def arrival(content: bytes, *, source: str) -> Arrival:
    """Return what a platform told us as its envelope keeps it: what is small in the row, the rest in the blob store."""
    if len(content) > MOST_IN_ROW:
        return _in_store(content, source=source)
    return Arrival(digest=hashlib.sha256(content).hexdigest(), size=len(content), source=source, content=content)


def _in_store(content: bytes, *, source: str) -> Arrival:
    return Arrival(digest=store().put(content), size=len(content), source=source)


def file_envelope(envelope_id: int, *, raw: bytes | None = None, at: datetime) -> Filed | None:
    """File one envelope; None if it was parked or held no message. Safe to repeat: what is filed is found again.

    `raw` spares a look into the blob store. Raises `OperationalError` while the database is away: the envelope
    stays as it is and is found by the next sweep.
    """
    return understand(envelope_id, raw=raw, at=at).filed


def understand(envelope_id: int, *, raw: bytes | None = None, at: datetime) -> Understood:
    """Do as `file_envelope`, and tell also what the connector understood, or why the envelope was parked."""
    found = db.session.execute(
        select(Channel, Envelope.digest, Envelope.received_at, Envelope.content)
        .join(Envelope, Envelope.channel_id == Channel.id)
        .where(Envelope.id == envelope_id)
    ).one()
    channel, digest, received_at, content = found
    db.session.expunge(channel)
    return _understood(_Case(envelope_id, digest, received_at), channel, raw=content if raw is None else raw, at=at)


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
    found = db.session.execute(select(Envelope.digest, Envelope.content).where(Envelope.id == envelope_id)).first()
    if found is None:
        raise NotFound("Diesen Eingang gibt es nicht.")
    if found.content is not None:
        return bytes(found.content)
    try:
        return store().get(found.digest)
    except blobs.BlobMissing as error:
        raise NotFound("Die Rohdaten dieses Eingangs fehlen im Speicher.") from error


class _Case(NamedTuple):
    """An envelope by value, for the verbs forget every row that was read before them; the channel is set free."""

    id: int
    digest: str
    received_at: datetime


def _understood(envelope: _Case, channel: Channel, *, raw: bytes | None, at: datetime) -> Understood:
    values: list[Heard] = []
    try:
        connector, content = _connector(channel), _bytes(envelope) if raw is None else raw
        values = _parsed(connector, envelope, content)
        if any(isinstance(value, Signal) for value in values):
            told = arrival(content, source=f"Webhook von „{channel.name}“")
            values = astray.passed_on(values, channel, connector, arrival=told, at=at)
        filed = _filed(values, envelope, channel.id, at=at)
    except NotFiled as refusal:
        envelopes.park(envelope.id, reason=str(refusal), at=at)
        log.info("envelope %s is parked: %s", envelope.id, refusal)
        return Understood(filed=None, contact=_message_in(values), reason=str(refusal))
    return Understood(filed=filed, contact=_message_in(values))


def _message_in(values: Sequence[Heard]) -> Contact | None:
    return next((value for value in values if isinstance(value, Contact)), None)


def _bytes(envelope: _Case) -> bytes:
    try:
        return store().get(envelope.digest)
    except blobs.BlobMissing as error:
        raise NotFiled(f"Die Rohdaten fehlen im Speicher ({envelope.digest[:12]}…).") from error


def _connector(channel: Channel) -> Connector:
    try:
        return connector_of(channel)
    except (UnknownKind, SealBroken, ValueError) as error:
        raise NotFiled(f"Der Kanal „{channel.name}“ ist falsch eingestellt: {error}") from error


def _parsed(connector: Connector, envelope: _Case, raw: bytes) -> list[Heard]:
    values: list[Heard] = []
    try:
        # Whatever else a parser trips over concerns this one message only.
        with one_round(f"reading envelope {envelope.id}", passes=Unreadable) as reading:
            values = list(connector.parse(raw, received_at=envelope.received_at))
    except Unreadable as error:
        raise NotFiled(str(error) or "Das ist nicht zu lesen.") from error
    if reading.error:
        fault = type(reading.error).__name__
        raise NotFiled(f"Beim Lesen ist ein Fehler aufgetreten: {fault}: {cause(reading.error)}") from reading.error
    return values


def _filed(values: Sequence[Heard], envelope: _Case, channel_id: int, *, at: datetime) -> Filed | None:
    """File each value by itself, and close the envelope with the last one; raises `NotFiled` if one has failed."""
    origin = Origin(channel_id=channel_id, envelope_id=envelope.id, digest=envelope.digest)
    if len(values) == 1 and isinstance(values[0], Contact):
        return place(values[0], origin, closes=True, at=at)
    filed: Filed | None = None
    reasons: list[str] = []
    for value in values:
        try:
            filed = _alone(value, origin, at=at) or filed
        except NotFiled as refusal:
            reasons.append(str(refusal))
    if reasons:
        raise NotFiled(f"{len(reasons)} von {len(values)} Einträgen ließen sich nicht ablegen: {reasons[0]}")
    envelopes.close(envelope.id, at=at)
    return filed


def _alone(value: Heard, origin: Origin, *, at: datetime) -> Filed | None:
    """File one value of several: whatever it trips over, the others shall be filed."""
    filed: Filed | None = None
    with one_round(f"filing a part of envelope {origin.envelope_id}", passes=(NotFiled, *AWAY)) as filing:
        filed = place(value, origin, closes=False, at=at)
    if filing.error:
        raise NotFiled(f"Beim Ablegen ist ein Fehler aufgetreten: {filing.words}")
    return filed
