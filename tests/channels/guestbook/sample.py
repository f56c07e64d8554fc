"""What the contract checks need of the guestbook."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime

from channels.contract import Account, HookRequest
from channels.testing import MUST_NOT_BE_TOLD, NOW, Sample

ACCOUNT = Account(
    id=7,
    kind="guestbook",
    name="Gästebuch",
    address="shop",
    settings={"api_base": "https://guestbook.example"},
    secrets={"hook_secret": MUST_NOT_BE_TOLD},
)


def entry(external_id: str, text: str, sent_at: datetime, *, author: str = "eva", type_: str = "text") -> bytes:
    one = {"id": external_id, "author": author, "text": text, "at": sent_at.timestamp(), "type": type_}
    return json.dumps({"entries": [one]}).encode()


def signed(body: bytes, *, url: str = "https://faden.example/hooks/guestbook/7") -> HookRequest:
    signature = hmac.new(MUST_NOT_BE_TOLD.encode(), body, hashlib.sha256).hexdigest()
    return HookRequest(method="POST", url=url, headers={"x-guestbook-signature": signature}, body=body)


SAMPLE = Sample(
    account=ACCOUNT,
    message=entry,
    own=entry("own-1", "Danke!", NOW, author="shop"),
    unknown=entry("odd-1", "", NOW, type_="hologram"),
    signed=signed,
)
