"""Answering Eva on a page, and what a connector does with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.db import db
from app.desk import delivery, replies
from app.desk.intake import Filed
from app.errors import Refused
from app.models import Conversation, Message
from channels.contract import DeliveryError, DeliveryFault, Sent
from tests.desk.voices import MINUTE, Page, comment
from tests.world import HOUR, MONDAY_NINE, conversation_of, message

DAY = timedelta(days=1)
POST = {"item": "comment", "verb": "add", "field": "feed"}


def asked_in_public(page: Page) -> Filed:
    return page.hear(comment(external_id="900100_1", details=POST))


def answer(page: Page, filed: Filed, *, after: timedelta = MINUTE, text: str = "Gern!", **more: object) -> int:
    return replies.reply(
        conversation_of(filed),
        text=text,
        by=page.world.ben,
        at=MONDAY_NINE + after,
        **more,  # type: ignore[arg-type]
    )


def refused(page: Page, filed: Filed, **more: object) -> Refused:
    with pytest.raises(Refused) as refusal:
        answer(page, filed, **more)  # type: ignore[arg-type]
    return refusal.value


def sent(message_id: int, external_id: str, **more: object) -> None:
    at = MONDAY_NINE + 2 * MINUTE
    assert delivery.claim(message_id, at=at)
    delivery.settle(message_id, Sent(external_id=external_id, **more), at=at)  # type: ignore[arg-type]


def failed(
    message_id: int, fault: DeliveryFault, *, is_permanent: bool = False, retry_within: float | None = None
) -> Message:
    assert delivery.claim(message_id, at=MONDAY_NINE + HOUR)
    error = DeliveryError(fault, is_permanent=is_permanent, words="Nein", retry_within=retry_within)
    delivery.fail(message_id, error, at=MONDAY_NINE + HOUR)
    return message(message_id)


def conversation(message_id: int) -> Conversation:
    return db.session.get_one(Conversation, message(message_id).conversation_id)


def below(page: Page, external_id: str, *, minute: int, **more: Any) -> Filed:
    """Somebody comments below Eva's comment."""
    values = {"conversation_key": "900100_1", "replies_to": ("900100_1",), "sent_at": MONDAY_NINE + minute * MINUTE}
    return page.hear(comment(external_id=external_id, details=POST, **{**values, **more}))
