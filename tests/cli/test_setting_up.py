"""Database, teams, people, tokens, channels on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.config import Settings
from tests.cli.conftest import Faden, lines
from tests.servers.dovecot import Mailbox
from tests.servers.smtp_sink import SmtpSink


def test_a_fresh_database_gets_tables_a_calendar_and_targets(faden: Faden, empty_database_url: str) -> None:
    first = faden("db", "upgrade", FADEN_DATABASE_URL=empty_database_url)
    assert first.exit_code == 0
    assert "+ calendars: Servicezeiten" in first.output
    again = faden("db", "upgrade", FADEN_DATABASE_URL=empty_database_url)
    assert again.output.splitlines() == ["The database is up to date."]
    assert faden("db", "check", FADEN_DATABASE_URL=empty_database_url).exit_code == 0


def test_without_tables_a_command_says_what_to_run(faden: Faden, empty_database_url: str) -> None:
    result = faden("channel", "list", FADEN_DATABASE_URL=empty_database_url)
    assert result.exit_code == 1
    assert "faden db upgrade" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert faden("db", "check", FADEN_DATABASE_URL=empty_database_url).exit_code == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_database_that_is_away_is_one_line(faden: Faden, database: str) -> None:
    result = faden("channel", "list", FADEN_DATABASE_URL="postgresql://postgres@127.0.0.1:1/nobody")
    assert result.exit_code == 1
    assert "database does not answer" in result.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FADEN_REDIS_URL", "http://x"),
        ("FADEN_LOG", "loud"),
        ("FADEN_DATABASE_URL", "mysql://x"),
        ("FADEN_BASE_URL", "x"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_wrong_setting_is_one_line_that_names_it(faden: Faden, database: str, variable: str, value: str) -> None:
    result = faden("agent", "list", **{variable: value})
    assert result.exit_code == 2
    assert result.stderr.startswith(f"faden: {variable}: ")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_unknown_command_is_wrong_usage(faden: Faden, database: str) -> None:
    assert faden("teleport").exit_code == 2
    assert faden("agent", "add").exit_code == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_command_can_be_asked_for_help(faden: Faden, database: str) -> None:
    from app.cli import COMMANDS

    for name in COMMANDS:
        result = faden(name, "--help")
        assert result.exit_code == 0
        assert result.output.startswith("Usage: ")


def test_a_person_with_a_given_password_can_log_in(faden: Faden, settings: Settings) -> None:
    faden("team", "add", "Kundenservice")
    added = faden(
        "agent", "add", "Ada@Nordlicht.example", "--name", "Ada", "--role", "lead", "--team", "Kundenservice",
        "--password-stdin", input="ein langes Kennwort\n",
    )  # fmt: skip
    assert added.exit_code == 0
    assert "langes" not in added.output
    assert "ada@nordlicht.example\tAda\tlead\tKundenservice" in faden("agent", "list").output
    assert can_log_in(settings, "ada@nordlicht.example", "ein langes Kennwort")


def test_a_made_up_password_is_printed_once_and_works(faden: Faden, settings: Settings) -> None:
    email, password = faden("agent", "add", "ada@nordlicht.example", "--name", "Ada").output.split()
    assert can_log_in(settings, email, password)
    assert password not in faden("agent", "list").output


def test_a_new_password_replaces_the_old_one(faden: Faden, settings: Settings) -> None:
    email, old = faden("agent", "add", "ada@nordlicht.example", "--name", "Ada").output.split()
    _, new = faden("agent", "password", email).output.split()
    assert can_log_in(settings, email, new)
    assert not can_log_in(settings, email, old)


def can_log_in(settings: Settings, email: str, password: str) -> bool:
    from app import clock, signin
    from app.db import db
    from app.factory import create_core

    with create_core(settings).app_context():
        secret = signin.log_in(email, password, address="127.0.0.1", browser="test", at=clock.now())
        db.session.remove()
        db.engine.dispose()
    return secret is not None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ada@nordlicht.example", "--name", "Ada"), "gibt es schon"),
        (("ada", "--name", "Ada"), "keine E-Mail-Adresse"),
        (("neu@nordlicht.example", "--name", "Neu", "--team", "Nirgends"), "Nirgends"),
    ],
)
def test_a_person_that_cannot_be_added_is_refused(faden: Faden, words: tuple[str, ...], told: str) -> None:
    faden("agent", "add", "ada@nordlicht.example", "--name", "Ada")
    result = faden("agent", "add", *words)
    assert (result.exit_code, told in result.stderr) == (1, True)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("input", ["", "kurz\n"])
def test_an_empty_or_short_password_is_refused(faden: Faden, database: str, input: str) -> None:
    result = faden("agent", "add", "ada@nordlicht.example", "--name", "Ada", "--password-stdin", input=input)
    assert result.exit_code == 1
    assert faden("agent", "list").output == ""


def test_a_token_opens_the_door_for_its_person(faden: Faden, settings: Settings) -> None:
    from app import signin
    from app.db import db
    from app.factory import create_core

    faden("agent", "add", "ada@nordlicht.example", "--name", "Ada")
    token = faden("token", "add", "ada@nordlicht.example", "--name", "Kasse").output.strip()
    with create_core(settings).app_context():
        found = signin.person_by_token(token)
        db.session.remove()
        db.engine.dispose()
    assert found is not None
    assert found[0].email == "ada@nordlicht.example"
    assert faden("token", "add", "niemand@nordlicht.example").exit_code == 1


def test_a_channel_is_set_up_with_a_secret_from_a_file(
    faden: Faden, folder: Path, mailbox: Mailbox, sink: SmtpSink
) -> None:
    secret = folder / "password"
    secret.write_text(f"{mailbox.password}\n")
    settings = {
        "address": "service@nordlicht.example",
        "imap_host": mailbox.host,
        "imap_port": mailbox.port,
        "imap_tls": "none",
        "imap_user": mailbox.user,
        "imap_password": {"file": str(secret)},
        "smtp_host": sink.host,
        "smtp_port": sink.port,
        "smtp_tls": "none",
    }
    assert faden("channel", "add", "email", "--name", "Service", "--settings", json.dumps(settings)).exit_code == 0
    checked = faden("channel", "check", "Service")
    assert checked.exit_code == 0, checked.output
    assert f"Angemeldet als {mailbox.user}" in checked.output
    assert mailbox.password not in faden("config", "show").output


def test_a_check_of_an_unreachable_server_says_so(faden: Faden) -> None:
    settings = {"address": "service@nordlicht.example", "imap_host": "127.0.0.1", "imap_port": 1, "imap_tls": "none"}
    faden("channel", "add", "email", "--name", "Service", "--settings", json.dumps(settings))
    result = faden("channel", "check", "Service")
    assert result.exit_code == 1
    assert "FAIL Postfach (IMAP): Der Mailserver 127.0.0.1:1 ist nicht erreichbar" in result.output


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ('{"address": "x"}', "keine E-Mail-Adresse"),
        ('{"address": "a@b.example", "imap_hots": "x"}', "imap_hots"),
        ('{"address": "a@b.example", "imap_password": {"file": "/nowhere"}}', "/nowhere"),
        ('{"address": "a@b.example", "imap_port": "viele"}', "imap_port"),
    ],
)
def test_a_wrong_channel_is_refused_with_the_setting(faden: Faden, given: str, told: str) -> None:
    result = faden("channel", "add", "email", "--name", "Service", "--settings", given)
    assert (result.exit_code, told in result.stderr) == (1, True)
    assert faden("channel", "list").output == ""


def test_a_channel_can_be_paused_and_resumed(faden: Faden) -> None:
    faden("channel", "add", "email", "--name", "Service", "--settings", '{"address": "a@b.example"}')
    assert faden("channel", "pause", "Service").exit_code == 0
    assert [row["is_paused"] for row in lines(faden("channel", "list", "--json"))] == [True]
    faden("channel", "resume", "Service")
    assert [row["is_paused"] for row in lines(faden("channel", "list", "--json"))] == [False]
    assert faden("channel", "pause", "Nirgends").exit_code == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_second_channel_gets_a_name_that_is_taken(faden: Faden, database: str) -> None:
    words = ("channel", "add", "email", "--name", "Service", "--settings", '{"address": "a@b.example"}')
    faden(*words)
    assert faden(*words).exit_code == 1
    assert faden("channel", "add", "fax", "--name", "Fax").exit_code == 1
    assert faden("channel", "add", "email", "--name", "X", "--settings", "kein JSON").exit_code == 2
