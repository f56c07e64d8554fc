"""X from end to end: heard twice and filed once, answered where X lets us, and red when it shuts us out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock, jobs
from app.db import db
from app.desk import channels, replies
from app.errors import Refused
from app.models import Channel, Conversation, Message, MessageState, Publicity, Ticket
from app.runs import asking, hearing, listen
from tests import world as cast
from tests.emulators.x import KEYS, OWN_ID, OWN_NAME, XEmulator, signed
from tests.runs.conftest import Listen
from tests.waiting import until

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look soon for what is new, as the order of the steps stays."""
    monkeypatch.setattr(listen, "LOOK_EVERY", 0.2)
    monkeypatch.setattr(hearing, "PAUSES", (0.1, 0.2, 0.4))
    monkeypatch.setattr(hearing, "PAUSE_IF_PERMANENT", 0.5)


@pytest.fixture
def platform() -> Iterator[XEmulator]:
    emulator = XEmulator(clock=clock.now)
    emulator.start()
    emulator.holds = True
    yield emulator
    emulator.settle()
    emulator.stop()


@pytest.fixture
def channel(world: cast.World, platform: XEmulator) -> int:
    settings: dict[str, object] = {"username": OWN_NAME, "terms": ["Nordlicht Versand"], "api_base": platform.url}
    settings["poll_seconds"] = 5
    return channels.add("x", name="X", address=OWN_ID, settings=settings, secrets=KEYS, team_id=world.social)


def tell(client: FlaskClient, channel_id: int, platform: XEmulator) -> None:
    """Hand every event over that the platform has kept back, each twice."""
    platform.settle()
    for body in [json.dumps(each).encode() for each in platform.held for _twice in range(2)]:
        headers = {"x-twitter-webhooks-signature": signed(body)}
        assert client.post(f"/hooks/x/{channel_id}", data=body, headers=headers).status_code == 200
    platform.held = []


@dataclass(frozen=True, slots=True)
class Found:
    conversation_id: int
    is_public: bool
    publicity: Publicity | None


def look(external_id: str) -> Found | None:
    db.session.rollback()
    row = db.session.execute(
        select(Message.conversation_id, Message.is_public, Ticket.publicity)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Ticket, Ticket.id == Conversation.ticket_id)
        .where(Message.external_id == external_id)
    ).one_or_none()
    return Found(*row) if row else None


def filed(external_id: str) -> Found:
    found = until(lambda: look(external_id), within=20, what="the message being filed")
    assert found is not None
    return found


def count(model: type[Ticket | Message]) -> int:
    db.session.rollback()
    return db.session.query(model).count()


def test_a_mention_is_filed_once_and_answered_in_public(
    app: Flask, client: FlaskClient, world: cast.World, channel: int, platform: XEmulator, start_listener: Listen
) -> None:
    id_ = platform.posts("karla", "@nordlicht Wo bleibt meine Lampe?")
    tell(client, channel, platform)
    start_listener()
    heard = filed(id_)
    assert (heard.is_public, heard.publicity) == (True, Publicity.PUBLIC)
    until(lambda: platform.asked("/mentions"), what="the poller asking, too")
    sent = replies.reply(heard.conversation_id, text="Wir sehen nach.", by=world.ben, at=clock.now())
    jobs.deliver(sent)
    tell(client, channel, platform)
    last = platform.posts("karla", "@nordlicht Danke!", replies_to=max(platform.world.posts, key=int))
    tell(client, channel, platform)
    assert filed(last).conversation_id == heard.conversation_id
    assert cast.message(sent).state is MessageState.SENT
    assert count(Ticket) == 1
    assert count(Message) == 3, "mention, answer, thanks; neither copy nor echo"
    answers = [each for each in platform.world.posts.values() if each["author_id"] == OWN_ID]
    assert [each["text"] for each in answers] == ["Wir sehen nach."]


def test_a_post_that_does_not_mention_us_is_overheard_and_answered_in_private(
    app: Flask, client: FlaskClient, world: cast.World, channel: int, platform: XEmulator, start_listener: Listen
) -> None:
    id_ = platform.posts("tom", "Nordlicht Versand ist eine Katastrophe")
    start_listener()
    heard = filed(id_)
    assert heard.publicity is Publicity.OVERHEARD
    with pytest.raises(Refused) as refused:
        replies.reply(heard.conversation_id, text="Doch nicht!", by=world.ben, at=clock.now())
    assert refused.value.code == "reply_not_allowed"
    sent = replies.reply(
        heard.conversation_id, text="Was ist geschehen?", is_public=False, by=world.ben, at=clock.now()
    )
    jobs.deliver(sent)
    tell(client, channel, platform)
    assert [each["text"] for each in platform.world.messages.values()] == ["Was ist geschehen?"]
    answer = platform.writes_privately("tom", "Drei Wochen ohne Lampe!")
    tell(client, channel, platform)
    assert filed(answer).conversation_id == cast.message(sent).conversation_id
    assert count(Ticket) == 1, "in public and in private it is one matter"
    assert count(Message) == 3


def test_what_was_missed_while_nobody_heard_is_fetched(
    app: Flask, channel: int, platform: XEmulator, start_listener: Listen
) -> None:
    platform.is_deaf, platform.holds = True, False
    first = platform.posts("karla", "@nordlicht Hallo")
    listener = start_listener()
    filed(first)
    listener.stop()
    missed = [platform.posts("karla", f"@nordlicht {n}") for n in range(5)]
    start_listener()
    assert all(filed(each) for each in missed)


def test_a_revoked_right_turns_the_channel_red(
    app: Flask, client: FlaskClient, channel: int, platform: XEmulator, start_listener: Listen
) -> None:
    def problem() -> str:
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(Channel, channel).problem_code

    assert asking.ask(channel)
    start_listener()
    platform.revoke()
    tell(client, channel, platform)
    assert until(problem, within=20) in {"revoked", "89"}
    assert not asking.ask(channel)
    platform.is_revoked = False
    platform.limits |= {"me": 100_000, "webhooks": 100_000}
    until(lambda: asking.ask(channel) and not problem(), within=20, what="green again")
