"""Other programs that hear what fires: who they are, and their calls on the way out.

queued -> sending -> sent
             |-> queued     it did not work; tried again later, with the same id
             '-> failed     it never will, or no patience is left
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app import queue
from app.db import Afterwards, db
from app.desk.writing import add
from app.models import NotificationState, Ticket, Webhook, WebhookCall

BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900, 3600))
"""Waiting times after faults; the last one repeats."""
PATIENCE = timedelta(hours=24)
"""How long a call is tried, and how long a webhook may fail before it is paused."""
SECRET_BEGINS = "whsec_"  # noqa: S105 - the prefix that the signing scheme prescribes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """A claimed call: where it goes, and what is signed with which secret."""

    call_id: int
    webhook_id: int
    key: str
    url: str
    secret: str
    body: Mapping[str, object]


def new_secret() -> str:
    """Return a secret that other programs can check our signatures with."""
    return SECRET_BEGINS + base64.b64encode(secrets.token_bytes(24)).decode()


def tell(
    webhook_id: int,
    *,
    key: str,
    kind: str,
    ticket: Ticket | None,
    at: datetime,
    details: Mapping[str, object],
    afterwards: Afterwards,
) -> None:
    """Inside a verb: queue one call of another program; what it was told before under this key it is not told again.

    `details` stand in the body beside what is said of the ticket; a webhook that is gone is told nothing.
    """
    if db.session.get(Webhook, webhook_id) is None:
        return
    known = select(WebhookCall.id).where(WebhookCall.key == key, WebhookCall.webhook_id == webhook_id)
    if db.session.scalar(known) is not None:
        return
    about = {"ticket": {"number": ticket.id, "subject": ticket.subject, "state": ticket.state.value}} if ticket else {}
    call_id = add(
        WebhookCall,
        key=key,
        webhook_id=webhook_id,
        ticket_id=ticket.id if ticket else None,
        body={"type": kind, "timestamp": at.isoformat(), "data": {**about, **details}},
        at=at,
        state=NotificationState.QUEUED,
    )
    afterwards.append(lambda: queue.call_webhook_later(call_id))
