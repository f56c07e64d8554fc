"""Other programs that hear what fires: who they are, and what they are told; `webhook_calls` sends it."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import delete, select, update

from app import queue, seal
from app.db import Afterwards, db, transaction
from app.desk.writing import add as add_row
from app.errors import NotFound, Refused
from app.models import Ladder, NotificationState, Ticket, Webhook, WebhookCall

SECRET_BEGINS = "whsec_"  # noqa: S105 - the prefix that the signing scheme prescribes
LONGEST_NAME, LONGEST_URL = 80, 2000


def new_secret() -> str:
    """Return a secret that other programs can check our signatures with."""
    return SECRET_BEGINS + base64.b64encode(secrets.token_bytes(24)).decode()


def add(
    name: str,
    url: str,
    *,
    secret: str = "",
    trusted_hosts: Collection[str] = (),
    is_demo: bool = False,
    at: datetime,
) -> tuple[int, str]:
    """Add a webhook and return its id and its secret, which nobody can read again; raises `Refused` beside the field.

    Its address must be https, except on `trusted_hosts` of the shop's own network.
    """
    name, url = _checked(name, url, trusted_hosts)
    secret = secret or new_secret()
    with transaction():
        _refuse_taken(name, but=0)
        values = {"name": name, "url": url, "secret": seal.seal({"secret": secret}), "made_at": at, "is_demo": is_demo}
        return add_row(Webhook, **values), secret


def change(webhook_id: int, *, name: str, url: str, trusted_hosts: Collection[str] = ()) -> None:
    """Call it something else, or call somewhere else; its secret and what waits stay."""
    name, url = _checked(name, url, trusted_hosts)
    with transaction():
        _refuse_taken(name, but=webhook_id)
        webhook = _webhook(webhook_id)
        webhook.name, webhook.url = name, url


def renew_secret(webhook_id: int, secret: str = "") -> str:
    """Give it another secret and return that; calls that wait are signed with the new one."""
    secret = secret or new_secret()
    with transaction():
        _webhook(webhook_id).secret = seal.seal({"secret": secret})
    return secret


def pause(webhook_id: int, *, is_paused: bool) -> None:
    """Stop calling, or go on; what was to be told meanwhile waits, but never longer than a day."""
    with transaction() as afterwards:
        webhook = _webhook(webhook_id)
        webhook.is_paused = is_paused
        if is_paused:
            return
        webhook.problem, webhook.problem_at = "", None
        # They need not wait for the pause after a failure to end: somebody says that it works again.
        waiting = (WebhookCall.webhook_id == webhook_id, WebhookCall.state == NotificationState.QUEUED)
        for call_id in db.session.scalars(
            update(WebhookCall).where(*waiting).values(retry_at=None).returning(WebhookCall.id)
        ):
            afterwards.append(lambda call_id=call_id: queue.call_webhook_later(call_id))  # type: ignore[misc]


def remove(webhook_id: int) -> None:
    """Forget a paused webhook and its calls; not by a slip one that still runs, nor one that a ladder names."""
    with transaction():
        webhook = _webhook(webhook_id)
        if not webhook.is_paused:
            raise Refused("Bitte halten Sie den Webhook erst an: Danach lässt er sich entfernen.")
        if ladders := _ladders_of(webhook_id):
            raise Refused(
                "Stufen rufen ihn noch auf: %(ladders)s. Bitte nehmen Sie ihn dort erst heraus.",
                ladders=", ".join(ladders),
            )
        db.session.execute(delete(WebhookCall).where(WebhookCall.webhook_id == webhook_id))
        db.session.delete(webhook)


def _ladders_of(webhook_id: int) -> list[str]:
    """Return the names of the ladders that call it."""
    way = f"webhook:{webhook_id}"
    rows = db.session.execute(select(Ladder.name, Ladder.rungs).order_by(Ladder.name))
    return [name for name, rungs in rows if any(way in rung.get("via", ()) for rung in rungs)]


def _webhook(webhook_id: int) -> Webhook:
    found = db.session.get(Webhook, webhook_id)
    if found is None:
        raise NotFound("Diesen Webhook gibt es nicht.")
    return found


def _checked(name: str, url: str, trusted_hosts: Collection[str]) -> tuple[str, str]:
    """Return name and address as they are kept."""
    name, url = name.replace("\0", "").strip(), url.replace("\0", "").strip()
    if not name or len(name) > LONGEST_NAME:
        raise Refused("Bitte geben Sie einen Namen von höchstens 80 Zeichen an.", field="name")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise Refused("Das ist keine Adresse.", field="url") from None
    is_own = bool({parts.hostname, parts.netloc} & set(trusted_hosts))
    if not parts.hostname or parts.scheme not in {"http", "https"} or len(url) > LONGEST_URL:
        raise Refused("Das ist keine Adresse, die mit https:// beginnt.", field="url")
    if parts.username or parts.password:
        raise Refused("Bitte ohne Benutzername und Kennwort in der Adresse: Jeder Aufruf ist signiert.", field="url")
    if parts.scheme != "https" and not is_own:
        raise Refused("Die Adresse muss mit https:// beginnen.", field="url")
    return name, url


def _refuse_taken(name: str, *, but: int) -> None:
    if db.session.scalar(select(Webhook.id).where(Webhook.name == name, Webhook.id != but)):
        raise Refused("Einen Webhook „%(name)s“ gibt es schon.", field="name", name=name)


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
    call_id = add_row(
        WebhookCall,
        key=key,
        webhook_id=webhook_id,
        ticket_id=ticket.id if ticket else None,
        body={"type": kind, "timestamp": at.isoformat(), "data": {**about, **details}},
        at=at,
        state=NotificationState.QUEUED,
    )
    afterwards.append(lambda: queue.call_webhook_later(call_id))
