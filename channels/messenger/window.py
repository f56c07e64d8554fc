"""Whether and how long we may answer, reckoned from what the customer did last.

A private answer is free for 24 hours, a person may write until the seventh day; a comment can be answered in public at
any time and once in private. Neither a comment nor a private reply to it opens a window.
Source: developers.facebook.com/documentation/business-messaging/messenger-platform/policy (2026-09-28).
"""

from __future__ import annotations

from datetime import datetime

from channels.contract import Capability, Exchange
from channels.meta.sending import HUMAN_WINDOW, WINDOW

MOST_TEXT = 2000
MOST_FILES = 10
PRIVATE_REPLY = "private_reply"
"""In the details of a public conversation: the comment that had its one private reply."""
_POSTS = frozenset({"post", "status", "photo", "video", "share", "note", "link"})


def capability(exchange: Exchange, *, page: str, now: datetime) -> Capability:
    """Say what is possible on a conversation at this instant."""
    return _in_public(exchange, now) if exchange.is_public else _in_private(exchange, page, now)


def private_recipient(exchange: Exchange) -> dict[str, str]:
    """Return how the author of a public contact is addressed in private; empty where that is not possible."""
    item = str(exchange.details.get("item", "comment"))
    field = str(exchange.details.get("field", "feed"))
    if not exchange.newest_id or field not in {"feed", "comments"}:
        return {}
    if item == "comment":
        return {"comment_id": exchange.newest_id}
    return {"post_id": exchange.newest_id} if item in _POSTS else {}


def _in_private(exchange: Exchange, page: str, now: datetime) -> Capability:
    if exchange.heard_at is None:
        reason = "Auf Messenger muss die Kundin oder der Kunde zuerst schreiben; eine private Antwort genügt nicht."
        return Capability(reason=reason, max_length=MOST_TEXT, max_attachments=MOST_FILES)
    closes_at, human_until = exchange.heard_at + WINDOW, exchange.heard_at + HUMAN_WINDOW
    reason = ""
    if now >= human_until:
        reason = "Seit über 7 Tagen hat niemand geschrieben: Hier geht nichts mehr, aber E-Mail oder Telefon."
    elif now >= closes_at:
        reason = "Die 24 Stunden sind um: Bis zum siebten Tag geht nur noch, was ein Mensch selbst schreibt."
    return Capability(
        can_private=now < human_until,
        reason=reason,
        window_closes_at=closes_at,
        human_only_until=human_until,
        max_length=MOST_TEXT,
        max_attachments=MOST_FILES,
        open_url=f"https://business.facebook.com/latest/inbox/all?asset_id={page}" if page else "",
    )


def _in_public(exchange: Exchange, now: datetime) -> Capability:
    is_spent = bool(exchange.newest_id) and exchange.details.get(PRIVATE_REPLY) == exchange.newest_id
    until = exchange.heard_at + HUMAN_WINDOW if exchange.heard_at else None
    reason = ""
    if is_spent:
        reason = "Auf diesen Kommentar wurde schon privat geantwortet; das geht nur einmal."
    elif not private_recipient(exchange):
        reason = "Hierauf lässt Facebook keine private Antwort zu, nur eine öffentliche."
    elif until is None or now >= until:
        reason = "Privat lässt sich auf einen Kommentar nur 7 Tage lang antworten."
    return Capability(
        can_public=bool(exchange.newest_id),
        can_private=not reason,
        reason=reason or ("" if exchange.newest_id else "Es gibt keinen Kommentar, auf den wir antworten könnten."),
        human_only_until=until,
        max_length=MOST_TEXT,
        # Facebook takes a picture for a comment only from a public address, and a private reply is one message.
        max_attachments=0,
        is_private_once=True,
        private_ways_used=is_spent,
        open_url=f"https://www.facebook.com/{exchange.newest_id}" if exchange.newest_id else "",
    )
