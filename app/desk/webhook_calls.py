"""The calls of other programs on their way out; one may come twice with the same id, but none is lost.

queued -> sending -> sent
             |-> queued     it was not accepted, or the worker died: tried again later
             '-> failed     no patience is left
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from app import seal
from app.db import Afterwards, database_now, db, transaction
from app.desk.spoken import language_of
from app.desk.telling import tell
from app.models import UNCALLED, Agent, NotificationState, Role, Webhook, WebhookCall

BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900, 3600))
"""Waiting times after faults; the last one repeats."""
PATIENCE = timedelta(hours=24)
"""How long a call is tried, and how long a webhook may fail before it is paused."""
PAUSED = "webhook_paused"
_PAUSED_WORDS = {
    "de": (
        "Webhook angehalten: {name}",
        (
            "„{name}“ hat zu lange keinen Aufruf angenommen und ist angehalten. Letzter Grund: {problem}\n"
            "Sobald die andere Seite wieder läuft, setzen Sie ihn in den Einstellungen fort."
        ),
    ),
    "en": (
        "Webhook paused: {name}",
        (
            "“{name}” has not accepted any call for too long and is paused. Last reason: {problem}\n"
            "Once the other side works again, resume it in the settings."
        ),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outward:
    """A claimed call: where it goes, and what is signed with which secret."""

    call_id: int
    webhook_id: int
    key: str
    url: str
    secret: str
    body: Mapping[str, object]


def claim(call_id: int, *, at: datetime) -> Outward | None:
    """Take a call that is due; None if another worker has it, it rests, or its webhook is paused.

    Raises `SealBroken` where the secret cannot be opened; nothing is claimed then.
    """
    with transaction():
        claimed = db.session.scalar(
            update(WebhookCall)
            .where(
                WebhookCall.id == call_id,
                WebhookCall.state == NotificationState.QUEUED,
                or_(WebhookCall.retry_at.is_(None), WebhookCall.retry_at <= at),
                WebhookCall.webhook_id.in_(select(Webhook.id).where(Webhook.is_paused.is_(False))),
            )
            .values(state=NotificationState.SENDING, claimed_at=database_now(), attempts=WebhookCall.attempts + 1)
            .returning(WebhookCall.id)
        )
        if claimed is None:
            return None
        call, webhook = db.session.execute(
            select(WebhookCall, Webhook)
            .join(Webhook, Webhook.id == WebhookCall.webhook_id)
            .where(WebhookCall.id == call_id)
        ).one()
        return _outward(webhook, key=call.key, body=call.body, call_id=call.id)


def trial(webhook_id: int, *, at: datetime) -> Outward:
    """Return a call that stands in no row, because somebody tries whether it works; raises `SealBroken`."""
    webhook = db.session.get_one(Webhook, webhook_id)
    body = {"type": "test", "timestamp": at.isoformat(), "data": {}}
    outward = _outward(webhook, key=f"test:{webhook_id}:{at:%Y%m%dT%H%M%S}", body=body, call_id=0)
    db.session.rollback()
    return outward


def _outward(webhook: Webhook, *, key: str, body: Mapping[str, object], call_id: int) -> Outward:
    secret = seal.unseal(webhook.secret).get("secret", "")
    return Outward(call_id=call_id, webhook_id=webhook.id, key=key, url=webhook.url, secret=secret, body=body)


def settle(call: Outward, *, at: datetime) -> None:
    """The other side accepted it; the webhook is well."""
    with transaction():
        _finish(call, {"state": NotificationState.SENT, "sent_at": at, "fault_words": ""})
        db.session.execute(
            update(Webhook)
            .where(Webhook.id == call.webhook_id, Webhook.problem != "")
            .values(problem="", problem_at=None)
        )


def fail(call: Outward, words: str, *, is_gone: bool = False, at: datetime) -> None:
    """It was not accepted: again later, or given up. A webhook that fails for a day, or `is_gone`, is paused."""
    with transaction() as afterwards:
        row = db.session.get(WebhookCall, call.call_id)
        webhook = db.session.get(Webhook, call.webhook_id)
        if row is None or webhook is None:
            return
        is_final = at - row.at > PATIENCE
        _finish(
            call,
            {
                "state": NotificationState.FAILED if is_final else NotificationState.QUEUED,
                "retry_at": at + BACKOFF[min(row.attempts, len(BACKOFF)) - 1],
                "fault_words": words[:500],
            },
        )
        webhook.problem, webhook.problem_at = words[:300], webhook.problem_at or at
        if not webhook.is_paused and (is_gone or at - webhook.problem_at > PATIENCE):
            webhook.is_paused = True
            _tell_admins(webhook, at=at, afterwards=afterwards)


def _finish(call: Outward, values: dict[str, object]) -> None:
    db.session.execute(
        update(WebhookCall)
        .where(WebhookCall.id == call.call_id, WebhookCall.state == NotificationState.SENDING)
        .values(**values)
    )


def _tell_admins(webhook: Webhook, *, at: datetime, afterwards: Afterwards) -> None:
    admins = db.session.scalars(select(Agent).where(Agent.role == Role.ADMIN, Agent.is_active.is_(True))).all()
    name, problem = webhook.name, webhook.problem

    def words(language: str) -> tuple[str, str]:
        subject, text = _PAUSED_WORDS[language_of(language)]
        return subject.format(name=name), text.format(name=name, problem=problem)

    key = f"webhook:{webhook.id}:{at:%Y%m%dT%H%M%S}"
    tell(admins, key=key, kind=PAUSED, ticket=None, words=words, at=at, afterwards=afterwards)


def waiting(*, at: datetime, limit: int = 200) -> list[int]:
    """Return queued calls whose time has come."""
    return list(
        db.session.scalars(
            select(WebhookCall.id)
            .where(
                UNCALLED,
                WebhookCall.state == NotificationState.QUEUED,
                or_(WebhookCall.retry_at.is_(None), WebhookCall.retry_at <= at),
                WebhookCall.webhook_id.in_(select(Webhook.id).where(Webhook.is_paused.is_(False))),
            )
            .order_by(WebhookCall.id)
            .limit(limit)
        )
    )


def lose_track(*, lease: float) -> None:
    """Queue calls anew whose worker died: the other side knows by the id what it has heard already."""
    with transaction():
        now = db.session.execute(select(database_now())).scalar_one()
        db.session.execute(
            update(WebhookCall)
            .where(
                UNCALLED,
                WebhookCall.state == NotificationState.SENDING,
                WebhookCall.claimed_at < now - timedelta(seconds=lease),
            )
            .values(state=NotificationState.QUEUED)
        )


def give_up(*, at: datetime) -> None:
    """Give up what waited for a paused webhook longer than anybody wants to hear of it."""
    with transaction():
        db.session.execute(
            update(WebhookCall)
            .where(UNCALLED, WebhookCall.state == NotificationState.QUEUED, WebhookCall.at < at - PATIENCE)
            .where(WebhookCall.webhook_id.in_(select(Webhook.id).where(Webhook.is_paused.is_(True))))
            .values(state=NotificationState.FAILED, fault_words="Der Webhook war angehalten.")
        )
