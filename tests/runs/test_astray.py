"""Two accounts of one application, one hook: each channel files what is its own, and nothing is lost in silence."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from app import clock as business
from app.db import db
from app.desk import channels
from app.models import Channel, Conversation, Envelope, EnvelopeState, Event, Message
from app.runs import intake
from channels.contract import Raw
from tests.fixtures.databases import Clock
from tests.world import MONDAY_NINE, World

FIRST, SECOND, STRANGE = "310000000000007", "310000000000008", "310000000000009"


def page(world: World, address: str, *, app: str = "eine") -> int:
    secrets = {"app_secret": f"geheim-{app}", "verify_token": "v", "page_token": "t"}
    return channels.add(
        "messenger", name=f"Seite {address[-1]}", address=address, settings={"app_id": "1"}, secrets=secrets,
        team_id=world.social,
    )  # fmt: skip


def told(*pages: str) -> bytes:
    """Return one call of Facebook with a message to each of the pages."""
    return json.dumps({"object": "page", "entry": [_entry(address) for address in pages]}).encode()


def _entry(address: str) -> dict[str, object]:
    stamp = int(MONDAY_NINE.timestamp() * 1000)
    sides = {"sender": {"id": "61"}, "recipient": {"id": address}, "timestamp": stamp}
    return {"id": address, "time": stamp, "messaging": [{**sides, "message": {"mid": f"m_{address}", "text": "Hallo"}}]}


def hear(channel: int, *bodies: bytes) -> None:
    """Take calls in at this channel's hook and file everything that lies anywhere."""
    intake.take_in(channel, [Raw(content=body, source="Webhook") for body in bodies], is_call=True, at=business.now())
    while waiting := _stored():
        for envelope in waiting:
            intake.file_envelope(envelope, at=business.now())


def _stored() -> Sequence[int]:
    db.session.expire_all()
    return db.session.scalars(select(Envelope.id).where(Envelope.state == EnvelopeState.STORED)).all()


def heard_by(channel: int) -> list[str]:
    found = select(Message.external_id).join(Conversation, Conversation.id == Message.conversation_id)
    return sorted(db.session.scalars(found.where(Conversation.channel_id == channel)))


def warnings() -> list[str]:
    return [each.details["words"] for each in db.session.scalars(select(Event).where(Event.kind == "channel_told"))]


@pytest.fixture(autouse=True)
def _monday(clock: Clock) -> None:
    clock.set(MONDAY_NINE)


def test_each_page_files_its_own_part_of_a_call(world: World) -> None:
    one, two = page(world, FIRST), page(world, SECOND)
    hear(one, told(FIRST, SECOND), told(SECOND))
    hear(one, told(FIRST, SECOND))
    assert heard_by(one) == [f"m_{FIRST}"]
    assert heard_by(two) == [f"m_{SECOND}"]
    assert warnings() == []
    assert db.session.get_one(Channel, two).heard_at is not None


def test_a_page_that_nobody_set_up_is_told_once(world: World) -> None:
    one = page(world, FIRST)
    hear(one, told(FIRST), told(STRANGE), told(FIRST, STRANGE))
    assert heard_by(one) == [f"m_{FIRST}"]
    assert [STRANGE in each for each in warnings()] == [True]


def test_a_page_of_another_application_gets_nothing(world: World) -> None:
    one, two = page(world, FIRST), page(world, SECOND, app="andere")
    hear(one, told(SECOND))
    assert heard_by(two) == []
    assert len(warnings()) == 1


def test_two_accounts_of_x_share_a_hook(world: World) -> None:
    settings = {"username": "nordlicht"}
    one, two = (
        channels.add("x", name=f"X {n}", address=n, settings=settings, secrets={"consumer_secret": "s"}, team_id=None)
        for n in ("71", "72")
    )
    payload = {"id": "9", "text": "@nordlicht Hallo", "author_id": "5", "conversation_id": "9"}
    event = {"event_uuid": "1", "filter": {"user_id": "72"}, "event_type": "post.mention.create", "payload": payload}
    hear(one, json.dumps({"data": event}).encode())
    assert (heard_by(one), heard_by(two)) == ([], ["9"])
