"""What most tests of pages begin with, and the pages on an address of their own for those with a browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from tests import world as cast
from tests.fixtures.databases import Clock
from tests.waiting import until
from tests.web.entering import enter

BUILT = Path(__file__).parents[2] / "app/static/manifest.json"


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    """The cast on Monday at nine."""
    clock.set(cast.MONDAY_NINE)
    return cast.build()


@pytest.fixture
def number(world: cast.World) -> int:
    """Eva's mail."""
    return cast.hear(world).ticket_id


@pytest.fixture
def ada(client: FlaskClient, world: cast.World) -> FlaskClient:
    return enter(client, world.ada)


class Answering:
    """The application, counting what it is answering: pages save drafts and say who is here by themselves."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app, self._lock = app, threading.Lock()
        self.running = 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/live":
            return self._app(environ, start)
        with self._lock:
            self.running += 1
        try:
            answer = self._app(environ, start)
            whole = list(answer)
            if hasattr(answer, "close"):
                answer.close()
            return whole
        finally:
            with self._lock:
                self.running -= 1


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application on a port of its own, in threads like on a server."""
    assert BUILT.exists(), "the front end is not built: tools/frontend"
    app.config["WTF_CSRF_ENABLED"] = True
    answering = Answering(app)
    server = make_server("127.0.0.1", 0, answering, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    # The database goes away next.
    until(lambda: answering.running == 0, what="every answer is given")
