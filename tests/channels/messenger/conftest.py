"""The emulated page, and a connector that is set up for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import request

from channels.contract import Account, Heard, HookRequest
from channels.messenger import MessengerConnector
from channels.testing import NOW
from tests.channels.messenger.sample import ACCOUNT, APP, PAGE
from tests.emulators.graph import GraphEmulator
from tests.emulators.serving import Emulator


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


class Hook(Emulator):
    """Our side: a hook that keeps whatever the platform tells it, and answers as it is told to."""

    def __init__(self, connector: MessengerConnector) -> None:
        super().__init__("hook")
        self._connector = connector
        self.status = 200
        self.bodies: list[bytes] = []
        self.app.add_url_rule("/hook", view_func=self._called, methods=["GET", "POST"])

    def heard(self, *, at: datetime) -> list[Heard]:
        """Return everything that was told so far, understood."""
        return [each for body in self.bodies for each in self._connector.parse(body, received_at=at)]

    def _called(self) -> tuple[bytes, int]:
        headers = {name.lower(): text for name, text in request.headers.items()}
        asked = HookRequest(
            method=request.method, url=request.base_url, query=request.args, headers=headers, body=request.get_data()
        )
        if request.method == "GET":
            answer = self._connector.handshake(asked)
            return answer.body, answer.status
        if not self._connector.verify(asked):
            return b"", 401
        if self.status == 200:
            self.bodies.append(asked.body)
        return b"", self.status


@pytest.fixture
def our_hook(facebook: GraphEmulator, connector: MessengerConnector) -> Iterator[Hook]:
    """A hook the emulated page is subscribed to."""
    hook = Hook(connector)
    hook.start()
    assert facebook.hooks.subscribe(f"{hook.url}/hook")
    yield hook
    hook.stop()


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
