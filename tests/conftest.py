"""The fixtures of the whole suite: both databases, real servers, a clock that can be moved, no way outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.servers import loopback

if TYPE_CHECKING:
    from tests.servers.dovecot import Dovecot, Mailbox
    from tests.servers.postgresql import PostgreSQL
    from tests.servers.redis import Redis
    from tests.servers.smtp_sink import SmtpSink

pytest_plugins = ["tests.fixtures.databases", "tests.fixtures.browser"]

CORPUS = Path(__file__).parents[2] / "shared" / "data"

loopback.close_the_door()

# A busy machine is no counterexample; where a change is judged, everybody gets the same examples.
hypothesis.settings.register_profile("faden", deadline=None, print_blob=True, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("faden")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what reads the foreign test data where they are not beside the repository, and only there."""
    if CORPUS.is_dir():
        return
    reason = pytest.mark.skip(reason="../shared/data is not beside this repository")
    for item in items:
        if item.get_closest_marker("corpus"):
            item.add_marker(reason)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of foreign test data; a test that asks for it carries the mark `corpus`."""
    return CORPUS


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A cluster of our own, one for each test process."""
    from tests.servers.postgresql import PostgreSQL

    server = PostgreSQL()
    yield server
    server.close()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """Debian's Redis; tests that only need a queue ask for `redis_url`."""
    from tests.servers.redis import Redis

    server = Redis()
    yield server
    server.close()


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """The address of an empty Redis."""
    redis_server.empty()
    return redis_server.url


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A real IMAP server; ask for `mailbox` to get an account of your own on it."""
    from tests.servers.dovecot import Dovecot

    server = Dovecot()
    yield server
    server.close()


@pytest.fixture
def mailbox(dovecot: Dovecot) -> Mailbox:
    """An empty mailbox that no other test sees."""
    return dovecot.mailbox()


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """A real SMTP server that keeps what it is given and misbehaves on request."""
    from tests.servers.smtp_sink import SmtpSink

    server = SmtpSink()
    server.start()
    yield server
    server.reset()
    server.stop()
