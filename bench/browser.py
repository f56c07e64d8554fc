"""A browser without a screen: one connection that stays open, and how long each answer took."""

from __future__ import annotations

import http.client
import re
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    took: float
    """Milliseconds from sending the request to the last byte."""


@dataclass(slots=True)
class Browser:
    """Keeps cookies; asks one thing at a time."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, **form: str) -> Answer:
        return self._ask("POST", path, urlencode(form))

    def renew(self) -> None:
        """Open a new connection; the server closes one that was idle for a while."""
        if self._connection:
            self._connection.close()
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self._connection.connect()

    def log_in(self, email: str, password: str) -> None:
        """Go through the log-in page as a person does; raises if it does not open."""
        self.renew()
        token = TOKEN.search(self.get("/login").body.decode())
        assert token
        answer = self.post("/login", email=email, password=password, csrf_token=token[1])
        if answer.status != 303:
            raise RuntimeError(f"the log-in answered {answer.status}")

    def token(self, path: str) -> str:
        """Return the token that the forms of a page carry."""
        found = TOKEN.search(self.get(path).body.decode())
        assert found
        return found[1]

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        assert self._connection
        headers = {
            "Accept": "text/html",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self._connection.request(method, path, body=body, headers=headers)
        response = self._connection.getresponse()
        content = response.read()
        took = (time.perf_counter() - began) * 1000
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return Answer(response.status, content, took)
