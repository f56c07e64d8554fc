"""Handing one message over: claimed in one commit, sent with no transaction open, settled in another."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from app import blobs, clock
from app.config import Settings
from app.db import db
from app.desk import channels, delivery, notices, proof_links
from app.models import Channel, Message, ProblemSource
from app.runs.rounds import cause, one_round
from app.seal import SealBroken
from channels.contract import Account, Connector, DeliveryError, DeliveryFault, Outgoing, OutgoingAttachment, Sent
from channels.registry import UnknownKind, build
from channels.speaking import is_for_people_only

log = logging.getLogger(__name__)
MOST_BYTES = 35_000_000
"""Of all files of one message together; hardly a mail server takes more."""
SETTLE_WITHIN = 60.0
"""Seconds a database that went away has to come back before what was sent counts as unsure."""
SENDING = "Versand: "
"""How a problem begins that sending found."""

SLOW = 5.0
REST = 30.0
"""Seconds for which a worker leaves a channel alone whose server let it wait for nothing: others want to send, too."""

Enclosures = tuple[tuple[str, str, str], ...]
_resting_until: dict[int, float] = {}
"""By channel, in monotonic time."""


def deliver(message_id: int) -> None:
    """Send a queued message; nothing happens where another worker has it, it rests, or its channel is paused."""
    if _is_resting(_channel_of(message_id)):
        return
    try:
        parcel = delivery.claim(message_id, at=clock.now())
    except SealBroken as broken:
        # Nothing was claimed: it waits until the key is back or the secrets are entered anew.
        _report_problem(_channel_of(message_id), str(broken))
        return
    if parcel is None:
        return
    began = time.monotonic()
    try:
        sent = _handed_over(parcel.account, _with_link(message_id, parcel.outgoing), parcel.enclosures)
    except DeliveryError as error:
        refusal, at = error, clock.now()
        if time.monotonic() - began >= SLOW:
            _resting_until[parcel.account.id] = time.monotonic() + REST
        insistently(lambda: delivery.fail(message_id, refusal, at=at))
        _report_fault(parcel.account.id, refusal)
    else:
        at = clock.now()
        insistently(lambda: delivery.settle(message_id, sent, at=at))
        _report_well(parcel.account.id)


def _with_link(message_id: int, outgoing: Outgoing) -> Outgoing:
    """Put the link of a mail that asks for a proof where it belongs: the database does not hold it."""
    if not outgoing.is_automatic:
        return outgoing
    settings: Settings = current_app.config["FADEN"]
    return replace(outgoing, text=proof_links.written(message_id, outgoing.text, base_url=settings.base_url))


def notify(notification_id: int) -> None:
    """Mail a queued notification to one of us; without any mail channel it waits for one."""
    settings: Settings = current_app.config["FADEN"]
    notice = notices.claim(notification_id, base_url=settings.base_url, at=clock.now())
    if notice is None:
        return
    try:
        _handed_over(notice.account, notice.outgoing, ())
    except DeliveryError as error:
        refusal, at = error, clock.now()
        insistently(lambda: notices.fail(notification_id, refusal, at=at))
    else:
        at = clock.now()
        insistently(lambda: notices.settle(notification_id, at=at))


def _handed_over(account: Account | None, outgoing: Outgoing, enclosures: Enclosures) -> Sent:
    """Send with the connector of the account; whatever goes wrong is a `DeliveryError`, so nothing is ever stuck."""
    if account is None:
        words = "Es gibt keinen Kanal, der Mails verschicken kann."
        raise DeliveryError(DeliveryFault.UNREACHABLE, is_permanent=False, words=words)
    with one_round(f"preparing {outgoing.external_id}", passes=DeliveryError) as preparing:
        connector, packed = _connector(account), replace(outgoing, attachments=_packed(enclosures))
        _refuse_automatic(connector, packed)
        with one_round(f"sending {outgoing.external_id}", passes=DeliveryError) as sending:
            return connector.send(packed)
        # The connector should have known better; only a person can find out how far it came.
        words = f"Der Versand brach unerwartet ab: {sending.words}"
        raise DeliveryError(DeliveryFault.UNSURE, is_permanent=True, words=words)
    words = f"Die Nachricht ließ sich nicht vorbereiten: {preparing.words}"
    is_passing = isinstance(preparing.error, OSError)
    fault = DeliveryFault.UNREACHABLE if is_passing else DeliveryFault.REJECTED
    raise DeliveryError(fault, is_permanent=not is_passing, words=words)


def _refuse_automatic(connector: Connector, outgoing: Outgoing) -> None:
    """Send nothing a machine wrote where only people may still answer, and nothing of it in public."""
    if not outgoing.is_automatic or outgoing.exchange is None:
        return
    capability = connector.capability(outgoing.exchange, now=clock.now())
    if outgoing.is_public or not capability.can_private or is_for_people_only(capability, now=clock.now()):
        words = "Hier dürfen nur noch Menschen antworten, keine Automaten."
        raise DeliveryError(DeliveryFault.WINDOW_CLOSED, is_permanent=True, words=words)


def _connector(account: Account) -> Connector:
    try:
        return build(account)
    except (UnknownKind, ValueError) as error:
        words = f"Der Kanal „{account.name}“ ist falsch eingestellt: {error}"
        raise DeliveryError(DeliveryFault.UNAUTHORISED, is_permanent=True, words=words) from error


def _packed(enclosures: Enclosures) -> tuple[OutgoingAttachment, ...]:
    """Fetch the files, never more than can be sent."""
    settings: Settings = current_app.config["FADEN"]
    packed: list[OutgoingAttachment] = []
    room = MOST_BYTES
    for name, type_, digest in enclosures:
        try:
            content = blobs.at(settings.blobs_url).get(digest)
        except blobs.BlobMissing as error:
            words = f"Die Datei „{name}“ fehlt im Speicher ({digest[:12]}…)."
            raise DeliveryError(DeliveryFault.REJECTED, is_permanent=True, words=words) from error
        room -= len(content)
        if room < 0:
            words = f"Die Dateien sind zusammen größer als {MOST_BYTES // 1_000_000} MB."
            raise DeliveryError(DeliveryFault.TOO_LONG, is_permanent=True, words=words)
        packed.append(OutgoingAttachment(name=name, type=type_, content=content))
    return tuple(packed)


def insistently(write: Callable[[], None]) -> None:
    """Write down what became of a message even if the database is away for a moment."""
    until, pause = time.monotonic() + SETTLE_WITHIN, 0.2
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() > until:
                raise
            log.warning("cannot write down what became of a message, trying again: %s", cause(error))
            time.sleep(pause)
            pause = min(pause * 2, 5.0)


def _is_resting(channel_id: int | None) -> bool:
    """Say whether a message had better wait for the next sweep."""
    return channel_id is not None and _resting_until.get(channel_id, 0.0) > time.monotonic()


def _channel_of(message_id: int) -> int | None:
    return db.session.scalar(select(Message.channel_id).where(Message.id == message_id))


def _report_fault(channel_id: int, error: DeliveryError) -> None:
    if error.fault in {DeliveryFault.UNAUTHORISED, DeliveryFault.UNREACHABLE}:
        code = (error.code or error.fault.value) if error.fault is DeliveryFault.UNAUTHORISED else ""
        _report_problem(channel_id, error.words, code=code)


def _report_problem(channel_id: int | None, words: str, *, code: str = "") -> None:
    if channel_id is not None:
        source = ProblemSource.SENDING
        channels.report_problem(channel_id, words=f"{SENDING}{words}", source=source, code=code, at=clock.now())


def _report_well(channel_id: int) -> None:
    source = db.session.scalar(select(Channel.problem_source).where(Channel.id == channel_id))
    if source in {ProblemSource.SENDING, ProblemSource.POLICY}:
        channels.report_well(channel_id, source=source, at=clock.now())
