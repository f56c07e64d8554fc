"""The demo's outside world keeps what customers would have got."""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.runs import sink
from tests.runs.mails import mail
from tests.servers import programs
from tests.waiting import until


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    """The sink as `faden up` starts it."""
    port = programs.free_port()
    sink.remember_port(folder, port)
    environment = {name: value for name, value in os.environ.items() if name != "FADEN_CLOCK_FILE"}
    process = programs.start(
        [sys.executable, "-m", "app.runs.sink", str(folder)], log=folder / "log", environment=environment
    )
    until(lambda: programs.is_listening(port), within=60)
    yield port
    assert_ends(process)


def assert_ends(process: subprocess.Popen[bytes]) -> None:
    programs.stop(process)
    assert process.returncode == 0


def test_mails_are_kept_whole_and_the_newest_comes_first(folder: Path, port: int) -> None:
    for number in (1, 2, 3):
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.sendmail("service@nordlicht.example", ["eva@kundin.example", "uwe@kunde.example"], mail(number))
    kept = [path.read_bytes() for path in sink.mails(folder)]
    assert [f"Frage {number}".encode() in raw for number, raw in zip((3, 2, 1), kept, strict=True)] == [True] * 3
    head = b"Return-Path: <service@nordlicht.example>\r\nDelivered-To: eva@kundin.example\r\n"
    assert kept[0].startswith(head)
    assert sink.port(folder) == port


def test_without_a_sink_there_are_no_mails_and_the_usual_port(folder: Path) -> None:
    assert sink.mails(folder) == []
    assert sink.port(folder) == sink.PORT
