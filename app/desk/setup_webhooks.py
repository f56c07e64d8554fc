"""The webhooks of a declared shop; ladders name them, so they come before those."""

from __future__ import annotations

from sqlalchemy import select

from app import seal
from app.db import db
from app.desk.applying import Applying, Change
from app.desk.declared import WebhookEntry
from app.desk.webhooks import new_secret
from app.models import Webhook

HIDDEN = "***"
"""What is shown instead of a secret."""


def write(applying: Applying, entry: WebhookEntry) -> None:
    """Add or change a webhook; one without a secret in the file gets one that is renewed on its page."""
    row = db.session.scalars(select(Webhook).where(Webhook.name == entry.name)).first()
    is_new = row is None
    row = row or Webhook(name=entry.name, is_demo=applying.is_demo, is_paused=False, secret=b"", made_at=applying.at)
    applying.fit(row, "webhooks", entry.name, {"url": entry.url, "is_paused": entry.paused}, is_new=is_new)
    secret = entry.secret or ("" if row.secret else new_secret())
    if not secret or _kept(row) == secret:
        return
    row.secret = seal.seal({"secret": secret})
    db.session.flush()
    if not is_new:
        applying.changes.append(Change(section="webhooks", name=row.name, field="secret", before=HIDDEN, after=HIDDEN))


def _kept(row: Webhook) -> str:
    try:
        return seal.unseal(row.secret).get("secret", "")
    except seal.SealBroken:
        return ""
