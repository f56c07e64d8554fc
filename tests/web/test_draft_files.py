"""Files in the composer through their doors: uploaded at once, sent with the answer, kept when it is refused."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import db
from app.models import Attachment, Draft, DraftFile, Message
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web import voices
from tests.web.entering import FRAGMENT, enter

NINE = cast.MONDAY_NINE


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set((NINE + timedelta(hours=1)).isoformat())
    return cast.build()


def thread(number: int) -> int:
    return int(
        db.session.execute(db.text("SELECT min(id) FROM conversation WHERE ticket_id = :n"), {"n": number}).scalar_one()
    )


def bytes_of(name: str, content: bytes = b"Lampe") -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(content), name)]


def upload(client: FlaskClient, number: int, name: str = "foto.png", content: bytes = b"Lampe") -> TestResponse:
    form = {"files": bytes_of(name, content), "conversation": thread(number), "public": "", "opens": ""}
    return client.post(f"/tickets/{number}/drafts/reply/files", data=form)


def chips(text: str) -> list[tuple[int, str]]:
    return [(int(id_), name) for id_, name in re.findall(r'data-file="(\d+)" data-name="([^"]*)"', text)]


def shown(client: FlaskClient, number: int) -> list[tuple[int, str]]:
    """Return the files that the composer itself shows, as a browser without a script has them."""
    page = client.get(f"/tickets/{number}").text
    return chips(page[page.index('id="reply-form"') :])


def attached() -> list[str]:
    ours = db.session.query(Attachment.name).join(Message).filter(Message.direction == "out")
    return [name for (name,) in ours.order_by(Attachment.id)]


def test_an_uploaded_file_is_on_every_device_and_goes_out_with_the_answer(
    app: Flask, ada: FlaskClient, world: cast.World, number: int
) -> None:
    answered = upload(ada, number)
    assert answered.status_code == 200
    assert "5 B" in answered.text

    [(id_, name)] = shown(enter(app.test_client(), world.ada), number)
    assert name == "foto.png"
    form = {"conversation": thread(number), "text": "Anbei.", "kept": id_}
    assert ada.post(f"/tickets/{number}/replies", data=form).status_code == 303

    assert attached() == ["foto.png"]
    assert shown(ada, number) == []


def test_its_author_reads_a_file_of_a_draft_and_nobody_else(
    app: Flask, ada: FlaskClient, world: cast.World, number: int
) -> None:
    [(id_, _name)] = chips(upload(ada, number).text)

    own = ada.get(f"/draft-files/{id_}")

    assert (own.status_code, own.data, own.mimetype) == (200, b"Lampe", "image/png")
    for other in (world.cleo, world.max, world.ben):
        theirs = enter(app.test_client(), other)
        assert theirs.get(f"/draft-files/{id_}").status_code == 404
        assert "foto.png" not in theirs.get(f"/tickets/{number}").text
    ada.delete(f"/tickets/{number}/drafts/reply/files/{id_}")
    assert ada.get(f"/draft-files/{id_}").status_code == 404


def test_nobody_uploads_where_they_may_not_read(app: Flask, world: cast.World, number: int) -> None:
    assert upload(enter(app.test_client(), world.ben), number).status_code == 404
    assert db.session.query(Draft).count() == 0


def test_a_file_is_taken_out_and_taken_in_again(ada: FlaskClient, number: int) -> None:
    [(first, _name)] = chips(upload(ada, number).text)
    upload(ada, number, "zwei.pdf")

    left = ada.delete(f"/tickets/{number}/drafts/reply/files/{first}")
    assert [name for _id, name in chips(left.text)] == ["zwei.pdf"]
    back = ada.post(f"/tickets/{number}/drafts/reply/files", data={"again": first, "conversation": thread(number)})

    assert [name for _id, name in chips(back.text)] == ["foto.png", "zwei.pdf"]


def test_a_plain_form_that_is_refused_keeps_the_files_it_brought(ada: FlaskClient, number: int) -> None:
    form: dict[str, Any] = {"conversation": thread(number), "text": "Anbei.", "seen": 0}
    form |= {"files": bytes_of("drei.pdf"), "meant": "999:1"}
    refused = ada.post(f"/tickets/{number}/replies", data=form)
    assert refused.status_code == 422

    [(id_, name)] = shown(ada, number)

    assert name == "drei.pdf"
    again = {"conversation": thread(number), "text": "Anbei.", "kept": id_, "files": bytes_of("vier.pdf")}
    assert ada.post(f"/tickets/{number}/replies", data=again).status_code == 303
    assert attached() == ["drei.pdf", "vier.pdf"]


def test_what_is_sent_after_news_keeps_its_files_in_the_draft(ada: FlaskClient, world: cast.World, number: int) -> None:
    [(id_, _name)] = chips(upload(ada, number).text)
    seen = db.session.query(db.func.max(Message.id)).scalar()
    cast.hear(world, replies_to=(cast.message(seen).external_id,), at=NINE + timedelta(minutes=30))
    form = {"conversation": thread(number), "text": "Anbei.", "kept": id_, "seen": seen}

    newer = ada.post(f"/tickets/{number}/replies", data=form, headers=FRAGMENT)

    assert newer.status_code == 409
    assert [name for _id, name in shown(ada, number)] == ["foto.png"]


def test_a_file_is_not_shown_in_the_composer_of_another_way(ada: FlaskClient, world: cast.World) -> None:
    number = voices.comment(world)[0]
    form = {"files": bytes_of("privat.png"), "conversation": thread(number), "public": "", "opens": ""}
    assert ada.post(f"/tickets/{number}/drafts/reply/files", data=form).status_code == 200

    page = ada.get(f"/tickets/{number}").text

    assert chips(page[page.index('id="reply-form"') :]) == []
    assert [name for _id, name in chips(page)] == ["privat.png"]


def test_what_an_answer_cannot_carry_is_said_at_once(ada: FlaskClient, number: int) -> None:
    upload(ada, number)
    with_too_much = db.session.query(DraftFile).one()
    with_too_much.size = 40_000_000
    db.session.commit()

    refused = upload(ada, number, "noch.eine")

    assert refused.status_code == 422
    assert "höchstens 40 MB gehen mit einer Antwort" in refused.text


def test_the_page_says_which_files_each_way_takes(ada: FlaskClient, world: cast.World, number: int) -> None:
    page = ada.get(f"/tickets/{number}").text
    assert 'data-files="100" data-types="{}"' in page
    comment = ada.get(f"/tickets/{voices.comment(world)[0]}").text
    assert 'data-files="0"' in comment
