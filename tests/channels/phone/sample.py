"""What the contract checks need of the telephone."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from channels.contract import Account, HookRequest
from channels.testing import MUST_NOT_BE_TOLD, Sample
from tests.channels.phone import keys

URL = "https://faden.example/hooks/phone/5"
ACCOUNT = Account(
    id=5,
    kind="phone",
    name="Telefon",
    address="+4930901820",
    settings={"provider": "sipgate", "country": "DE", "public_key": keys.public_pem()},
    secrets={"token_id": "token-1", "token": MUST_NOT_BE_TOLD},
)


def ring(external_id: str, text: str, sent_at: datetime) -> bytes:
    """Return a ring; a telephone knows neither texts nor times."""
    del text, sent_at
    known = [("event", "newCall"), ("direction", "in"), ("from", "4915155501"), ("to", "4930901820")]
    return urlencode([*known, ("callId", external_id), ("user[]", "Ada"), ("userId[]", "w0")]).encode()


def signed(body: bytes, *, url: str = URL) -> HookRequest:
    return HookRequest(method="POST", url=url, headers={"x-sipgate-signature": keys.signature(body)}, body=body)


SAMPLE = Sample(account=ACCOUNT, message=ring, signed=signed)
