"""The demo's other side: a real mail over SMTP, and what came back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.config import Settings
from app.db import db
from app.desk import channels
from app.factory import create_app
from tests import world as cast
from tests.fixtures.databases import Client
from tests.servers.smtp_sink import SmtpSink
from tests.web.entering import enter

RECEIPT = (
    "From: Nordlicht <service@nordlicht.example>\r\nReply-To: service+r.abc@nordlicht.example\r\n"
    "To: Eva Kundin <eva@kundin.example>\r\nSubject: Ihre Nachricht ist da, Anliegen 10001\r\n"
    "Message-ID: <quittung@nordlicht.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "<b>Antwort</b> bis heute 13:00 Uhr.\r\n"
)
NOTICE = (
    "From: service@nordlicht.example\r\nTo: max@nordlicht.example\r\nSubject: Ihr neues Kennwort\r\n"
    "Message-ID: <faden.notice.1@nordlicht.example>\r\n\r\nhttp://127.0.0.1/password/5.1.abc\r\n"
)

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def shop(settings: Settings, sink: SmtpSink) -> Iterator[Flask]:
    """A demo whose listener is the sink of the test."""
    flask = create_app(dataclasses.replace(settings, is_demo=True, smtp_listen=f"{sink.host}:{sink.port}"))
    flask.config["WTF_CSRF_ENABLED"] = False
    flask.test_client_class = Client
    with flask.app_context():
        yield flask
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def ada(shop: Flask) -> FlaskClient:
    return enter(shop.test_client(), cast.build().ada)


def keep(shop: Flask, name: str, mail: str) -> None:
    folder = shop.config["FADEN"].data_dir / "demo-sink"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(mail, encoding="utf-8", newline="")


def test_a_customers_mail_goes_out_over_smtp(ada: FlaskClient, sink: SmtpSink) -> None:
    typed = {
        "name": "Jörg Müller",
        "email": "joerg@kunde.example",
        "to": "service@nordlicht.example",
        "subject": "Größe falsch",
        "text": "Die Lampe ist zu groß.",
        "files": (BytesIO(b"%PDF-1.4"), "rechnung.pdf", "application/pdf"),
    }
    answer = ada.post("/demo/write", data=typed)
    received = sink.wait_for(1)[0]
    assert answer.status_code == 303
    assert (received.sender, list(received.recipients)) == ("joerg@kunde.example", ["service@nordlicht.example"])
    assert received.message["Subject"] == "Größe falsch"
    assert [part.get_filename() for part in received.message.iter_attachments()] == ["rechnung.pdf"]


def test_a_refusal_is_said_and_the_text_is_kept(ada: FlaskClient, sink: SmtpSink) -> None:
    sink.behaviour.refuse["*"] = "550 5.1.1 No such address here"
    typed = {"email": "eva@kundin.example", "to": "wer@nordlicht.example", "text": "Hallo?"}
    answer = ada.post("/demo/write", data=typed)
    assert answer.status_code == 422
    assert "550 5.1.1 No such address here" in answer.text
    assert "Hallo?" in answer.text


@pytest.mark.parametrize("field", ["name", "email", "to", "subject", "in_reply_to"])
def test_no_field_can_write_a_header_of_its_own(ada: FlaskClient, sink: SmtpSink, field: str) -> None:
    typed = {
        "name": "Eva",
        "email": "eva@kundin.example",
        "to": "service@nordlicht.example",
        "subject": "x",
        "text": "y",
    }
    answer = ada.post("/demo/write", data={**typed, field: "a@b.example\r\nBcc: boese@example.org"})
    assert answer.status_code in {303, 422}
    assert not any("boese@example.org" in str(mail.recipients) or mail.message["Bcc"] for mail in sink.received)


def test_what_customers_got_is_shown_as_text(shop: Flask, ada: FlaskClient) -> None:
    keep(shop, "20261123T090000-1.eml", RECEIPT)
    page = ada.get("/demo/received").text
    assert "Ihre Nachricht ist da, Anliegen 10001" in page
    assert "&lt;b&gt;Antwort&lt;/b&gt; bis heute 13:00 Uhr." in page


def test_an_answer_goes_to_the_reply_address_of_the_mail(shop: Flask, ada: FlaskClient, sink: SmtpSink) -> None:
    keep(shop, "20261123T090000-1.eml", RECEIPT)
    page = ada.get("/demo/write?answers=20261123T090000-1.eml").text
    assert 'value="service+r.abc@nordlicht.example" selected' in page
    assert 'value="Re: Ihre Nachricht ist da, Anliegen 10001"' in page
    assert 'name="in_reply_to" value="quittung@nordlicht.example"' in page


def test_links_that_set_a_password_are_not_for_everybody(shop: Flask, ada: FlaskClient) -> None:
    keep(shop, "20261123T090000-2.eml", NOTICE)
    assert "/password/" not in ada.get("/demo/received").text


@pytest.mark.parametrize("name", ["../secret.key", "..%2Fsecret.key", "/etc/passwd", ".versteckt.eml", "x.eml\0"])
def test_only_mails_of_the_sink_can_be_named(ada: FlaskClient, name: str) -> None:
    answer = ada.get("/demo/write", query_string={"answers": name})
    assert 'value="Wo bleibt meine Lampe?"' in answer.text


def test_before_anything_was_sent_the_page_says_what_to_do(ada: FlaskClient) -> None:
    assert "Noch nichts verschickt" in ada.get("/demo/received").text


def test_without_a_demo_there_is_no_such_page(app: Flask, client: FlaskClient) -> None:
    enter(client, cast.build().max)
    assert [client.get(f"/demo/{page}").status_code for page in ("write", "received")] == [404, 404]


def add_page() -> int:
    """Set up the sample shop's page at a platform that does not run, and return the channel's id."""
    return channels.add(
        "messenger",
        name="Seite",
        address="2200000000000042",
        settings={"app_id": "1", "api_base": "http://127.0.0.1:9"},
        secrets={},
        team_id=None,
        is_demo=True,
    )


def test_only_platforms_of_the_sample_shop_are_offered(ada: FlaskClient) -> None:
    assert ada.get("/demo/write/messenger").status_code == 404
    add_page()
    page = ada.get("/demo/write/messenger").text
    assert 'href="/demo/write/comment"' in page
    assert "/demo/write/x" not in page
    assert [ada.get(f"/demo/{way}").status_code for way in ("write/x", "received/x", "write/nichts")] == [404] * 3


def test_a_platform_that_is_away_is_said_and_the_text_is_kept(ada: FlaskClient) -> None:
    add_page()
    typed = {"name": "Eva", "id": "61", "text": "Hallo?"}
    answer = ada.post("/demo/write/messenger", data=typed)
    assert answer.status_code == 422
    assert "Die Plattform der Demo antwortet nicht." in answer.text
    assert "Hallo?</textarea>" in answer.text
    assert ada.get("/demo/received/messenger").status_code == 200


def test_nobody_writes_without_a_word(ada: FlaskClient) -> None:
    add_page()
    answer = ada.post("/demo/write/comment", data={"name": "Eva", "id": "71", "text": "  "})
    assert answer.status_code == 422
    assert 'id="text-error"' in answer.text


def test_no_other_act_can_be_named(ada: FlaskClient) -> None:
    add_page()
    typed = {"name": "Eva", "id": "61", "text": "Hallo?", "act": "../../v25.0/me"}
    assert ada.post("/demo/write/messenger", data=typed).status_code == 404
