"""An answer called back can be sent again just as it was: on every way it went, with its files and its public line."""

from __future__ import annotations

import html
import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.desk import joining, merging
from app.models import Attachment, Conversation, Message, MessageState
from routing.identity import Proof
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web import voices
from tests.web.entering import FRAGMENT, enter

NINE = cast.MONDAY_NINE


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set((NINE + timedelta(hours=1)).isoformat())
    app.config["FADEN"] = replace(app.config["FADEN"], undo_seconds=3600)
    return cast.build()


def threads(number: int) -> list[int]:
    found = db.session.query(Conversation.id).filter_by(ticket_id=number).order_by(Conversation.id)
    return [id_ for (id_,) in found]


def one_person(world: cast.World) -> tuple[int, int]:
    """Kim's Messenger matter, and another one by mail of the same, proven person."""
    chat, mail = voices.direct(world), cast.hear(world).ticket_id
    kept, absorbed = (cast.ticket(each).customer_id for each in (chat, mail))
    merging.merge(kept, absorbed, proof=Proof.COLLEAGUE, evidence={"reason": "ja"}, by=world.max, at=NINE)
    return chat, mail


def send(client: FlaskClient, number: int, **form: Any) -> list[Message]:
    before = db.session.query(db.func.max(Message.id)).scalar() or 0
    typed = {"conversation": threads(number)[0], "public": "", "text": "Der Ersatz ist unterwegs.", **form}
    assert client.post(f"/tickets/{number}/replies", data=typed, headers=FRAGMENT).status_code == 303
    return db.session.query(Message).filter(Message.id > before).order_by(Message.id).all()


def call_back(client: FlaskClient, number: int, message: Message) -> tuple[str, dict[str, Any]]:
    """Return the page after it, and what it hands to the script as one's own draft."""
    assert client.post(f"/messages/{message.id}/recall").status_code == 303
    page = client.get(f"/tickets/{number}").text
    found = re.search(r'id="drafts"[^>]* data-reply="([^"]*)"', page)
    assert found is not None
    return page, json.loads(html.unescape(found[1]))


def ways(page: str, *, conversation: int, public: str = "") -> str:
    """Return what the page says of the way that a draft is meant for: its attributes and its ticks."""
    found = re.search(
        rf'<div data-way="[^"]*" data-conversation="{conversation}" data-public="{public}".*?</div>', page, re.DOTALL
    )
    assert found is not None
    return found[0]


def going(messages: list[Message]) -> list[tuple[int, str]]:
    return [(each.conversation_id, each.state.value) for each in messages]


def test_further_ways_are_ticked_again_and_offered(ada: FlaskClient, world: cast.World) -> None:
    number, mail = one_person(world)
    joining.join(mail, into=number, by=world.max, at=NINE)
    chat, post = threads(number)
    first = send(ada, number, also=f"c{post}")

    page, draft = call_back(ada, number, first[0])

    assert (draft["conversation"], draft["also"]) == (chat, [f"c{post}"])
    assert f'name="also" value="c{post}"' in ways(page, conversation=chat)
    assert going(send(ada, number, also=draft["also"])) == [(chat, "queued"), (post, "queued")]


def test_a_way_that_began_with_the_answer_is_one_of_the_ticket_s_own(ada: FlaskClient, world: cast.World) -> None:
    number, _mail = one_person(world)
    page = ada.get(f"/tickets/{number}").text
    beyond = re.search(r'name="also" value="(n\d+:\d+)"', page)
    assert beyond is not None
    first = send(ada, number, also=beyond[1])
    chat, begun = threads(number)

    page, draft = call_back(ada, number, first[0])

    assert (draft["conversation"], draft["also"]) == (chat, [f"c{begun}"])
    assert f'name="also" value="c{begun}"' in ways(page, conversation=chat)
    assert going(send(ada, number, also=draft["also"])) == [(chat, "queued"), (begun, "queued")]


def test_a_first_message_beyond_the_ticket_stands_on_its_own_way_again(ada: FlaskClient, world: cast.World) -> None:
    number, _mail = one_person(world)
    opens = re.search(r'data-way="new-\d+-\d+"[^>]*data-opens="(\d+:\d+)"', ada.get(f"/tickets/{number}").text)
    assert opens is not None
    (first,) = send(ada, number, conversation="0", opens=opens[1])

    page, draft = call_back(ada, number, first)

    assert (draft["conversation"], draft["public"], draft["opens"]) == (threads(number)[-1], False, "")
    assert 'data-can="1"' in ways(page, conversation=draft["conversation"])
    (again,) = send(ada, number, conversation=draft["conversation"])
    assert (again.conversation_id, again.state) == (first.conversation_id, MessageState.QUEUED)


@pytest.mark.parametrize("is_lined", [True, False])
def test_a_private_answer_to_a_comment_comes_back_below_it_with_its_public_line(
    ada: FlaskClient, world: cast.World, *, is_lined: bool
) -> None:
    number, _comment = voices.comment(world)
    public = threads(number)[0]
    line = {"public_line": "1"} if is_lined else {}
    (first,) = send(ada, number, **line)
    assert first.conversation_id != public

    page, draft = call_back(ada, number, first)

    assert (draft["conversation"], draft["public"], draft["line"]) == (public, False, is_lined)
    way = ways(page, conversation=public)
    assert 'data-can="1"' in way
    assert 'name="public_line"' in way
    (again,) = send(ada, number, **line)
    assert (again.conversation_id, "public_line" in again.details) == (first.conversation_id, is_lined)


def test_ticks_of_a_draft_are_kept_for_other_devices(ada: FlaskClient, world: cast.World) -> None:
    number, _comment = voices.comment(world)
    form = {"conversation": threads(number)[0], "text": "Halb", "also": ["c1", "c2"], "unlined": "1"}

    ada.put(f"/tickets/{number}/drafts/reply", data=form)

    found = re.search(r'id="drafts"[^>]* data-reply="([^"]*)"', ada.get(f"/tickets/{number}").text)
    assert found is not None
    draft = json.loads(html.unescape(found[1]))
    assert (draft["also"], draft["line"]) == (["c1", "c2"], False)


def test_files_of_an_answer_that_waits_for_its_release_are_read_and_go_out_with_it(
    app: Flask, ada: FlaskClient, world: cast.World
) -> None:
    number, max_ = voices.post(world, can_reply=True), enter(app.test_client(), world.max)
    release = waiting(ada, world, number)

    page = max_.get(f"/tickets/{number}").text
    file = re.search(r'href="(/draft-files/\d+)"', page[page.index('class="releasing-bar"') :])
    assert file is not None
    assert max_.get(file[1]).data == b"Lampe"
    assert enter(app.test_client(), world.ben).get(file[1]).status_code == 404
    assert file[1] in max_.get("/releases").text
    assert max_.post(f"/releases/{release}/release", data={"seen": 10**6}).status_code == 303

    assert [name for (name,) in db.session.query(Attachment.name)] == ["foto.png"]
    assert max_.get(file[1]).status_code == 404


def test_files_of_an_answer_that_is_given_back_lie_in_its_author_s_draft(
    app: Flask, ada: FlaskClient, world: cast.World
) -> None:
    number, max_ = voices.post(world, can_reply=True), enter(app.test_client(), world.max)
    release = waiting(ada, world, number)
    assert 'data-file="' not in ada.get(f"/tickets/{number}").text

    max_.post(f"/releases/{release}/refusal", data={"reason": "Anderes Bild bitte"})

    page = ada.get(f"/tickets/{number}").text
    assert 'data-name="foto.png"' in page[page.index('id="reply-form"') :]
    assert 'data-name="foto.png"' not in max_.get(f"/tickets/{number}").text


def test_what_a_platform_does_not_take_is_not_asked_for(ada: FlaskClient, world: cast.World) -> None:
    number = voices.post(world, can_reply=True)
    learning(world)
    form = {"conversation": threads(number)[0], "public": "1", "text": "Das tut uns leid!"}
    form |= {"files": (io.BytesIO(b"%PDF"), "liste.pdf")}

    refused = ada.post(f"/tickets/{number}/replies", data=form, headers=FRAGMENT)

    assert refused.status_code == 422
    assert "Auf X gehen nur Bilder" in refused.text


def test_the_dialog_asks_what_becomes_of_an_answer_that_waits(ada: FlaskClient, world: cast.World) -> None:
    number = voices.post(world, can_reply=True)
    waiting(ada, world, number)

    asked = ada.post(f"/tickets/{number}/resolution", headers=FRAGMENT)
    assert asked.status_code == 422
    assert "Das tut uns leid!" in asked.text
    assert "Offen lassen" in asked.text
    assert cast.ticket(number).closed_at is None

    assert ada.post(f"/tickets/{number}/resolution", data={"waiting": "withdraw"}).status_code == 303
    assert cast.ticket(number).closed_at is not None
    assert 'data-name="foto.png"' in ada.get(f"/tickets/{number}").text


def learning(world: cast.World) -> None:
    db.session.execute(db.text("UPDATE agent SET can_publish = false WHERE id = :ada"), {"ada": world.ada.id})
    db.session.commit()


def waiting(ada: FlaskClient, world: cast.World, number: int) -> int:
    """Let Ada, who may not publish, ask for an answer with a picture to be released; return its id."""
    learning(world)
    form: dict[str, Any] = {"conversation": threads(number)[0], "public": "1"}
    picture = {"files": (io.BytesIO(b"Lampe"), "foto.png")}
    chips = ada.post(f"/tickets/{number}/drafts/reply/files", data=form | picture).text
    kept = re.findall(r'data-file="(\d+)"', chips)
    answer = ada.post(f"/tickets/{number}/replies", data=form | {"text": "Das tut uns leid!", "kept": kept})
    assert answer.status_code == 303
    return int(db.session.execute(db.text("SELECT max(id) FROM release")).scalar_one())
