"""The emulated X keeps to its contract: what it refuses, how it proves and calls a hook, and what it charges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from flask import Response, request

from channels.contract import Account, ChannelFault, Contact, HookRequest
from channels.x import XConnector
from tests.channels.x.heard import NOW
from tests.emulators.serving import Emulator
from tests.emulators.x import KEYS, XEmulator


class Hook(Emulator):
    """Our side of the hook, answering as the product's door does."""

    def __init__(self, connector: XConnector) -> None:
        super().__init__("hook")
        self.heard: list[str] = []
        self._connector = connector
        self.app.add_url_rule("/hooks/x/7", "hook", self._answer, methods=["GET", "POST"])

    def _answer(self) -> Response:
        headers = {name.lower(): text for name, text in request.headers.items()}
        asked = HookRequest(
            method=request.method, url=request.url, query=dict(request.args), headers=headers, body=request.get_data()
        )
        if request.method == "GET":
            answer = self._connector.handshake(asked)
            return Response(answer.body, answer.status, mimetype=answer.media_type)
        if not self._connector.verify(asked):
            return Response(status=401)
        told = self._connector.parse(asked.body, received_at=NOW)
        with self.lock:
            self.heard += [each.external_id for each in told if isinstance(each, Contact)]
        return Response(status=200)


@pytest.fixture
def hook(connector: XConnector) -> Iterator[Hook]:
    ours = Hook(connector)
    ours.start()
    yield ours
    ours.stop()


def test_a_hook_has_to_prove_itself(platform: XEmulator, hook: Hook) -> None:
    assert not platform.calls_hook(f"{hook.url}/nothing")
    assert platform.calls_hook(f"{hook.url}/hooks/x/7")
    id_ = platform.posts("karla", "@nordlicht Hallo")
    assert hook.heard == [id_]
    assert [push.status for push in platform.pushes] == [200]


def test_what_was_kept_back_comes_late_doubled_and_shuffled(platform: XEmulator, hook: Hook) -> None:
    platform.calls_hook(f"{hook.url}/hooks/x/7")
    platform.holds = True
    ids = [platform.writes_privately("karla", f"Nummer {n}") for n in range(20)]
    assert hook.heard == []
    platform.release(copies=2, at_once=4)
    assert sorted(hook.heard) == sorted(ids * 2)
    assert hook.heard != ids * 2


def test_a_wrong_signature_is_refused_by_us(platform: XEmulator, hook: Hook) -> None:
    platform.calls_hook(f"{hook.url}/hooks/x/7")
    assert platform.push(b"{}", signature="sha256=AAAA").status == 401


@pytest.mark.parametrize("name", [name for name in KEYS if name != "bearer_token"])
def test_each_key_is_needed(account: Account, name: str) -> None:
    wrong = replace(account, secrets={**account.secrets, name: "falsch"})
    with pytest.raises(ChannelFault) as caught:
        XConnector(wrong).poller()
    assert caught.value.code == "89"


def test_every_answer_says_how_many_calls_are_left(platform: XEmulator) -> None:
    bearer = {"Authorization": f"Bearer {KEYS['bearer_token']}"}
    answer = httpx.get(f"{platform.url}/2/tweets/1", headers=bearer)
    assert {"x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"} <= set(answer.headers)
    assert answer.json()["errors"][0]["resource_id"] == "1"
    private = httpx.get(f"{platform.url}/2/dm_events", headers=bearer)
    assert private.status_code == 403
