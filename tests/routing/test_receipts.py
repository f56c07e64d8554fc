from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from routing.receipts import may_receipt

NOW = datetime(2025, 6, 3, 9, tzinfo=UTC)
FIRST_MAIL: dict[str, Any] = {
    "is_new_ticket": True,
    "is_automatic": False,
    "is_bounce": False,
    "sender_is_own": False,
    "sender_address": "eva@kundin.example",
    "last_receipt_at": None,
    "sent_at": NOW - timedelta(minutes=1),
    "now": NOW,
}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="first mail"),
        pytest.param({"last_receipt_at": NOW - timedelta(hours=1)}, id="an hour after the last one"),
        pytest.param({"sent_at": NOW - timedelta(hours=24)}, id="a day on its way"),
        pytest.param({"sent_at": NOW + timedelta(hours=2)}, id="a wrong clock over there"),
    ],
)
def test_a_new_ticket_gets_a_receipt(change: dict[str, Any]) -> None:
    assert may_receipt(**{**FIRST_MAIL, **change})


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"is_new_ticket": False}, id="the ticket is open already"),
        pytest.param({"is_automatic": True}, id="written by a machine"),
        pytest.param({"is_bounce": True}, id="a bounce"),
        pytest.param({"sender_is_own": True}, id="our own address"),
        pytest.param({"sender_address": "no-reply@shop.example"}, id="nobody reads there"),
        pytest.param({"sender_address": ""}, id="no sender"),
        pytest.param({"last_receipt_at": NOW - timedelta(minutes=59)}, id="within the hour"),
        pytest.param({"last_receipt_at": NOW + timedelta(minutes=5)}, id="the clock was set back"),
        pytest.param({"sent_at": NOW - timedelta(hours=24, seconds=1)}, id="from an archive"),
    ],
)
def test_a_receipt_is_withheld(change: dict[str, Any]) -> None:
    assert may_receipt(**FIRST_MAIL)
    assert not may_receipt(**{**FIRST_MAIL, **change})
