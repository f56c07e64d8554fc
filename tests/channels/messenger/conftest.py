"""The emulated page, and a connector that is set up for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from channels.contract import Account
from channels.messenger import MessengerConnector
from channels.testing import NOW
from tests.channels.messenger.sample import ACCOUNT, APP, PAGE
from tests.emulators.graph import GraphEmulator


class Clock:
    """Business time that only a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> datetime:
        self.now += by
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def facebook(clock: Clock) -> Iterator[GraphEmulator]:
    emulator = GraphEmulator(page=PAGE, app_id=APP, clock=clock)
    emulator.start()
    yield emulator
    emulator.stop()


def account_of(emulator: GraphEmulator, **settings: object) -> Account:
    secrets = {
        "app_secret": emulator.app_secret,
        "verify_token": emulator.verify_token,
        "page_token": emulator.page_token,
    }
    return replace(ACCOUNT, settings={**ACCOUNT.settings, "api_base": emulator.url, **settings}, secrets=secrets)


@pytest.fixture
def connector(facebook: GraphEmulator) -> MessengerConnector:
    return MessengerConnector(account_of(facebook))
