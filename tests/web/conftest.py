"""The pages on an address of their own, for tests with a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

BUILT = Path(__file__).parents[2] / "app/static/manifest.json"


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application on a port of its own, in threads like on a server."""
    assert BUILT.exists(), "the front end is not built: tools/frontend"
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
