"""Raw input of X as the connector understands it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from channels.contract import Account, Contact, Heard
from channels.x import XConnector
from tests.channels.x.sample import ACCOUNT

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AT = "2026-11-20T08:14:03.000Z"
POST = "1990000000000000101"


def heard(raw: bytes | dict[str, Any], account: Account = ACCOUNT) -> list[Heard]:
    body = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    return list(XConnector(account).parse(body, received_at=NOW))


def contact(raw: bytes | dict[str, Any], account: Account = ACCOUNT) -> Contact:
    (found,) = heard(raw, account)
    assert isinstance(found, Contact)
    return found


def answer(path: str, body: dict[str, Any], **asked: str) -> dict[str, Any]:
    return {"request": {"method": "GET", "uri": path, **asked}, "status": 200, "json": body}
