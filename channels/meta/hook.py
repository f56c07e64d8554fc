"""How Meta calls us: the handshake of a new address, and the signature of every call.

Source: developers.facebook.com/docs/graph-api/webhooks/getting-started.
"""

from __future__ import annotations

import hashlib
import hmac

from channels.contract import HookAnswer, HookRequest

_SIGNATURE = "x-hub-signature-256"
_LENGTH = 71
"""`sha256=` and 64 hexadecimal letters."""


def handshake(request: HookRequest, verify_token: str) -> HookAnswer:
    """Give the challenge back to whoever knows our word; to everybody else 403."""
    query = request.query
    said = query.get("hub.verify_token", "")
    is_ours = bool(verify_token) and hmac.compare_digest(_bytes(said), _bytes(verify_token))
    if query.get("hub.mode") != "subscribe" or not is_ours or not query.get("hub.challenge"):
        return HookAnswer(status=403)
    return HookAnswer(body=_bytes(query["hub.challenge"][:500]))


def is_signed(request: HookRequest, app_secret: str) -> bool:
    """Compare the signature with that of the raw bytes, in constant time; Meta escapes letters, so never re-encode."""
    given = _bytes(request.headers.get(_SIGNATURE, ""))
    if not app_secret or len(given) != _LENGTH:
        return False
    return hmac.compare_digest(given, _bytes(signature(request.body, app_secret)))


def signature(body: bytes, app_secret: str) -> str:
    """Return the header's value for a body."""
    return "sha256=" + hmac.new(_bytes(app_secret), body, hashlib.sha256).hexdigest()


def is_one(secret: str, other: str) -> bool:
    """Say whether two accounts are of one application: it signs for all of them with one secret."""
    return bool(secret) and hmac.compare_digest(_bytes(secret), _bytes(other))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
