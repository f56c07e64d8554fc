"""sipgate's telephone: rings at our hook, obeys our answer, remembers calls in its history.

Rejections and omissions cite the chapter of the channel's contract ("phone.md") that they follow. `told` is what was
posted to us with the answer it got; what we did not ask for is never posted.
"""

from __future__ import annotations

import base64
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import httpx
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from flask import request

from tests.emulators.serving import Emulator

TOKEN_ID, TOKEN = "token-7", "history-word"
WITHHELD = "anonymous"


@dataclass(slots=True)
class Leg:
    """One leg of a call as the telephone system sees it; `wants` is where our answer asked to be told the rest."""

    id: str
    theirs: str
    ours: str
    rang_at: datetime
    is_outgoing: bool = False
    root: str = ""
    diversion: str = ""
    users: tuple[str, ...] = ()
    wants: dict[str, str] = field(default_factory=dict)
    is_rejected: bool = False
    answered_by: str = ""
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One post of ours to the product: the event, the status it was answered with, and how long that took."""

    event: str
    call_id: str
    status: int
    within: float


def new_key() -> str:
    """Return a private key as PEM; the product is told its public half."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class SipgateEmulator(Emulator):
    """One account with one number; `hook_url` is where both directions are pushed to, `clock` dates the history."""

    def __init__(
        self,
        *,
        number: str = "+4930901820",
        key: str | None = None,
        users: Sequence[str] = ("Ada",),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__("sipgate")
        private = load_pem_private_key((key or new_key()).encode(), password=None)
        assert isinstance(private, rsa.RSAPrivateKey)
        self._key, self._now = private, clock
        self.number, self.users, self.hook_url = number, tuple(users), ""
        self.legs: list[Leg] = []
        self.told: list[Told] = []
        self.signs = "well"
        """well, badly (another key's) or not."""
        self.tells_twice = False
        self.is_silent = False
        """Nothing is pushed, as in an outage; the history remembers."""
        self.token = (TOKEN_ID, TOKEN)
        self._count = itertools.count(1)
        self._client = httpx.Client(timeout=20.0, trust_env=False)
        self.app.get("/v2/history")(self._history)

    @property
    def public_key(self) -> str:
        public = self._key.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def stop(self) -> None:
        super().stop()
        self._client.close()

    # What happens on the line

    def rings(self, number: str = WITHHELD, *, users: Sequence[str] | None = None, call_id: str = "") -> Leg:
        """Somebody rings us up; the empty number or "anonymous" is withheld."""
        return self._begin(number, users or self.users, is_outgoing=False, call_id=call_id)

    def dials(self, number: str, *, user: str = "") -> Leg:
        """One of us rings somebody up; whatever our answer asks for, sipgate dials (phone.md 1)."""
        return self._begin(number, (user or self.users[0],), is_outgoing=True, call_id="")

    def answers(self, leg: Leg, user: str = "") -> None:
        """Somebody picks up."""
        leg.answered_by = user or (leg.users or self.users)[0]
        self._push(leg, "answer", [("user", leg.answered_by), ("userId", "w0"), ("fullUserId", "1234567w0")])

    def takes_mailbox(self, leg: Leg) -> None:
        """The mailbox picks up (phone.md 1: `user=voicemail`)."""
        leg.answered_by = "voicemail"
        self._push(leg, "answer", [("user", "voicemail")])

    def hangs_up(self, leg: Leg, cause: str = "normalClearing") -> None:
        """The leg ends."""
        leg.is_over = True
        self._push(leg, "hangup", [("cause", cause), ("answeringNumber", _digits(leg.ours))])

    def presses(self, leg: Leg, keys: str) -> None:
        self._push(leg, "dtmf", [("dtmf", keys)])

    def misses(self, number: str) -> Leg:
        """Somebody rings and gives up."""
        leg = self.rings(number)
        self.hangs_up(leg, "cancel")
        return leg

    def transfers(self, leg: Leg, *, user: str) -> Leg:
        """Whoever answered hands over: a new leg of the same call, then both end one by one (phone.md 1)."""
        second = self._begin(leg.theirs, (user,), is_outgoing=False, call_id="", root=leg.root or leg.id)
        self.answers(second, user)
        self.hangs_up(leg)
        return second

    def forwards(self, leg: Leg, *, user: str) -> Leg:
        """Nobody is free here: the leg ends as forwarded, and another begins (phone.md 1)."""
        self.hangs_up(leg, "forwarded")
        return self._begin(leg.theirs, (user,), is_outgoing=False, call_id="", root=leg.root or leg.id)

    # How it is told

    def _begin(self, number: str, users: Sequence[str], *, is_outgoing: bool, call_id: str, root: str = "") -> Leg:
        with self.lock:
            id_ = call_id or f"{7_000_000 + next(self._count)}"
            diversion = self.number if root else ""
            leg = Leg(id_, number, self.number, self._now(), is_outgoing, root, diversion, tuple(users))
            self.legs.append(leg)
        people = [pair for n, user in enumerate(users) for pair in _person(n, user)]
        answer = self._push(leg, "newCall", people)
        if answer is not None and answer.status_code == 200:
            self._obey(leg, answer)
        return leg

    def _obey(self, leg: Leg, answer: httpx.Response) -> None:
        """Read our XML; what it does not ask for is not told (phone.md 1)."""
        assert answer.headers["content-type"].startswith("application/xml"), "phone.md 1: application/xml"
        response = ET.fromstring(answer.content)  # noqa: S314 - our own answer
        assert response.tag == "Response", "phone.md 1: <Response>"
        named = {"onAnswer": "answer", "onHangup": "hangup"}
        leg.wants = {named[name]: url for name, url in response.attrib.items() if name in named}
        leg.is_rejected = leg.is_over = response.find("Reject") is not None

    def _push(self, leg: Leg, event: str, known: Sequence[tuple[str, str]]) -> httpx.Response | None:
        url = self.hook_url if event == "newCall" else leg.wants.get(event, "")
        if not url or self.is_silent or (leg.is_rejected and event != "newCall"):
            return None
        body = self.body_of(leg, event, known)
        answer = self.post(body, url=url, event=event, call_id=leg.id)
        return self.post(body, url=url, event=event, call_id=leg.id) if self.tells_twice else answer

    def body_of(self, leg: Leg, event: str, known: Sequence[tuple[str, str]] = ()) -> bytes:
        """Return the form as sipgate writes it: numbers in digits, names of lists with brackets."""
        theirs, ours = _digits(leg.theirs), _digits(leg.ours)
        from_, to = (ours, theirs) if leg.is_outgoing else (theirs, ours)
        fields = [("event", event), ("direction", "out" if leg.is_outgoing else "in"), ("from", from_), ("to", to)]
        fields += (
            [("callId", leg.id), ("origCallId", leg.root or leg.id)] if event == "newCall" else [("callId", leg.id)]
        )
        fields += [("diversion", _digits(leg.diversion))] if leg.diversion else []
        return urlencode([*fields, *known]).encode()

    def post(self, body: bytes, *, url: str = "", event: str = "", call_id: str = "") -> httpx.Response:
        """Post any body, signed as `signs` says; nothing is ever posted again by itself (phone.md 1)."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self.signs != "not":
            headers["X-Sipgate-Signature"] = self.signature(body if self.signs == "well" else body + b"!")
        begun = time.monotonic()
        answer = self._client.post(url or self.hook_url, content=body, headers=headers)
        self.told.append(Told(event, call_id, answer.status_code, time.monotonic() - begun))
        return answer

    def signature(self, body: bytes) -> str:
        return base64.b64encode(self._key.sign(body, padding.PKCS1v15(), SHA256())).decode()

    def _history(self) -> Any:
        """Answer `GET /v2/history` of calls that are over, the newest first."""
        auth = request.authorization
        if auth is None or (auth.username, auth.password) != self.token:
            return {}, 401
        since = request.args.get("from", "")
        over = [leg for leg in reversed(self.legs) if leg.is_over and leg.rang_at.isoformat() >= since]
        start, size = int(request.args.get("offset", 0)), int(request.args.get("limit", 10))
        return {"items": [_entry(leg) for leg in over[start : start + size]], "totalCount": len(over)}


def _person(n: int, user: str) -> list[tuple[str, str]]:
    return [("user[]", user), ("userId[]", f"w{n}"), ("fullUserId[]", f"1234567w{n}")]


def _digits(number: str) -> str:
    return number.removeprefix("+") or WITHHELD


def _entry(leg: Leg) -> dict[str, Any]:
    has_talked = bool(leg.answered_by) and leg.answered_by != "voicemail"
    direction = ("" if has_talked else "MISSED_") + ("OUTGOING" if leg.is_outgoing else "INCOMING")
    source, target = (leg.ours, leg.theirs) if leg.is_outgoing else (leg.theirs, leg.ours)
    return {
        "id": f"h{leg.id}",
        "type": "CALL",
        "source": source,
        "target": target,
        "direction": direction,
        "incoming": not leg.is_outgoing,
        "status": "PICKUP" if has_talked else "NOPICKUP",
        "created": leg.rang_at.isoformat(),
        "duration": 30 if has_talked else 0,
        "responder": leg.answered_by or None,
    }
