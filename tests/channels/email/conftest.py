"""Pollers that do not outlive their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from channels.email.connector import EmailConnector
from channels.email.imap import MailboxPoller


@pytest.fixture
def opened() -> Iterator[Callable[[EmailConnector], MailboxPoller]]:
    """Open pollers that are closed after the test."""
    pollers: list[MailboxPoller] = []

    def make(of: EmailConnector) -> MailboxPoller:
        poller = of.poller()
        assert isinstance(poller, MailboxPoller)
        pollers.append(poller)
        return poller

    yield make
    for poller in pollers:
        poller.close()
