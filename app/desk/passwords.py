"""Links by which somebody sets a new password: signed, good for an hour and for one change.

The signature covers the hash of the present password, so the first use, or any other change, ends every link. The
link is made when its mail goes out; the database never holds it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app import queue, seal
from app.db import db, transaction
from app.desk.writing import add
from app.models import Agent, Notification, NotificationState

GOOD_FOR = timedelta(hours=1)
KIND = "password"

_FORGOTTEN = "Ihr neues Kennwort für Faden"
_FORGOTTEN_TEXT = (
    "Guten Tag {name},\n\nüber diesen Link setzen Sie ein neues Kennwort. Er gilt eine Stunde und nur einmal.\n"
    "Wenn Sie das nicht wollten, lassen Sie ihn liegen: Ihr Kennwort bleibt, wie es ist."
)
_INVITED = "Ihr Zugang zu Faden"
_INVITED_TEXT = (
    "Guten Tag {name},\n\nfür Sie wurde ein Zugang eingerichtet. Über diesen Link setzen Sie Ihr Kennwort. Er gilt\n"
    "eine Stunde; danach bekommen Sie über „Kennwort vergessen“ einen neuen."
)


def send_link(email: str, *, at: datetime) -> None:
    """Mail a link to the person with this address; nothing happens, and nothing tells, where there is none."""
    agent_id = db.session.scalar(
        select(Agent.id).where(Agent.email == email.strip().lower(), Agent.is_active.is_(True))
    )
    if agent_id is not None:
        _write(agent_id, _FORGOTTEN, _FORGOTTEN_TEXT, at=at)


def invite(agent_id: int, *, at: datetime) -> None:
    """Mail a link to somebody who has no password yet."""
    _write(agent_id, _INVITED, _INVITED_TEXT, at=at)


def _write(agent_id: int, subject: str, text: str, *, at: datetime) -> None:
    """Put the mail into the outbox, at most once a minute and person."""
    with transaction() as afterwards:
        agent = db.session.get_one(Agent, agent_id)
        key = f"{KIND}:{at.astimezone(UTC):%Y%m%d%H%M}"
        if db.session.scalar(select(Notification.id).where(Notification.key == key, Notification.agent_id == agent_id)):
            return
        notification_id = add(
            Notification,
            key=key,
            kind=KIND,
            agent_id=agent_id,
            subject=subject,
            text=text.format(name=agent.name),
            at=at,
            state=NotificationState.QUEUED,
        )
        afterwards.append(lambda: queue.notify_later(notification_id))


def path_of(notification: Notification, agent: Agent) -> str:
    """Return the address of the page behind the link, without the host; its hour begins when it was asked for."""
    issued = int(notification.at.timestamp())
    return f"/password/{agent.id}.{issued}.{_signature(seal.token_keys()[0], agent, issued)}"


def agent_of(token: str, *, at: datetime) -> Agent | None:
    """Return whose password the link may set; None if it is forged, too old or used."""
    id_, _, rest = token.partition(".")
    issued, _, signature = rest.partition(".")
    if not (_is_number(id_) and _is_number(issued)):
        return None
    age = at.timestamp() - int(issued)
    agent = db.session.get(Agent, int(id_))
    if agent is None or not agent.is_active or not 0 <= age <= GOOD_FOR.total_seconds():
        return None
    signatures = [_signature(key, agent, int(issued)) for key in seal.token_keys()]
    # Every key is compared, so that the time taken says nothing.
    is_ours = [hmac.compare_digest(each.encode(), signature.encode()) for each in signatures]
    return agent if any(is_ours) else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 12


def _signature(key: bytes, agent: Agent, issued: int) -> str:
    covered = f"password:{agent.id}:{issued}:{agent.password_hash}".encode()
    return base64.urlsafe_b64encode(hmac.new(key, covered, hashlib.sha256).digest()).decode().rstrip("=")
