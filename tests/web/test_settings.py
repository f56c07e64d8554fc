"""Channels, people and teams: set up by administrators, checked against real servers, secrets never shown."""

from __future__ import annotations

import socket

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from app import seal
from app.db import db
from app.models import Agent, Channel, Notification, Role, Team
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.servers.dovecot import Mailbox
from tests.servers.smtp_sink import SmtpSink
from tests.web.entering import enter, secret_of

SECRET = "streng-geheim-4711"


@pytest.fixture
def world(app: Flask, client: FlaskClient, clock: Clock) -> cast.World:
    clock.set(cast.MONDAY_NINE)
    world = cast.build()
    enter(client, world.max)
    return world


def form(**changes: object) -> dict[str, object]:
    """Return what a browser sends for a mailbox on this machine."""
    typed = {
        "address": "hilfe@nordlicht.example",
        "password": SECRET,
        "imap_host": "127.0.0.1",
        "imap_port": "1",
        "imap_tls": "none",
        "smtp_host": "127.0.0.1",
        "smtp_port": "1",
        "smtp_tls": "none",
        "smtp_login": "same",
        "folder": "INBOX",
        "receipt": "yes",
    }
    return {**typed, **changes}


def added(name: str = "hilfe@nordlicht.example") -> Channel:
    db.session.expire_all()
    return db.session.query(Channel).filter_by(name=name).one()


def count() -> int:
    return db.session.query(Channel).count()


def test_a_mailbox_is_set_up_with_five_fields(world: cast.World, client: FlaskClient) -> None:
    page = client.get("/settings/channels/new/email").text
    visible = page.partition('<form class="panel form"')[2].partition("<details")[0]
    assert visible.count('<p class="field">') == 5
    client.post("/settings/channels", data=form(team=str(world.care)))
    channel = added()
    assert (channel.address, channel.team_id) == ("hilfe@nordlicht.example", world.care)
    assert seal.unseal(channel.secrets) == {"imap_password": SECRET, "smtp_password": SECRET}
    assert channel.settings["smtp_user"] == "hilfe@nordlicht.example"


def resolve_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every name lead to one address, for no test may ask the outside world."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: found)


def test_the_servers_of_a_known_provider_need_not_be_typed(
    world: cast.World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to("203.0.113.5", monkeypatch)
    client.post("/settings/channels", data={"address": "laden@gmx.de", "password": SECRET, "smtp_login": "same"})
    settings = added("laden@gmx.de").settings
    assert (settings["imap_host"], settings["smtp_host"], settings["smtp_port"]) == (
        "imap.gmx.net",
        "mail.gmx.net",
        "587",
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"address": ""}, "Bitte geben Sie die Adresse an"),
        ({"address": "keine Adresse"}, "ist keine E-Mail-Adresse"),
        ({"imap_port": "99999"}, "nur 1 bis 65535"),
        ({"imap_port": "zwölf"}, "eine ganze Zahl"),
        ({"imap_tls": "ssl"}, "gibt es nicht, nur tls, starttls, none"),
        ({"imap_host": "", "smtp_host": ""}, "Diesen Anbieter kennen wir nicht"),
        ({"password": ""}, "Ohne Kennwort lässt sich das Postfach nicht lesen."),
        ({"name": "Service"}, "Einen Kanal „Service“ gibt es schon."),
        ({"ca_file": "/gibt/es/nicht.pem"}, "gibt es nicht"),
    ],
)
def test_a_wrong_field_is_named_and_the_rest_is_kept(
    world: cast.World, client: FlaskClient, changes: dict[str, object], words: str
) -> None:
    answer = client.post("/settings/channels", data=form(from_name="Nordlicht Hilfe", **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'value="Nordlicht Hilfe"' in answer.text
    assert SECRET not in answer.text
    assert count() == 1


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fe80::1]", "fe80::1", "2852039166", "::ffff:169.254.169.254", "fd00:ec2::254"]
)
def test_the_machines_own_surroundings_are_no_mail_server(world: cast.World, client: FlaskClient, host: str) -> None:
    for field in ("imap_host", "smtp_host"):
        answer = client.post("/settings/channels", data=form(**{field: host}))
        assert answer.status_code == 422
        assert "gehört zur Maschine selbst" in answer.text
    assert count() == 1


def test_a_name_that_leads_there_is_none_either(
    world: cast.World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to("169.254.169.254", monkeypatch)
    answer = client.post("/settings/channels", data=form(imap_host="mail.nordlicht.example"))
    assert "gehört zur Maschine selbst" in answer.text


def test_secrets_are_never_shown_and_an_empty_field_keeps_them(world: cast.World, client: FlaskClient) -> None:
    client.post("/settings/channels", data=form())
    channel = added()
    address = f"/settings/channels/{channel.id}"
    assert SECRET not in client.get(address).text
    client.post(address, data=form(password="", from_name="Hilfe"))
    changed = added()
    assert changed.settings["from_name"] == "Hilfe"
    assert seal.unseal(changed.secrets)["imap_password"] == SECRET


def test_a_password_does_not_go_to_another_server_unasked(world: cast.World, client: FlaskClient) -> None:
    client.post("/settings/channels", data=form())
    address = f"/settings/channels/{added().id}"
    answer = client.post(address, data=form(password="", imap_host="127.0.0.2"))
    assert answer.status_code == 422
    assert "Der Server ist ein anderer" in answer.text
    assert client.post(address, data=form(imap_host="127.0.0.2")).status_code == 303
    assert added().settings["imap_host"] == "127.0.0.2"


def test_the_check_talks_to_real_servers_line_by_line(
    world: cast.World, client: FlaskClient, mailbox: Mailbox, sink: SmtpSink
) -> None:
    mailbox.deliver(b"Subject: eins\r\n\r\nText\r\n")
    typed = form(
        password=mailbox.password,
        imap_host=mailbox.host,
        imap_port=str(mailbox.port),
        imap_user=mailbox.user,
        smtp_host=sink.host,
        smtp_port=str(sink.port),
        smtp_login="none",
    )
    client.post("/settings/channels", data=typed)
    page = client.post(f"/settings/channels/{added().id}/check").text
    assert page.count('class="verdict ok"') == 4
    assert "Ordner „INBOX“ mit 1 Mails." in page
    assert "Verbunden, ohne Anmeldung" in page
    assert added().reached_at == cast.MONDAY_NINE


def test_a_wrong_password_is_said_in_plain_words(world: cast.World, client: FlaskClient, mailbox: Mailbox) -> None:
    typed = form(imap_host=mailbox.host, imap_port=str(mailbox.port), imap_user=mailbox.user, smtp_host="")
    client.post("/settings/channels", data=typed)
    page = client.post(f"/settings/channels/{added().id}/check").text
    assert 'class="verdict bad"' in page
    assert added().problem != ""
    assert str(escape(added().problem)) in client.get("/settings/channels").text


def test_an_unreachable_server_is_said_in_plain_words(world: cast.World, client: FlaskClient) -> None:
    client.post("/settings/channels", data=form())
    page = client.post(f"/settings/channels/{added().id}/check").text
    assert page.count('class="verdict bad"') == 2


def test_a_channel_rests_and_goes_on(world: cast.World, client: FlaskClient) -> None:
    client.post(f"/settings/channels/{world.channel}/pause")
    assert added("Service").is_paused
    assert "angehalten" in client.get("/settings/channels").text
    client.post(f"/settings/channels/{world.channel}/resume")
    assert not added("Service").is_paused


def test_a_lost_key_asks_for_the_passwords_anew(world: cast.World, client: FlaskClient) -> None:
    client.post("/settings/channels", data=form())
    id_ = added().id
    before = list(seal._keys)
    seal.use(["ein anderer Schlüssel von zweiunddreißig Zeichen"])
    try:
        page = client.post(f"/settings/channels/{id_}/check").text
    finally:
        seal.use(before)
    assert "Bitte geben Sie sie neu ein." in page


def test_after_a_lost_key_new_passwords_can_be_entered(world: cast.World, client: FlaskClient) -> None:
    client.post("/settings/channels", data=form())
    address = f"/settings/channels/{added().id}"
    before = list(seal._keys)
    seal.use(["ein anderer Schlüssel von zweiunddreißig Zeichen"])
    try:
        answer = client.post(address, data=form(password="ganz neu"))
        kept = seal.unseal(added().secrets)
    finally:
        seal.use(before)
    assert answer.status_code == 303
    assert kept == {"imap_password": "ganz neu", "smtp_password": "ganz neu"}


def test_a_change_under_a_wrong_key_leaves_the_passwords_sealed(world: cast.World, client: FlaskClient) -> None:
    client.post("/settings/channels", data=form())
    address = f"/settings/channels/{added().id}"
    before = list(seal._keys)
    seal.use(["ein anderer Schlüssel von zweiunddreißig Zeichen"])
    try:
        answer = client.post(address, data=form(password="", from_name="Hilfe"))
    finally:
        seal.use(before)
    assert answer.status_code == 303
    assert added().settings["from_name"] == "Hilfe"
    assert seal.unseal(added().secrets)["imap_password"] == SECRET


def test_a_channel_does_not_take_the_name_of_another(world: cast.World, client: FlaskClient) -> None:
    client.post("/settings/channels", data=form())
    answer = client.post(f"/settings/channels/{added().id}", data=form(name="Service"))
    assert answer.status_code == 422
    assert "Einen Kanal „Service“ gibt es schon." in answer.text
    assert added().name == "hilfe@nordlicht.example"


@pytest.mark.parametrize("team", ["4711", "9" * 30])
def test_a_team_that_is_not_there_is_refused(world: cast.World, client: FlaskClient, team: str) -> None:
    answer = client.post("/settings/channels", data=form(team=team))
    assert answer.status_code == 422
    assert "Dieses Team gibt es nicht." in answer.text
    assert count() == 1


def test_a_new_person_gets_a_link_and_their_teams(world: cast.World, client: FlaskClient) -> None:
    typed = {"name": "Dora Neu", "email": "Dora@nordlicht.example", "role": "lead", "teams": ["Retoure"]}
    client.post("/settings/people", data=typed)
    dora = db.session.query(Agent).filter_by(email="dora@nordlicht.example").one()
    assert (dora.name, dora.role) == ("Dora Neu", Role.LEAD)
    assert db.session.query(Notification).filter_by(agent_id=dora.id, kind="password").count() == 1
    assert "noch ohne Kennwort" in client.get("/settings/people").text


def test_an_address_that_is_taken_is_refused_beside_its_field(world: cast.World, client: FlaskClient) -> None:
    answer = client.post("/settings/people", data={"name": "Ada Zwei", "email": "ada@nordlicht.example"})
    assert answer.status_code == 422
    assert "ada@nordlicht.example gibt es schon." in answer.text
    assert 'value="Ada Zwei"' in answer.text


def test_somebody_who_leaves_is_out_at_once(world: cast.World, app: Flask, client: FlaskClient) -> None:
    adas = app.test_client()
    adas.set_cookie("faden", secret_of(world.ada))
    assert adas.get("/account").status_code == 200
    client.post(f"/settings/people/{world.ada.id}/leave")
    assert adas.get("/account").status_code == 303
    client.post(f"/settings/people/{world.ada.id}/return")
    assert db.session.get_one(Agent, world.ada.id).is_active


def test_nobody_locks_themselves_out(world: cast.World, client: FlaskClient) -> None:
    assert client.post(f"/settings/people/{world.max.id}/leave").status_code == 422
    answer = client.post(f"/settings/people/{world.max.id}", data={"name": "Max", "role": "agent"})
    assert "Ihre eigene Verwaltung können Sie nicht abgeben" in answer.text
    assert client.get("/settings/people").status_code == 200


def test_role_and_teams_can_be_changed(world: cast.World, client: FlaskClient) -> None:
    typed = {"name": "Ada B.", "role": "lead", "teams": ["Retoure", "Social Media"]}
    client.post(f"/settings/people/{world.ada.id}", data=typed)
    row = client.get("/settings/people").text.partition("Ada B.")[2].partition("</tr>")[0]
    assert "Leitung" in row
    assert "Retoure, Social Media" in row


def test_teams_are_added_and_renamed_but_never_twice(world: cast.World, client: FlaskClient) -> None:
    client.post("/settings/teams", data={"name": "Lager"})
    assert client.post("/settings/teams", data={"name": "lager"}).status_code == 422
    client.post(f"/settings/teams/{world.returns}", data={"name": "Rücksendung"})
    assert client.post(f"/settings/teams/{world.care}", data={"name": "Lager"}).status_code == 422
    names = [name for (name,) in db.session.query(Team.name).order_by(Team.name)]
    assert names == ["Kundenservice", "Lager", "Rücksendung", "Social Media"]
