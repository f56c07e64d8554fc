"""A Facebook page against its emulator: heard in public and in private, answered, hidden, lost and mended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from werkzeug.serving import make_server

from app import blobs
from app import clock as business
from app.clock import now
from app.db import db
from app.desk import channels, delivery, errands, moderation, outbox, replies
from app.errors import Refused
from app.models import Attachment, Channel, Conversation, Envelope, EnvelopeState, Message, MessageState, Ticket
from app.runs import deliver, filing, intake
from app.runs import errands as errand_runs
from app.runs.connectors import connector_of, row_of
from tests import world as cast
from tests.emulators.graph import GraphEmulator
from tests.fixtures.databases import Clock

EVA, KIM = "7400000000000021", "71"


@dataclass(frozen=True)
class Answer:
    """An answer of ours as it stood when it was looked at; rows do not outlive a verb."""

    id: int
    state: MessageState
    external_id: str
    is_public: bool
    is_elsewhere: bool


@dataclass
class Page:
    """The shop's page in the hands of the test: the platform, the door it calls at, and the parts that work."""

    facebook: GraphEmulator
    world: cast.World
    channel: int

    def works(self) -> None:
        """Let the listener file what was told and the worker send what is queued, until all is quiet."""
        for _ in range(5):
            db.session.rollback()
            stored = list(db.session.scalars(db.select(Envelope.id).where(Envelope.state == EnvelopeState.STORED)))
            for envelope_id in stored:
                assert filing.file_or_park(envelope_id)
            waiting = delivery.waiting(at=now())
            for message_id in waiting:
                deliver.deliver(message_id)
            asked = errands.waiting(at=now())
            for errand_id in asked:
                errand_runs.run(errand_id)
            if not stored and not waiting and not asked:
                return

    def conversation(self, key: str) -> Conversation:
        db.session.rollback()
        db.session.expire_all()
        wanted = db.select(Conversation).where(Conversation.external_key == key).order_by(Conversation.id.desc())
        found: Conversation = db.session.scalars(wanted).first() or pytest.fail(f"no {key}")
        return found

    def fetches(self) -> None:
        """Let the listener ask the platform for what it did not tell."""
        row = row_of(self.channel)
        assert row is not None
        poller = connector_of(row).poller()
        assert poller is not None
        intake.take_in(self.channel, list(poller.fetch({})), is_call=True, at=now())
        poller.close()

    def answers(self, key: str, text: str, *, is_public: bool | None = None, **more: Any) -> Answer:
        """Let Ben answer on a conversation, and return how that stands once the worker has had it."""
        conversation_id = self.conversation(key).id
        by = self.world.ben
        message_id = replies.reply(conversation_id, text=text, is_public=is_public, by=by, at=now(), **more)
        self.works()
        row = cast.message(message_id)
        return Answer(row.id, row.state, row.external_id, row.is_public, row.is_elsewhere)

    def messages(self) -> list[Message]:
        db.session.rollback()
        db.session.expire_all()
        wanted = db.select(Message).where(Message.channel_id == self.channel)
        return list(db.session.scalars(wanted.order_by(Message.sent_at, Message.id)))

    def tickets(self) -> int:
        return db.session.scalar(db.select(db.func.count(Ticket.id))) or 0


def store() -> blobs.Blobs:
    return blobs.at(current_app.config["FADEN"].blobs_url)


@pytest.fixture
def door(app: Flask) -> Iterator[str]:
    """The product's web server, as the platform reaches it."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    serving.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def page(app: Flask, door: str, clock: Clock) -> Iterator[Page]:
    clock.set(cast.MONDAY_NINE)
    world = cast.build()
    facebook = GraphEmulator(clock=business.now)
    facebook.start()
    channel = channels.add(
        "messenger",
        name="Facebook",
        address=facebook.page,
        settings={"app_id": facebook.app_id, "api_base": facebook.url},
        secrets={
            "app_secret": facebook.app_secret,
            "verify_token": facebook.verify_token,
            "page_token": facebook.page_token,
        },
        team_id=world.social,
    )
    assert facebook.hooks.subscribe(f"{door}/hooks/messenger/{channel}")
    yield Page(facebook, world, channel)
    facebook.stop()


def test_a_private_message_is_answered_once_although_its_echo_comes_first(page: Page) -> None:
    mid = page.facebook.customer_writes(EVA, "Wo bleibt mein Retourenlabel?", name="Eva Kern")
    page.works()

    answer = page.answers(EVA, "Das Label ist unterwegs.")

    (said,) = page.facebook.said
    assert said.text == "Das Label ist unterwegs."
    assert (answer.state, answer.external_id, answer.is_elsewhere) == (MessageState.SENT, said.id, False)
    assert [each.external_id for each in page.messages()] == [mid, said.id]
    assert page.tickets() == 1
    assert db.session.get_one(Ticket, page.conversation(EVA).ticket_id).customer_name == "Eva Kern"


def test_a_comment_is_answered_in_public_then_once_in_private_and_the_talk_goes_on_there(page: Page) -> None:
    facebook = page.facebook
    comment = facebook.comments(KIM, "Seit 3 Wochen keine Antwort!", name="Kim K.")
    page.works()

    public = page.answers(comment, "Das tut uns leid, wir kümmern uns.")
    private = page.answers(comment, "Schicken Sie uns bitte Ihre Nummer.", is_public=False)

    assert (public.is_public, private.is_public) == (True, False)
    assert [each.text for each in facebook.replies] == ["Das tut uns leid, wir kümmern uns."]
    (said,) = facebook.said
    assert facebook.public[comment].private_reply == said.id == private.external_id
    with pytest.raises(Refused):
        page.answers(comment, "Und noch etwas.", is_public=False)

    facebook.customer_writes(said.person, "Das ist die 4711.")
    page.works()
    page.answers(said.person, "Danke, ist gefunden.")

    assert [each.text for each in facebook.said][1:] == ["Danke, ist gefunden."]
    assert page.tickets() == 1, "the private talk lies on the ticket of the comment"
    assert facebook.refusals == []


def test_an_answer_from_the_page_s_inbox_settles_what_was_owed(page: Page) -> None:
    page.facebook.customer_writes(EVA, "Hallo?")
    page.works()

    page.facebook.answers_elsewhere(EVA, "Guten Tag!")
    page.works()

    ticket = db.session.get_one(Ticket, page.conversation(EVA).ticket_id)
    assert [each.is_elsewhere for each in page.messages()] == [False, True]
    assert ticket.oldest_unanswered_at is None
    assert page.tickets() == 1


def test_our_own_comments_and_posts_open_nothing(page: Page) -> None:
    comment = page.facebook.comments(KIM, "Hallo?")
    page.facebook.comments_as_page("Guten Tag", comment)
    page.facebook.posts(page.facebook.page, "Heute geschlossen", name="Nordlicht")
    page.works()

    assert page.tickets() == 1


def test_the_window_closes_before_anybody_types(page: Page, clock: Clock) -> None:
    page.facebook.customer_writes(EVA, "Hallo?")
    page.works()
    clock.set(cast.MONDAY_NINE + timedelta(days=2))
    page.answers(EVA, "Von Hand, am dritten Tag.")
    clock.set(cast.MONDAY_NINE + timedelta(days=8))

    with pytest.raises(Refused):
        page.answers(EVA, "Zu spät.")

    assert [each.tag for each in page.facebook.said] == ["HUMAN_AGENT"]
    assert page.facebook.refusals == []


def test_a_dead_token_keeps_the_answers_until_it_is_mended(page: Page) -> None:
    page.facebook.customer_writes(EVA, "Hallo?")
    page.works()
    page.facebook.revoke_token()

    kept = page.answers(EVA, "Guten Tag.")

    assert kept.state is MessageState.QUEUED
    channel = db.session.get_one(Channel, page.channel)
    assert channel.problem
    page.facebook.renew_token()
    channels.report_well(page.channel, at=now())
    page.works()
    assert cast.message(kept.id).state is MessageState.SENT
    assert len(page.facebook.said) == 1


def test_a_comment_is_hidden_changed_and_removed_and_never_vanishes(page: Page, clock: Clock) -> None:
    comment = page.facebook.comments(KIM, "Ihr seid alle …")
    page.works()
    (message,) = page.messages()
    moderation.hide(message.id, reason="insult", by=page.world.ben, at=now())
    page.works()
    assert page.facebook.public[comment].is_hidden
    clock.forward(minutes=1)
    page.facebook.edits(comment, "Ihr seid alle nett")
    clock.forward(minutes=1)
    page.facebook.removes(comment)
    page.works()

    (message,) = page.messages()
    assert message.hidden_at is not None
    assert message.edited_at is not None
    assert message.removed_at is not None
    assert message.text


def test_nothing_is_filed_twice_however_often_and_late_it_is_told(page: Page) -> None:
    page.facebook.hooks.tells_twice = page.facebook.hooks.repeats_inside = True
    with page.facebook.hooks.gathered(is_reversed=True):
        page.facebook.customer_writes(EVA, "Hallo?")
        page.facebook.comments(KIM, "Öffentlich")
    page.facebook.hooks.tells_twice = page.facebook.hooks.repeats_inside = False
    for body in [told.body for told in page.facebook.hooks.told]:
        page.facebook.hooks.post(body + b" ")
    page.works()

    assert len(page.messages()) == 2
    assert page.tickets() == 2


def test_a_picture_is_fetched_before_its_address_expires(page: Page) -> None:
    page.facebook.customer_writes(EVA, "So kam es an:", files=[("image", "karton.jpg", b"\xff\xd8 jpeg")])
    page.works()
    page.facebook.files.clear()

    (kept,) = db.session.scalars(db.select(Attachment))
    assert (kept.name, kept.kind, kept.type) == ("f00001-karton.jpg", "image", "image/jpeg")
    assert store().get(kept.digest) == b"\xff\xd8 jpeg"


def test_a_file_that_was_refused_is_sent_alone_the_second_time(page: Page) -> None:
    page.facebook.customer_writes(EVA, "Haben Sie das Label?")
    page.works()
    page.facebook.refuses_next(1, path="/messages", skips=1)

    digest = store().put(b"%PDF label")
    label = outbox.Enclosure(name="label.pdf", type="application/pdf", size=10, digest=digest)
    unsure = page.answers(EVA, "Hier ist es.", enclosures=(label,))
    assert unsure.state is MessageState.UNSURE
    replies.retry(unsure.id, by=page.world.ben, at=now())
    page.works()

    assert cast.message(unsure.id).state is MessageState.SENT
    assert [each.text or each.files[0]["name"] for each in page.facebook.said] == ["Hier ist es.", "label.pdf"]


def test_what_was_missed_is_fetched_and_filed_once(page: Page) -> None:
    page.facebook.customer_writes(EVA, "Gehört")
    page.works()
    page.facebook.hooks.is_silent = True
    page.facebook.customer_writes(EVA, "Verpasst")
    page.facebook.comments(KIM, "Auch verpasst")
    page.facebook.hooks.is_silent = False

    page.fetches()
    page.works()

    assert sorted(each.text for each in page.messages()) == ["Auch verpasst", "Gehört", "Verpasst"]
    assert page.tickets() == 2
