"""What `faden doctor` finds, and the command as a program of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from flask import Flask

from app.desk import channels
from tests import world as cast
from tests.cli.conftest import Faden
from tests.fixtures.databases import Clock
from tests.servers.product import COMMAND
from tests.servers.smtp_sink import SmtpSink


def verdicts(output: str) -> dict[str, list[str]]:
    """Read each line as its subject and ok or FAIL."""
    found: dict[str, list[str]] = {}
    for line in output.splitlines():
        verdict, _, rest = line.partition(" ")
        found.setdefault(rest.strip().partition(":")[0], []).append(verdict)
    return found


def test_a_shop_whose_parts_do_not_run_is_told_line_by_line(faden: Faden, sink: SmtpSink) -> None:
    faden("db", "upgrade")
    settings = f'{{"address": "a@b.example", "smtp_host": "{sink.host}", "smtp_port": {sink.port}, "smtp_tls": "none"}}'
    faden("channel", "add", "email", "--name", "Service", "--settings", settings)
    result = faden("doctor")
    assert result.exit_code == 1
    assert verdicts(result.stdout) == {
        "settings": ["ok"],
        "disk": ["ok"],
        "data folder": ["ok"],
        "mails and files": ["ok"],
        "database": ["ok"],
        "queue": ["ok"],
        "worker": ["FAIL"],
        "listen": ["FAIL"],
        "tick": ["FAIL"],
        "clock": ["ok"],
        "calendar Servicezeiten": ["ok"],
        "deadlines": ["ok"],
        "channel Service": ["ok", "ok"],
    }


def test_an_unreachable_mail_server_is_named(faden: Faden) -> None:
    faden(
        "channel",
        "add",
        "email",
        "--name",
        "Service",
        "--settings",
        '{"address": "a@b.example", "smtp_host": "127.0.0.1", "smtp_port": 1}',
    )
    assert verdicts(faden("doctor").stdout)["channel Service"][-1] == "FAIL"
    faden("channel", "pause", "Service")
    assert verdicts(faden("doctor").stdout)["channel Service"] == ["ok"]


def test_a_database_without_tables_is_told(faden: Faden, empty_database_url: str) -> None:
    result = faden("doctor", FADEN_DATABASE_URL=empty_database_url)
    assert result.exit_code == 1
    assert "faden db upgrade" in next(line for line in result.stdout.splitlines() if "database" in line)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_database_and_a_queue_that_are_away_are_told(faden: Faden, database: str) -> None:
    away = {"FADEN_DATABASE_URL": "postgresql://postgres@127.0.0.1:1/x", "FADEN_REDIS_URL": "redis://127.0.0.1:1/0"}
    result = faden("doctor", **away)
    found = verdicts(result.stdout)
    assert (found["database"], found["queue"], found["data folder"]) == (["FAIL"], ["FAIL"], ["ok"])
    assert result.exit_code == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_running_test_clock_is_told(faden: Faden, clock: Clock, database: str) -> None:
    clock.set("2030-01-01T00:00:00+00:00")
    assert "a test clock runs: 2030-01-01" in faden("doctor").stdout


def test_the_program_answers_with_its_exit_codes(environment: dict[str, str], folder: Path) -> None:
    """Installed, as its user starts it."""

    def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(COMMAND), *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={"PATH": "/usr/bin:/bin", **environment, **variables},
        )

    added = run("agent", "add", "ada@nordlicht.example", "--name", "Ada")
    assert (added.returncode, added.stderr) == (0, "")
    assert run("agent", "add", "ada@nordlicht.example", "--name", "Ada").returncode == 1
    wrong = run("agent", "list", FADEN_TIME_ZONE="Europe/Atlantis")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("faden: FADEN_TIME_ZONE: ")
    assert "faden" in run("--version").stdout


def test_what_came_to_a_channel_and_where_its_platform_has_to_call_is_told(faden: Faden, core: Flask) -> None:
    settings = '{"address": "310000000000011", "app_id": "880000000000004", "api_base": "http://127.0.0.1:1"}'
    faden("channel", "add", "messenger", "--name", "Facebook", "--settings", settings)
    checked = faden("channel", "check", "Facebook").stdout
    assert "/hooks/messenger/1" in checked
    channels.refuse({1: 2}, at=cast.MONDAY_NINE)
    assert "0 stored and not filed yet, 2 calls refused" in faden("doctor").stdout
