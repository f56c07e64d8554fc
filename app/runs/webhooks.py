"""Calling another program: claimed in one commit, spoken with no transaction open, settled in another.

Signed as Standard Webhooks lays down: HMAC-SHA256 over `id.timestamp.body`, so that libraries exist for the other side.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
from datetime import datetime
from http import HTTPStatus

from flask import current_app

from app import clock
from app.desk import webhook_calls
from app.desk.webhook_calls import Outward
from app.desk.webhooks import SECRET_BEGINS
from app.runs.deliver import insistently
from app.seal import SealBroken
from channels import http

log = logging.getLogger(__name__)
WITHIN = 10.0
"""Seconds the other side has to answer."""


def call(call_id: int) -> None:
    """Make a queued call; nothing happens where another worker has it, it rests, or its webhook is paused."""
    try:
        outward = webhook_calls.claim(call_id, at=clock.now())
    except SealBroken as broken:
        # Nothing was claimed: it waits until the key is back or the secret is renewed.
        log.info("webhook call %s waits: %s", call_id, broken)
        return
    if outward is None:
        return
    words, is_gone = made(outward)
    at = clock.now()
    if words:
        insistently(lambda: webhook_calls.fail(outward, words, is_gone=is_gone, at=at))
    else:
        insistently(lambda: webhook_calls.settle(outward, at=at))


def made(outward: Outward) -> tuple[str, bool]:
    """Make the call; returns why it was not accepted (empty: it was), and whether nobody wants to be called again."""
    content = json.dumps({"id": outward.key, **outward.body}, ensure_ascii=False, separators=(",", ":")).encode()
    hosts = current_app.config["FADEN"].trusted_hosts
    try:
        reply = http.posted(
            outward.url,
            content=content,
            headers=signed(outward.key, content, outward.secret, at=clock.now()),
            trusted_hosts=hosts,
            within=WITHIN,
        )
    except http.NotReached as fault:
        return fault.words, False
    except http.Forbidden as fault:
        return str(fault), False
    if reply.is_good:
        return "", False
    return f"Die Gegenstelle antwortet mit {reply.status}.", reply.status == HTTPStatus.GONE


def signed(key: str, content: bytes, secret: str, *, at: datetime) -> dict[str, str]:
    """Return the headers of a call: what it is, its id, when it was made, and that it is ours."""
    seconds = int(at.timestamp())
    covered = f"{key}.{seconds}.".encode() + content
    digest = hmac.new(_key(secret), covered, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "Webhook-Id": key,
        "Webhook-Timestamp": str(seconds),
        "Webhook-Signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _key(secret: str) -> bytes:
    """Return the bytes of a secret: after `whsec_` in base64, any other as it stands."""
    try:
        if secret.startswith(SECRET_BEGINS):
            return base64.b64decode(secret.removeprefix(SECRET_BEGINS), validate=True)
    except binascii.Error:
        pass
    return secret.encode()
