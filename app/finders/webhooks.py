"""The programs that hear what fires, how each is, and its last calls."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from app.access import Person
from app.db import db
from app.errors import NotFound
from app.models import UNCALLED, NotificationState, Webhook, WebhookCall

MOST_CALLS = 20


class WebhookRow(NamedTuple):
    id: int
    name: str
    url: str
    is_paused: bool
    problem: str
    problem_at: datetime | None
    is_demo: bool
    waiting: int
    """Calls that are not out yet."""


class CallRow(NamedTuple):
    key: str
    ticket: int | None
    at: datetime
    state: NotificationState
    attempts: int
    sent_at: datetime | None
    retry_at: datetime | None
    fault: str


def webhooks() -> list[WebhookRow]:
    """Return every webhook by name."""
    waiting = select(WebhookCall.webhook_id, func.count()).where(UNCALLED).group_by(WebhookCall.webhook_id)
    counts = {webhook_id: int(count) for webhook_id, count in db.session.execute(waiting)}
    rows = db.session.scalars(select(Webhook).order_by(Webhook.name))
    return [_row(row, counts.get(row.id, 0)) for row in rows]


def webhook(person: Person, webhook_id: int) -> WebhookRow:
    """Return one webhook to those who set them up; raises `NotFound` for everybody else."""
    found = db.session.get(Webhook, webhook_id) if person.is_admin else None
    if found is None:
        raise NotFound("Diesen Webhook gibt es nicht.")
    waiting = select(func.count()).where(UNCALLED, WebhookCall.webhook_id == webhook_id)
    return _row(found, db.session.scalar(waiting) or 0)


def _row(row: Webhook, waiting: int) -> WebhookRow:
    return WebhookRow(row.id, row.name, row.url, row.is_paused, row.problem, row.problem_at, row.is_demo, waiting)


def calls(webhook_id: int) -> list[CallRow]:
    """Return the last calls of a webhook, the newest first."""
    rows = db.session.execute(
        select(
            WebhookCall.key,
            WebhookCall.ticket_id,
            WebhookCall.at,
            WebhookCall.state,
            WebhookCall.attempts,
            WebhookCall.sent_at,
            WebhookCall.retry_at,
            WebhookCall.fault_words,
        )
        .where(WebhookCall.webhook_id == webhook_id)
        .order_by(WebhookCall.id.desc())
        .limit(MOST_CALLS)
    )
    return [CallRow._make(row) for row in rows]
