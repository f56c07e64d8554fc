"""Answers as the desk hands them over, to a private message and to a comment."""

from __future__ import annotations

from typing import Any

import pytest

from channels.contract import DeliveryError, Exchange, Handle, Outgoing, OutgoingAttachment
from channels.messenger import MessengerConnector
from channels.testing import NOW
from tests.channels.messenger.conftest import Clock
from tests.channels.messenger.sample import PAGE, PERSON

HERE = Handle(kind="messenger", value=PERSON, scope=PAGE)
LABEL = OutgoingAttachment(name="label.pdf", type="application/pdf", content=b"%PDF-1.4 label")
PHOTO = OutgoingAttachment(name="karton.png", type="image/png", content=b"\x89PNG karton")


def outgoing(clock: Clock, heard_at: Any = NOW, **more: Any) -> Outgoing:
    """Return an answer in private to somebody who wrote at `heard_at`."""
    exchange = Exchange(recipient=HERE, is_public=False, conversation_key=PERSON, heard_at=heard_at, newest_id="m_1")
    known = {
        "external_id": "a1@shop.example",
        "recipient": HERE,
        "text": "Das Label ist unterwegs.",
        "sent_at": clock.now,
    }
    return Outgoing(**{**known, "exchange": exchange, **more})


def below(clock: Clock, comment: str, **more: Any) -> Outgoing:
    """Return an answer to a public comment."""
    who = Handle(kind="facebook", value="71", scope=PAGE)
    details = {"item": "comment", **more.pop("details", {})}
    exchange = Exchange(
        recipient=who, is_public=True, conversation_key=comment, heard_at=NOW, newest_id=comment, details=details
    )
    known = {"external_id": "a2@shop.example", "recipient": who, "text": "Wir melden uns.", "sent_at": clock.now}
    return Outgoing(**{**known, "exchange": exchange, "is_public": True, **more})


def refused(connector: MessengerConnector, answer: Outgoing) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        connector.send(answer)
    assert caught.value.words
    return caught.value
