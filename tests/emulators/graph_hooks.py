"""How the platform calls a hook: signed, at least once, in no particular order, and again until somebody says 2xx."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from tests.emulators.graph import GraphEmulator

_PATIENCE = 20.0
"""Seconds a call may take (messenger.md 1)."""


@dataclass(frozen=True, slots=True)
class Told:
    """One call of the hook; status 0 where nobody answered."""

    body: bytes
    status: int


class Hooks:
    """The calls of one page's hook; everything is told synchronously, so a test knows when it has been told."""

    def __init__(self, emulator: GraphEmulator) -> None:
        self._emulator = emulator
        self.url = ""
        self.told: list[Told] = []
        self.undelivered: list[bytes] = []
        """What was answered with anything but 2xx; kept for `retry`."""
        self.signs = "good"
        """good, bad or missing."""
        self.retries_after = 0.0
        """Seconds after which it calls again by itself, twice as long each time (messenger.md 1); 0 waits for `retry`."""
        self.tells_twice = False
        """Each payload comes twice."""
        self.repeats_inside = False
        """Each item stands twice in its payload."""
        self.is_silent = False
        """Nothing is told: an outage between the platform and us."""
        self._is_waiting = False
        self._pause = 0.0
        self._gathered: list[dict[str, Any]] | None = None

    def subscribe(self, url: str, *, word: str = "") -> bool:
        """Shake hands with a hook, and call it from now on if it gives the challenge back as bare text."""
        challenge = "1158201444"
        said = {"hub.mode": "subscribe", "hub.challenge": challenge}
        query = {**said, "hub.verify_token": word or self._emulator.verify_token}
        answer = httpx.get(url, params=query, timeout=_PATIENCE, trust_env=False)
        is_ours = answer.status_code == 200 and answer.text == challenge
        self.url = url if is_ours else self.url
        return is_ours

    def messaging(self, item: dict[str, Any], *, is_standby: bool = False) -> None:
        """Tell one item of messaging; its entry's time is in milliseconds."""
        time = round(self._emulator.clock().timestamp() * 1000)
        name = "standby" if is_standby else "messaging"
        self._tell({"id": self._emulator.page, "time": time, name: [item] * (1 + self.repeats_inside)})

    def change(self, field: str, value: dict[str, Any]) -> None:
        """Tell one change of the page; its entry's time is in seconds."""
        time = int(self._emulator.clock().timestamp())
        changes = [{"field": field, "value": value}] * (1 + self.repeats_inside)
        self._tell({"id": self._emulator.page, "time": time, "changes": changes})

    @contextmanager
    def gathered(self, *, is_reversed: bool = False) -> Iterator[None]:
        """Tell everything that happens inside in one payload, feed and messages mixed; in any order."""
        self._gathered = []
        yield
        entries, self._gathered = self._gathered, None
        if entries:
            self.post(encoded(entries[::-1] if is_reversed else entries))

    def post(self, body: bytes) -> int:
        """Call the hook with these bytes and return its status; 0 if it could not be reached."""
        if not self.url or self.is_silent:
            return 0
        headers = {"Content-Type": "application/json"}
        if self.signs != "missing":
            secret = self._emulator.app_secret if self.signs == "good" else "another secret"
            headers["X-Hub-Signature-256"] = signature(body, secret)
        try:
            answer = httpx.post(self.url, content=body, headers=headers, timeout=_PATIENCE, trust_env=False)
            status = answer.status_code
        except httpx.HTTPError:
            status = 0
        self.told.append(Told(body, status))
        if not 200 <= status < 300:
            self.undelivered.append(body)
            self._later()
        return status

    def _later(self) -> None:
        if self.retries_after and not self._is_waiting:
            self._is_waiting = True
            timer = threading.Timer(self._pause or self.retries_after, self._again)
            timer.daemon = True
            timer.start()

    def _again(self) -> None:
        self._is_waiting = False
        self._pause = 2 * (self._pause or self.retries_after) if self.retry() else 0.0

    def retry(self) -> int:
        """Call again with everything that was not taken, and return how many calls are left over."""
        bodies, self.undelivered = self.undelivered, []
        for body in bodies:
            self.post(body)
        return len(self.undelivered)

    def _tell(self, entry: dict[str, Any]) -> None:
        if self._gathered is not None:
            self._gathered.append(entry)
            return
        for _ in range(1 + self.tells_twice):
            self.post(encoded([entry]))


def signature(body: bytes, secret: str) -> str:
    """Sign the raw bytes (messenger.md 1); written anew here, for the product's own must not prove itself."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def encoded(entries: list[dict[str, Any]]) -> bytes:
    """Return a payload as the platform writes it: every letter beyond ASCII is escaped."""
    return json.dumps({"object": "page", "entry": entries}, ensure_ascii=True, separators=(",", ":")).encode()
