"""Messenger from end to end: comments answered in public and once in private, answers kept while the token is dead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app import clock as business
from app import jobs
from app.db import db, transaction
from app.desk import channels, errands, moderation, outbox, replies
from app.errors import Refused
from app.models import Channel, Conversation, Identity, Message, MessageClass, MessageState
from app.runs import asking
from app.runs import errands as running
from app.runs.intake import take_in_and_file
from channels.contract import Raw
from tests import world as cast
from tests.emulators.graph import GraphEmulator
from tests.fixtures.databases import Clock


class Shop:
    """A page of the shop; what the platform tells is filed as soon as the test asks for it."""

    def __init__(self, world: cast.World, facebook: GraphEmulator) -> None:
        self.world, self.facebook = world, facebook
        self.told: list[bytes] = []
        facebook.hooks.post = self._keep  # type: ignore[method-assign]
        self.channel = channels.add(
            "messenger",
            name="Seite",
            address=facebook.page,
            settings={"app_id": facebook.app_id, "api_base": facebook.url},
            secrets={
                "app_secret": facebook.app_secret,
                "verify_token": facebook.verify_token,
                "page_token": facebook.page_token,
            },
            team_id=world.social,
        )

    def _keep(self, body: bytes) -> int:
        self.told.append(body)
        return 200

    def hear(self) -> int:
        """File everything that was told and return the newest message of the customer."""
        raws = [Raw(content=body, source="hook") for body in self.told]
        self.told.clear()
        list(take_in_and_file(self.channel, raws, at=business.now()))
        db.session.expire_all()
        return (
            db.session.scalars(select(Message.id).where(Message.direction == "in").order_by(Message.id.desc())).first()
            or 0
        )

    def answer(self, message_id: int, text: str, *, is_public: bool | None = None) -> int:
        conversation_id = cast.message(message_id).conversation_id
        return replies.reply(conversation_id, text=text, is_public=is_public, by=self.world.max, at=business.now())

    def red(self) -> tuple[str, bool]:
        db.session.expire_all()
        channel = db.session.get_one(Channel, self.channel)
        return channel.problem_code, bool(channel.problem)


@pytest.fixture
def facebook(clock: Clock) -> Iterator[GraphEmulator]:
    clock.set(cast.MONDAY_NINE)
    emulator = GraphEmulator(clock=business.now)
    emulator.start()
    yield emulator
    emulator.stop()


@pytest.fixture
def shop(world: cast.World, facebook: GraphEmulator) -> Shop:
    return Shop(world, facebook)


def test_a_comment_is_answered_in_public_and_once_in_private(shop: Shop, facebook: GraphEmulator) -> None:
    comment = facebook.comments("71", "Seit drei Wochen keine Antwort!", name="Kim K.")
    asked = shop.hear()
    jobs.deliver(shop.answer(asked, "Das tut uns leid."))
    assert [(each.parent_id, each.text) for each in facebook.replies] == [(comment, "Das tut uns leid.")]
    private = shop.answer(asked, "Bitte nennen Sie uns Ihre Nummer.", is_public=False)
    jobs.deliver(private)
    assert [(each.text, each.person) for each in facebook.said] == [
        ("Bitte nennen Sie uns Ihre Nummer.", facebook.psid_of("71"))
    ]
    with pytest.raises(Refused) as refusal:
        shop.answer(asked, "Und noch etwas", is_public=False)
    assert refusal.value.code == "private_reply_spent"
    shop.hear()
    ours = cast.message(private)
    where = db.session.get_one(Conversation, ours.conversation_id)
    whom = db.session.get_one(Identity, where.identity_id)
    assert (ours.state, ours.external_id) == (MessageState.SENT, facebook.said[0].id)
    assert (where.is_public, where.external_key, whom.value) == (False, whom.value, facebook.psid_of("71"))
    assert db.session.query(Message).count() == 3


def test_the_answer_to_a_private_reply_comes_back_to_the_same_matter(shop: Shop, facebook: GraphEmulator) -> None:
    facebook.comments("71", "Seit drei Wochen keine Antwort!", name="Kim K.")
    asked = shop.hear()
    private = shop.answer(asked, "Bitte nennen Sie uns Ihre Nummer.", is_public=False)
    jobs.deliver(private)
    facebook.customer_writes(facebook.psid_of("71"), "4711")
    back = cast.message(shop.hear())
    assert (back.text, back.is_public) == ("4711", False)
    assert back.conversation_id == cast.message(private).conversation_id


def test_answers_are_kept_while_the_token_is_dead_and_go_out_once_it_is_renewed(
    shop: Shop, facebook: GraphEmulator
) -> None:
    facebook.customer_writes("6100000000000001", "Wo ist meine Lampe?")
    message_id = shop.answer(shop.hear(), "Unterwegs.")
    facebook.revoke_token()
    jobs.deliver(message_id)
    assert (cast.message(message_id).state, shop.red()[1]) == (MessageState.QUEUED, True)
    assert facebook.said == []
    assert asking.ask(shop.channel) is False
    assert shop.red() == ("190", True)
    facebook.renew_token()
    channels.change(
        shop.channel,
        name="Seite",
        address=facebook.page,
        settings={"app_id": facebook.app_id, "api_base": facebook.url},
        secrets={"page_token": facebook.page_token},
        team_id=shop.world.social,
    )
    jobs.deliver(message_id)
    assert [each.text for each in facebook.said] == ["Unterwegs."]
    assert asking.ask(shop.channel) is True
    assert shop.red() == ("", False)


def test_nothing_automatic_uses_the_time_of_people(shop: Shop, facebook: GraphEmulator, clock: Clock) -> None:
    facebook.customer_writes("6100000000000001", "Wo ist meine Lampe?")
    conversation_id = cast.message(shop.hear()).conversation_id
    clock.forward(hours=30)
    with transaction() as afterwards:
        channel = db.session.get_one(Channel, shop.channel)
        message_id = outbox.enqueue(
            channel,
            conversation_id=conversation_id,
            text="Ihre Nachricht ist da.",
            message_class=MessageClass.AUTO,
            at=business.now(),
            afterwards=afterwards,
        )
    jobs.deliver(message_id)
    assert (cast.message(message_id).state, cast.message(message_id).fault) == (MessageState.FAILED, "window_closed")
    person = shop.answer(db.session.query(Message.id).order_by(Message.id).first()[0], "Sie kommt morgen.")  # type: ignore[index]
    jobs.deliver(person)
    assert [(each.text, each.tag) for each in facebook.said] == [("Sie kommt morgen.", "HUMAN_AGENT")]


def test_a_comment_is_hidden_on_the_platform_and_not_on_the_ticket(shop: Shop, facebook: GraphEmulator) -> None:
    comment = facebook.comments("71", "Sie Esel!", name="Kim K.")
    asked = shop.hear()
    moderation.hide(asked, reason="insult", by=shop.world.max, at=business.now())
    for errand_id in errands.waiting(at=business.now()):
        running.run(errand_id)
    assert facebook.public[comment].is_hidden
    hidden = cast.message(asked)
    assert (hidden.hidden_at is not None, hidden.text) == (True, "Sie Esel!")
