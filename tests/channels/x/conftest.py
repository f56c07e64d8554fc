"""The emulated X, started once; each test gets a world of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from channels.contract import Account
from channels.x import XConnector
from tests.channels.x.sample import ACCOUNT
from tests.emulators.x import KEYS, XEmulator


@pytest.fixture
def platform() -> Iterator[XEmulator]:
    emulator = XEmulator()
    emulator.start()
    yield emulator
    emulator.settle()
    emulator.stop()


@pytest.fixture
def account(platform: XEmulator) -> Account:
    settings = {**ACCOUNT.settings, "api_base": platform.url, "poll_seconds": 5}
    return replace(ACCOUNT, settings=settings, secrets=KEYS)


@pytest.fixture
def connector(account: Account) -> XConnector:
    return XConnector(account)
