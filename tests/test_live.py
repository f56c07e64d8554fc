"""Open browsers come and go, and whoever is there hears."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from redis.client import PubSub

from app import live, queue
from app.live import Signal
from tests.waiting import until


def test_who_comes_while_the_last_one_goes_is_heard(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    goes, may_go = threading.Event(), threading.Event()
    close = PubSub.close

    def go(subscription: PubSub) -> None:
        goes.set()
        may_go.wait(60)
        close(subscription)

    monkeypatch.setattr(PubSub, "close", go)
    first = live.subscribe(heartbeat=0.1)
    next(first)
    until(lambda: queue.connection().pubsub_numsub(live.TOPIC)[0][1], what="the first subscription")
    first.close()  # type: ignore[attr-defined]
    live.publish(Signal(id=0, kind="end", ticket=0))
    assert goes.wait(20)

    second = live.subscribe(heartbeat=0.1)

    def hears() -> bool:
        live.publish(Signal(id=7, kind="noted", ticket=1))
        return any(signal.id == 7 for signal in next(second))

    until(hears, within=20, what="the second one's signal")
    may_go.set()
    second.close()  # type: ignore[attr-defined]
