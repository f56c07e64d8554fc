"""Waking devices: one word to every browser of a person, each through its own push service (RFC 8030)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import current_app

from app import clock, seal
from app.config import Settings
from app.desk import pushing
from app.desk.pushing import Device
from app.runs.deliver import insistently
from channels import http
from channels.webpush import authorisation, encoded, public_point, sealed

WITHIN = 10.0
GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""The push service does not know this browser any more (RFC 8030 section 7.3)."""
FINAL = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})


class NotTaken(Exception):
    """The push service did not take it; the text is the reason for a person."""

    def __init__(self, words: str, *, is_final: bool) -> None:
        super().__init__(words)
        self.is_final = is_final


def push(notification_id: int) -> None:
    """Send a queued word to every device of its person; taken by one of them is told."""
    word = pushing.claim(notification_id, at=clock.now())
    if word is None:
        return
    refusals: list[NotTaken] = []
    taken = 0
    for device in word.devices:
        try:
            wake(device, word.text, is_urgent=word.is_urgent)
            taken += 1
        except NotTaken as refusal:
            refusals.append(refusal)
    at = clock.now()
    if taken:
        insistently(lambda: pushing.settle(notification_id, at=at))
        return
    words = str(refusals[0]) if refusals else "Kein Gerät will Mitteilungen."
    is_final = all(refusal.is_final for refusal in refusals)
    insistently(lambda: pushing.fail(notification_id, words, is_final=is_final, at=at))


def wake(device: Device, text: Mapping[str, str], *, is_urgent: bool) -> None:
    """Hand one word to a device's push service; raises `NotTaken`, and forgets a device that is gone."""
    settings: Settings = current_app.config["FADEN"]
    content = sealed(json.dumps(text, ensure_ascii=False).encode(), device.subscription)
    try:
        reply = http.posted(
            device.subscription.endpoint,
            content=content,
            headers=_headers(device, text.get("tag", ""), settings, is_urgent=is_urgent),
            trusted_hosts=settings.push_hosts,
            within=WITHIN,
        )
    except http.NotReached as fault:
        raise NotTaken(fault.words, is_final=False) from fault
    except http.Forbidden as fault:
        raise NotTaken(str(fault), is_final=True) from fault
    if reply.status in GONE:
        pushing.forget(device.id)
        raise NotTaken("Dieser Browser nimmt keine Mitteilungen mehr an.", is_final=True)
    if not reply.is_good:
        raise NotTaken(f"Der Zustelldienst antwortet mit {reply.status}.", is_final=reply.status in FINAL)


def _headers(device: Device, tag: str, settings: Settings, *, is_urgent: bool) -> dict[str, str]:
    """Return the headers of a push message; its topic replaces an older one with the same name that still waits."""
    keys = seal.push_keys()
    key = next((key for key in keys if encoded(public_point(key)) == device.server_key), keys[0])
    endpoint, subject = device.subscription.endpoint, _subject(settings)
    return {
        "Authorization": authorisation(endpoint, key=key, subject=subject, now=int(clock.now().timestamp())),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(pushing.GOOD_FOR.total_seconds())),
        "Topic": encoded(hashlib.sha256(tag.encode()).digest())[:32],
        "Urgency": "high" if is_urgent else "normal",
    }


def _subject(settings: Settings) -> str:
    """Return where the push service finds us if something is wrong; it must be https or mailto (RFC 8292)."""
    if settings.base_url.startswith("https://"):
        return settings.base_url
    return "mailto:postmaster@faden.invalid"
