"""A channel from somebody else's package: set up, heard, answered, and nothing of ours knows its name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from app.db import db
from app.desk import channels, replies
from app.models import Channel, Conversation, Envelope, Message, MessageState
from app.runs import deliver, filing
from channels.testing import MUST_NOT_BE_TOLD, NOW
from tests import world as cast
from tests.channels.guestbook.installing import installed
from tests.channels.guestbook.sample import entry, signed
from tests.emulators.serving import Emulator
from tests.fixtures.databases import Clock


@pytest.fixture
def board() -> Iterator[Emulator]:
    emulator = Emulator("guestbook")
    emulator.app.get("/")(lambda: {"entries": []})

    @emulator.app.post("/entries/<entry_id>/answers")
    def answers(entry_id: str) -> dict[str, str]:
        return {"id": f"{entry_id}-answer", "said": request.get_json()["text"]}

    emulator.start()
    yield emulator
    emulator.stop()


@pytest.fixture
def world(app: Flask) -> cast.World:
    return cast.build()


@pytest.fixture
def guestbook(world: cast.World, board: Emulator, tmp_path: Path) -> Iterator[int]:
    with installed(tmp_path):
        yield channels.add(
            "guestbook",
            name="Gästebuch",
            address="shop",
            settings={"api_base": board.url},
            secrets={"hook_secret": MUST_NOT_BE_TOLD},
            team_id=world.social,
        )


def called(client: FlaskClient, channel_id: int, body: bytes) -> int:
    """Let the guestbook call us and file what it said; returns the status."""
    answer = client.post(f"/hooks/guestbook/{channel_id}", data=body, headers=dict(signed(body).headers))
    for envelope_id in db.session.scalars(db.select(Envelope.id)):
        filing.file_or_park(envelope_id)
    return answer.status_code


def test_an_entry_becomes_a_ticket_and_is_answered_in_public(
    client: FlaskClient, guestbook: int, board: Emulator, clock: Clock, world: cast.World
) -> None:
    clock.set(NOW)

    assert called(client, guestbook, entry("e-1", "Wann öffnet Ihr Laden?", NOW)) == 204
    conversation = db.session.scalars(db.select(Conversation).where(Conversation.channel_id == guestbook)).one()
    assert conversation.is_public
    message_id = replies.reply(conversation.id, text="Um neun.", by=world.ben, at=NOW)
    deliver.deliver(message_id)

    message = db.session.get_one(Message, message_id)
    assert (message.state, message.external_id, message.is_public) == (MessageState.SENT, "e-1-answer", True)
    assert board.asked("/entries/e-1/answers")[0].json["text"] == "Um neun."


def test_what_is_not_signed_is_not_let_in(client: FlaskClient, guestbook: int) -> None:
    answer = client.post(f"/hooks/guestbook/{guestbook}", data=json.dumps({"entries": []}))

    assert answer.status_code == 401
    assert db.session.scalar(db.select(db.func.count(Envelope.id))) == 0
    assert db.session.get_one(Channel, guestbook).kind == "guestbook"
