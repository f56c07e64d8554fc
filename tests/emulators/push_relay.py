"""A push service and its browser: reads what it is sent with the browser's own keys, by RFC 8188, 8291 and 8292.

Shares no code with ours: the derivations are spelled out with HMAC, the signature is checked on the raw header.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import request

from tests.emulators.serving import Emulator


def b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _hkdf(salt: bytes, secret: bytes, purpose: bytes, length: int) -> bytes:
    drawn = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(drawn, purpose + b"\x01", hashlib.sha256).digest()[:length]


@dataclass
class Browser:
    """The receiving end: a key pair and a secret that only it and we know."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def keys(self) -> dict[str, str]:
        return {"p256dh": b64(self.point), "auth": b64(self.auth)}

    def opened(self, body: bytes) -> bytes:
        """Decrypt one aes128gcm record; raises where it was not meant for this browser."""
        salt, length = body[:16], body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(body) <= int.from_bytes(body[16:20], "big") + 86 <= 4096 + 86
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        secret = _hkdf(self.auth, shared, b"WebPush: info\x00" + self.point + theirs, 32)
        key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\x00", 12)
        text, _delimiter, padding = AESGCM(key).decrypt(nonce, sealed, None).rpartition(b"\x02")
        assert not padding.strip(b"\x00")
        return text


def vapid_claims(header: str, *, server_key: str) -> dict[str, Any]:
    """Check who signed (RFC 8292 section 2 and 3) and return what they claim."""
    scheme, _space, rest = header.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, parts["k"]) == ("vapid", server_key)
    head, claims, signature = parts["t"].split(".")
    assert json.loads(unb64(head)) == {"typ": "JWT", "alg": "ES256"}
    raw = unb64(signature)
    assert len(raw) == 64
    signed = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(server_key))
    public.verify(signed, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    found: dict[str, Any] = json.loads(unb64(claims))
    return found


@dataclass
class Pushed:
    path: str
    headers: dict[str, str]
    body: bytes


class PushRelay(Emulator):
    """Takes push messages; `status` is what it answers from now on."""

    def __init__(self) -> None:
        super().__init__("push")
        self.status = 201
        self.pushed: list[Pushed] = []
        self.app.add_url_rule("/push/<name>", view_func=self._take, methods=["POST"])

    def endpoint(self, name: str = "browser") -> str:
        return f"{self.url}/push/{name}"

    def _take(self, name: str) -> tuple[str, int]:
        self.pushed.append(Pushed(name, {key.lower(): text for key, text in request.headers.items()}, request.data))
        return "", self.status
