"""A Facebook page of the shop, and the calls of its platform: signed, with messages of their own people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.desk import channels
from channels.meta.hook import signature

PAGE, APP = "310000000000011", "880000000000004"
SECRET, WORD = "nur-zum-testen-0011", "ein-wort-zum-testen"
CLOSED = "http://127.0.0.1:1"
"""Nobody answers there, and nobody is asked outside."""


def add(
    team_id: int | None, *, name: str = "Facebook", api_base: str = CLOSED, token: str = "", page: str = PAGE
) -> int:
    """Set the page up and return its channel; without a token nothing is fetched from the platform."""
    secrets = {"app_secret": SECRET, "verify_token": WORD, **({"page_token": token} if token else {})}
    settings: dict[str, object] = {"app_id": APP, "api_base": api_base}
    return channels.add("messenger", name=name, address=page, settings=settings, secrets=secrets, team_id=team_id)


def said(person: str, mid: str, text: str, at: datetime) -> dict[str, Any]:
    """Return one message of somebody's as it stands in a call."""
    message = {"mid": mid, "text": text}
    return {"sender": {"id": person}, "recipient": {"id": PAGE}, "timestamp": milliseconds(at), "message": message}


def told(items: Iterable[Mapping[str, Any]], at: datetime) -> bytes:
    """Return the body of a call that tells these things."""
    entry = {"id": PAGE, "time": milliseconds(at), "messaging": list(items)}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


def message(person: str, mid: str, text: str, at: datetime) -> bytes:
    """Return the body of a call with one message."""
    return told([said(person, mid, text, at)], at)


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """Return the headers the platform sends with a body."""
    return {"X-Hub-Signature-256": signature(body, secret), "Content-Type": "application/json"}


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
