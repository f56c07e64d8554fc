"""A shop whose one mail channel sends into the sink, and the parts run inside the test's own process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app.runs import lifeline, listen
from tests import world as cast
from tests.servers.dovecot import Mailbox
from tests.servers.smtp_sink import SmtpSink

Listen = Callable[[], "Running"]


class Running:
    """A listener in a thread of its own."""

    def __init__(self, flask: Flask) -> None:
        self._stop = lifeline.Stop()
        self._thread = threading.Thread(target=listen.listen, args=(flask, self._stop), name="listen")
        self._thread.start()

    def stop(self) -> None:
        """End it the way a signal does."""
        if self._thread.is_alive():
            self._stop.ask()
            self._thread.join(20)
            self._stop.close()
        assert not self._thread.is_alive()


@pytest.fixture
def world(app: Flask, sink: SmtpSink) -> cast.World:
    """The shop with its people; what it sends arrives in the sink."""
    return cast.build(settings=sending(sink))


@pytest.fixture
def start_listener(app: Flask) -> Iterator[Listen]:
    """Start a listener on this test's shop."""
    started: list[Running] = []

    def start() -> Running:
        started.append(Running(app))
        return started[-1]

    yield start
    for running in started:
        running.stop()


def sending(sink: SmtpSink) -> dict[str, object]:
    return {"smtp_host": sink.host, "smtp_port": sink.port, "smtp_tls": "none", "receipt": False}


def hearing(mailbox: Mailbox) -> dict[str, object]:
    return {
        "imap_host": mailbox.host,
        "imap_port": mailbox.port,
        "imap_tls": "none",
        "imap_user": mailbox.user,
        "poll_seconds": 1,
    }
