"""Another program: takes signed calls and checks them as docs/webhooks.md tells it to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from flask import request

from tests.emulators.serving import Emulator


@dataclass
class Told:
    id: str
    timestamp: int
    body: dict[str, Any]
    is_ours: bool


class Receiver(Emulator):
    """`status` is what it answers from now on."""

    def __init__(self) -> None:
        super().__init__("webhook")
        self.status = 204
        self.secret = ""
        self.told: list[Told] = []
        self.app.add_url_rule("/hear", view_func=self._hear, methods=["POST"])
        self.app.add_url_rule("/elsewhere", view_func=lambda: ("", 200), methods=["GET", "POST"])

    @property
    def address(self) -> str:
        return f"{self.url}/hear"

    def _hear(self) -> tuple[str, int, dict[str, str]]:
        id_, seconds = request.headers["Webhook-Id"], request.headers["Webhook-Timestamp"]
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        expected = hmac.new(key, f"{id_}.{seconds}.".encode() + request.data, hashlib.sha256).digest()
        signature = request.headers["Webhook-Signature"]
        is_ours = hmac.compare_digest(f"v1,{base64.b64encode(expected).decode()}", signature)
        self.told.append(Told(id_, int(seconds), json.loads(request.data), is_ours))
        return "", self.status, {"Location": f"{self.url}/elsewhere"} if 300 <= self.status < 400 else {}
