"""What every emulated platform stands on: a small server in threads that writes down what it was asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, request
from werkzeug.serving import BaseWSGIServer, make_server


@dataclass(frozen=True, slots=True)
class Call:
    """One call of ours as the platform saw it."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    json: Any
    headers: dict[str, str] = field(repr=False)


class Emulator:
    """A platform on the loopback interface; `calls` are in the order in which they came."""

    def __init__(self, name: str) -> None:
        self.app = Flask(f"emulator-{name}", static_folder=None)
        self.calls: list[Call] = []
        self.lock = threading.RLock()
        """Held around every change of the platform's state: real platforms serve us in parallel."""
        self._server: BaseWSGIServer | None = None
        self.app.before_request(self._write_down)

    def start(self, port: int = 0) -> None:
        """Serve until `stop`; port 0 takes a free one."""
        self._server = make_server("127.0.0.1", port, self.app, threaded=True)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        """The base address, without a slash at its end."""
        if self._server is None:
            raise RuntimeError("the emulator is not started")
        return f"http://127.0.0.1:{self._server.port}"

    def stop(self) -> None:
        """Close the port; calls that are being answered end by themselves."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def asked(self, path: str) -> list[Call]:
        """Return the calls whose path ends with this."""
        return [call for call in self.calls if call.path.endswith(path)]

    def _write_down(self) -> None:
        body = request.get_json(silent=True)
        self.calls.append(
            Call(
                request.method,
                request.path,
                dict(request.args),
                dict(request.form),
                body,
                {name.lower(): text for name, text in request.headers.items()},
            )
        )
