"""Words onto sleeping devices: which browsers want them, and each word on its way there.

queued -> sending -> sent
             |-> queued     no device took it, or the worker died: again later, under the same name, so it shows once
             '-> failed     nobody is left who wants it, or it is too old to be worth anything
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, or_, select, update

from app import seal
from app.db import database_now, db, transaction
from app.desk.postponing import claimed
from app.desk.writing import upsert
from app.errors import NotFound, Refused
from app.models import UNTOLD, Agent, Notification, NotificationState, PushSubscription, Team, Ticket, Via
from channels.webpush import NoSubscription, Subscription, encoded, public_point

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 60, 60))
"""Waiting times after faults; then it is given up: nobody is woken up for something that old."""
GOOD_FOR = timedelta(hours=4)
"""How long the push service keeps a word for a device that is switched off."""
MOST_DEVICES = 10
LONGEST_ENDPOINT = 1000
TRIED = "push_tried"
"""The kind of the word that somebody sends to their own device to see whether it comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One browser, with the public key of ours that it subscribed to."""

    id: int
    subscription: Subscription = field(repr=False)
    server_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A claimed word: what the device shows, and to which devices it goes."""

    notification_id: int
    devices: list[Device]
    text: Mapping[str, str]
    """title, body, url and tag, as the service worker reads them; nothing a customer has written."""
    is_urgent: bool


def public_key() -> str:
    """Return the key a browser has to name when it subscribes."""
    return encoded(public_point(seal.push_keys()[0]))


def subscribe(
    agent_id: int,
    *,
    endpoint: str,
    p256dh: str,
    auth: str,
    browser: str,
    own_hosts: Collection[str] = (),
    at: datetime,
) -> int:
    """Keep where a browser wants to be told; one that was somebody else's before is this person's now.

    Its address must be https, except on `own_hosts` of the shop's own network.
    """
    parts = urlsplit(endpoint)
    is_own = bool({parts.hostname, parts.netloc} & set(own_hosts))
    if not parts.hostname or len(endpoint) > LONGEST_ENDPOINT or (parts.scheme != "https" and not is_own):
        raise Refused("Der Browser nennt keine Adresse, an die etwas zugestellt werden kann.", field="endpoint")
    try:
        Subscription.of(endpoint, p256dh, auth)
    except NoSubscription:
        raise Refused("Der Browser nennt keinen gültigen Schlüssel.", field="keys") from None
    with transaction():
        values = {
            "agent_id": agent_id,
            "keys": {"p256dh": p256dh, "auth": auth, "server": public_key()},
            "browser": browser[:200],
            "made_at": at,
            "failed_at": None,
        }
        statement = upsert(PushSubscription).values(endpoint=endpoint, **values)
        statement = statement.on_conflict_do_update(index_elements=["endpoint"], set_=values)
        subscription_id: int = db.session.execute(statement.returning(PushSubscription.id)).scalar_one()
        newest = select(PushSubscription.id).where(PushSubscription.agent_id == agent_id)
        kept = db.session.scalars(newest.order_by(PushSubscription.id.desc()).limit(MOST_DEVICES)).all()
        db.session.execute(
            delete(PushSubscription).where(PushSubscription.agent_id == agent_id, PushSubscription.id.not_in(kept))
        )
        return subscription_id


def unsubscribe(subscription_id: int, *, agent_id: int) -> None:
    """Tell this device nothing any more."""
    with transaction():
        db.session.execute(
            delete(PushSubscription).where(
                PushSubscription.id == subscription_id, PushSubscription.agent_id == agent_id
            )
        )


def forget(subscription_id: int) -> None:
    """The push service says that this browser is gone."""
    with transaction():
        db.session.execute(delete(PushSubscription).where(PushSubscription.id == subscription_id))


def device(subscription_id: int, *, agent_id: int) -> Device:
    """Return one device of this person; raises `NotFound`."""
    found = db.session.get(PushSubscription, subscription_id)
    if found is None or found.agent_id != agent_id:
        raise NotFound("Dieses Gerät gibt es nicht.")
    return _device(found)


def _device(row: PushSubscription) -> Device:
    subscription = Subscription.of(row.endpoint, str(row.keys.get("p256dh")), str(row.keys.get("auth")))
    return Device(id=row.id, subscription=subscription, server_key=str(row.keys.get("server", "")))


def claim(notification_id: int, *, at: datetime) -> Word | None:
    """Take a queued word; None if another worker has it, it rests, or it has become pointless."""
    with transaction() as afterwards:
        notification = claimed(notification_id, via=Via.PUSH, at=at, afterwards=afterwards)
        if notification is None:
            return None
        rows = (
            select(PushSubscription)
            .join(Agent, Agent.id == PushSubscription.agent_id)
            .where(Agent.id == notification.agent_id, Agent.is_active.is_(True))
        )
        return Word(
            notification_id=notification_id,
            devices=[_device(row) for row in db.session.scalars(rows.order_by(PushSubscription.id))],
            text=_text(notification),
            is_urgent="breach" in notification.key or "broken" in notification.kind,
        )


def _text(notification: Notification) -> dict[str, str]:
    """Return what the device shows: the headline without the subject a customer wrote, and the team."""
    ticket = db.session.get(Ticket, notification.ticket_id) if notification.ticket_id else None
    title = notification.subject.partition(" – ")[0]
    if ticket and ticket.subject and ticket.subject in title:
        title = f"#{ticket.id}"
    team = db.session.get(Team, ticket.team_id) if ticket and ticket.team_id else None
    return {
        "title": title[:120],
        "body": team.name if team else "",
        "url": f"/tickets/{ticket.id}" if ticket else "/notifications",
        "tag": notification.key,
    }


def settle(notification_id: int, *, at: datetime) -> None:
    """At least one device's push service took it."""
    _finish(notification_id, {"state": NotificationState.SENT, "sent_at": at, "fault_words": ""})


def fail(notification_id: int, words: str, *, is_final: bool, at: datetime) -> None:
    """No device took it: again soon, or given up with the reason."""
    attempts = db.session.get_one(Notification, notification_id).attempts
    is_over = is_final or attempts > len(BACKOFF)
    state = NotificationState.FAILED if is_over else NotificationState.QUEUED
    retry_at = at + BACKOFF[min(attempts, len(BACKOFF)) - 1]
    _finish(notification_id, {"state": state, "retry_at": retry_at, "fault_words": words[:500]})


def _finish(notification_id: int, values: dict[str, object]) -> None:
    with transaction():
        db.session.execute(
            update(Notification)
            .where(Notification.id == notification_id, Notification.state == NotificationState.SENDING)
            .values(**values)
        )


def waiting(*, at: datetime, limit: int = 200) -> list[int]:
    """Return queued words whose time has come."""
    return list(
        db.session.scalars(
            select(Notification.id)
            .where(
                UNTOLD,
                Notification.via == Via.PUSH,
                Notification.state == NotificationState.QUEUED,
                or_(Notification.retry_at.is_(None), Notification.retry_at <= at),
            )
            .order_by(Notification.id)
            .limit(limit)
        )
    )


def lose_track(*, lease: float) -> None:
    """Queue words anew whose worker died: a device shows the same name once only."""
    with transaction():
        now = db.session.execute(select(database_now())).scalar_one()
        db.session.execute(
            update(Notification)
            .where(
                UNTOLD,
                Notification.via == Via.PUSH,
                Notification.state == NotificationState.SENDING,
                Notification.claimed_at < now - timedelta(seconds=lease),
            )
            .values(state=NotificationState.QUEUED)
        )
