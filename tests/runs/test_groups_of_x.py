"""Groups on X: whatever is meant for one person never goes to all of them."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from app.db import db
from app.desk import channels, delivery, opening, replies
from app.models import Conversation, Identity
from app.runs.intake import take_in_and_file
from channels.contract import Outgoing, Raw
from channels.x.speaking import _target
from tests.world import MONDAY_NINE, World

GROUP, EVA, US = "1500000000000000001", "55501", "4200042"
MESSAGE = {
    "id": "1990000000000000777", "event_type": "MessageCreate", "text": "Hallo zusammen", "sender_id": EVA,
    "dm_conversation_id": GROUP, "created_at": "2026-11-20T08:00:00.000Z",
}  # fmt: skip
POST = {
    "id": "1990000000000000888", "text": "@nordlicht wo ist mein Paket?", "author_id": EVA,
    "conversation_id": "1990000000000000888", "created_at": "2026-11-20T08:10:00.000Z",
}  # fmt: skip


@pytest.fixture
def channel(world: World) -> int:
    secrets = {"consumer_secret": "s"}
    settings: dict[str, object] = {"username": "nordlicht"}
    return channels.add("x", name="X", address=US, settings=settings, secrets=secrets, team_id=world.social)


def told(channel: int, name: str, payload: dict[str, str]) -> int:
    """Return the conversation of what X tells."""
    event = {"event_uuid": "1", "filter": {"user_id": US}, "event_type": name, "payload": payload}
    raw = Raw(content=json.dumps({"data": event}).encode(), source="Webhook")
    (understood,) = take_in_and_file(channel, [raw], at=MONDAY_NINE)
    assert understood.filed
    found = select(Conversation.id).where(
        Conversation.external_key == (payload.get("dm_conversation_id") or POST["id"])
    )
    return db.session.scalars(found).one()


def goes_to(message_id: int) -> str:
    """Return the group that a message of ours would be sent to, empty where it goes to one person."""
    parcel = delivery.claim(message_id, at=MONDAY_NINE)
    assert parcel is not None
    assert isinstance(parcel.outgoing, Outgoing)
    return _target(parcel.outgoing)


def test_a_first_message_and_a_private_answer_pass_the_group_by(world: World, channel: int) -> None:
    told(channel, "dm.received", MESSAGE)
    post = told(channel, "post.mention.create", POST)
    eva = db.session.scalars(select(Identity.id).where(Identity.value == EVA)).one()
    _ticket, first = opening.write_first(
        channel_id=channel, identity_id=eva, text="Ihre IBAN ist ...", by=world.ben, at=MONDAY_NINE
    )
    private = replies.reply(post, text="Ihre Nummer bitte", is_public=False, by=world.ben, at=MONDAY_NINE)
    assert [goes_to(first), goes_to(private)] == ["", ""]


def test_an_answer_in_the_group_goes_to_the_group(world: World, channel: int) -> None:
    group = told(channel, "dm.received", MESSAGE)
    assert goes_to(replies.reply(group, text="Hallo", by=world.ben, at=MONDAY_NINE)) == GROUP
