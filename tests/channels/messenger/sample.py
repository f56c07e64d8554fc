"""What the contract checks need of Messenger, and payloads in the form the platform sends them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from channels.contract import Account, HookRequest
from channels.testing import MUST_NOT_BE_TOLD, NOW, Sample
from tests.emulators.graph_hooks import signature

PAGE, PERSON, APP = "310000000000007", "7400000000000021", "880000000000003"
ACCOUNT = Account(
    id=4,
    kind="messenger",
    name="Facebook",
    address=PAGE,
    settings={"app_id": APP, "api_base": "https://graph.facebook.com"},
    secrets={"app_secret": MUST_NOT_BE_TOLD, "verify_token": MUST_NOT_BE_TOLD, "page_token": MUST_NOT_BE_TOLD},
)


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def entry(*, page: str = PAGE, time: Any = 1_795_338_000_000, **parts: Any) -> bytes:
    """Return a payload with one entry: `messaging`, `standby` or `changes`."""
    return json.dumps({"object": "page", "entry": [{"id": page, "time": time, **parts}]}).encode()


def item(*, sender: str = PERSON, recipient: str = PAGE, at: datetime = NOW, **what: Any) -> dict[str, Any]:
    """Return one item of `messaging`."""
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": milliseconds(at), **what}


def message(external_id: str, text: str, sent_at: datetime) -> bytes:
    return entry(messaging=[item(at=sent_at, message={"mid": external_id, "text": text})])


def change(field: str = "feed", /, **value: Any) -> bytes:
    """Return a payload with one change; its times are seconds."""
    return entry(time=int(NOW.timestamp()), changes=[{"field": field, "value": value}])


def signed(body: bytes) -> HookRequest:
    headers = {"x-hub-signature-256": signature(body, MUST_NOT_BE_TOLD)}
    return HookRequest(method="POST", url="https://faden.example/hooks/messenger/4", headers=headers, body=body)


SAMPLE = Sample(
    account=ACCOUNT,
    message=message,
    own=entry(
        messaging=[item(sender=PAGE, recipient=PERSON, message={"mid": "m_own", "text": "Gern!", "is_echo": True})]
    ),
    unknown=entry(messaging=[item(message={"mid": "m_odd", "attachments": [{"type": "hologram", "payload": {}}]})]),
    signed=signed,
)
