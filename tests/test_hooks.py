"""The door platforms call at: who may come in, what is kept, and that nothing else is asked of them."""

from __future__ import annotations

import dataclasses
import io
import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import blobs
from app.config import Settings
from app.db import db, transaction
from app.desk import channels
from app.factory import create_app
from app.hooks import MOST_BYTES
from app.models import Channel, Envelope, EnvelopeState
from app.runs import intake
from tests import world as cast
from tests.runs import pages
from tests.waiting import until

ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
BODY = pages.message("7400000000000021", "m_1", "Wo bleibt meine Lampe?", cast.MONDAY_NINE)


@pytest.fixture
def page(app: Flask) -> int:
    """The shop's page; forms need their token, as on a real server."""
    app.config["WTF_CSRF_ENABLED"] = True
    return pages.add(cast.build().social)


def post(
    client: FlaskClient, channel_id: int, body: bytes = BODY, *, secret: str = pages.SECRET, kind: str = "messenger"
) -> TestResponse:
    return client.post(f"/hooks/{kind}/{channel_id}", data=body, headers=pages.signed(body, secret))


def row(channel_id: int) -> Channel:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Channel, channel_id)


def kept() -> list[Envelope]:
    db.session.rollback()
    return db.session.query(Envelope).order_by(Envelope.id).all()


def test_a_signed_call_is_kept_as_it_came_and_answered_in_the_platforms_words(client: FlaskClient, page: int) -> None:
    answer = post(client, page)
    assert (answer.status_code, answer.data) == (200, b"EVENT_RECEIVED")
    assert [(each.content, each.state, each.channel_id) for each in kept()] == [(BODY, EnvelopeState.STORED, page)]
    assert row(page).heard_at is not None


@pytest.mark.parametrize(
    "headers", [{}, {"X-Hub-Signature-256": "sha256=" + "0" * 64}, pages.signed(b"something else")]
)
def test_a_wrong_or_missing_signature_is_refused_and_counted(
    client: FlaskClient, page: int, headers: dict[str, str]
) -> None:
    answer = client.post(f"/hooks/messenger/{page}", data=BODY, headers=headers)
    assert answer.status_code == 401
    assert kept() == []
    found = row(page)
    assert (found.refused_count, found.refused_at is not None, found.heard_at) == (1, True, None)


def test_a_flood_of_wrong_signatures_is_counted_to_the_last_one(client: FlaskClient, page: int) -> None:
    for _ in range(30):
        post(client, page, secret="falsch")
    until(lambda: row(page).refused_count == 30, what="every refused call being counted")


@ONE
def test_one_changed_byte_breaks_the_signature(client: FlaskClient, page: int) -> None:
    answer = client.post(f"/hooks/messenger/{page}", data=BODY.replace(b"m_1", b"m_2"), headers=pages.signed(BODY))
    assert answer.status_code == 401


def test_the_same_call_twice_is_kept_once(client: FlaskClient, page: int) -> None:
    assert [post(client, page).status_code for _ in range(3)] == [200, 200, 200]
    assert len(kept()) == 1


def test_a_large_call_lies_in_the_blob_store(client: FlaskClient, page: int, folder: object) -> None:
    body = pages.message("7400000000000021", "m_2", "ä" * intake.MOST_IN_ROW, cast.MONDAY_NINE)
    post(client, page)
    assert post(client, page, body).status_code == 200
    small, large = kept()
    assert (large.content, blobs.at(f"{(folder / 'blobs').as_uri()}").get(large.digest)) == (None, body)  # type: ignore[operator]
    assert (intake.raw_of(small.id), intake.raw_of(large.id)) == (BODY, body)


@ONE
@pytest.mark.parametrize("length", [MOST_BYTES, None])
def test_more_than_five_megabytes_are_refused_whether_or_not_they_were_announced(
    client: FlaskClient, page: int, length: int | None
) -> None:
    """They are read to their end all the same: who is still sending hears no answer."""
    body = b" " * (MOST_BYTES + 200_000)
    stream = io.BytesIO(body)
    announced = {} if length is None else {"CONTENT_LENGTH": str(len(body))}
    answer = client.post(
        f"/hooks/messenger/{page}",
        input_stream=stream,
        environ_overrides={"wsgi.input_terminated": True, **announced},
        headers=pages.signed(body),
    )
    assert (answer.status_code, kept(), stream.tell()) == (413, [], len(body))


@ONE
def test_a_call_without_an_announced_length_is_read_to_its_end(client: FlaskClient, page: int) -> None:
    answer = client.post(
        f"/hooks/messenger/{page}",
        input_stream=io.BytesIO(BODY),
        environ_overrides={"wsgi.input_terminated": True},
        headers=pages.signed(BODY),
    )
    assert (answer.status_code, [each.content for each in kept()]) == (200, [BODY])


@ONE
@pytest.mark.parametrize("path", ["messenger/4711", "x/{page}", "nothing/{page}", "email/{mail}", "messenger/{mail}"])
def test_there_is_no_other_hook(client: FlaskClient, page: int, path: str) -> None:
    mail = db.session.query(Channel.id).filter(Channel.kind == "email").scalar()
    address = f"/hooks/{path.format(page=page, mail=mail)}"
    assert client.post(address, data=BODY, headers=pages.signed(BODY)).status_code == 404
    assert client.get(address).status_code == 404


@ONE
def test_a_handshake_is_answered_only_to_whoever_knows_our_word(client: FlaskClient, page: int) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": pages.WORD}
    answer = client.get(f"/hooks/messenger/{page}", query_string=query)
    assert (answer.status_code, answer.data) == (200, b"1158201444")
    assert answer.mimetype == "text/plain"
    wrong = client.get(f"/hooks/messenger/{page}", query_string={**query, "hub.verify_token": "geraten"})
    assert (wrong.status_code, kept()) == (403, [])


@ONE
def test_a_new_secret_counts_at_once_and_the_old_one_a_second_at_most(client: FlaskClient, page: int) -> None:
    assert post(client, page).status_code == 200
    channels.change(
        page,
        name="Facebook",
        address=pages.PAGE,
        settings={"app_id": pages.APP, "api_base": pages.CLOSED},
        secrets={"app_secret": "ein-neues"},
        team_id=None,
    )
    assert post(client, page, secret="ein-neues").status_code == 200
    until(lambda: post(client, page).status_code == 401, within=20, what="the old secret being worth nothing")


@ONE
def test_a_paused_channel_keeps_what_comes(client: FlaskClient, page: int) -> None:
    channels.pause(page, is_paused=True)
    assert post(client, page).status_code == 200
    assert len(kept()) == 1


@ONE
def test_a_call_costs_neither_cookie_nor_session_nor_a_limit(client: FlaskClient, page: int) -> None:
    for number in range(30):
        body = pages.message("7400000000000021", f"m_{number}", "Hallo", cast.MONDAY_NINE)
        answer = post(client, page, body)
        assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (200, [])
        assert not [name for name in dict(answer.headers) if name.startswith("X-RateLimit")]


@ONE
def test_a_channel_that_is_set_up_wrong_lets_the_platform_try_again(client: FlaskClient, page: int) -> None:
    with transaction():
        row_ = db.session.get_one(Channel, page)
        row_.settings = {"app_id": "keine Zahl"}
    answer = post(client, page)
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)


@ONE
def test_a_database_that_is_away_lets_the_platform_try_again(settings: Settings) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    client = create_app(dataclasses.replace(settings, database_url=url)).test_client()
    answer = client.post("/hooks/messenger/1", data=BODY, headers=pages.signed(BODY))
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
    assert b"127.0.0.1" not in answer.data


def test_calls_at_the_same_time_are_all_kept_once(app: Flask, page: int) -> None:
    bodies = [pages.message("7400000000000021", f"m_{number % 20}", "Hallo", cast.MONDAY_NINE) for number in range(60)]
    statuses: list[int] = []

    def send(mine: list[bytes]) -> None:
        with app.app_context():
            statuses.extend(post(app.test_client(), page, body).status_code for body in mine)

    threads = [threading.Thread(target=send, args=(bodies[number::6],)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 60
    assert len(kept()) == 20
