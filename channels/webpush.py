"""Web push: a text that only one browser can read (RFC 8291, aes128gcm of RFC 8188), and who sends it (RFC 8292).

Written on `cryptography` alone: it is a hundred lines, and what exists brings two HTTP clients along that would go
around the look at the address.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MOST_BYTES = 3_000
"""Of the text; push services take 4096 bytes in all (RFC 8030 section 7.2)."""
GOOD_FOR = 12 * 3600
"""Seconds; a signature may say at most 24 hours (RFC 8292 section 2)."""
_RECORD = 4096
_POINT, _AUTH = 65, 16


class NoSubscription(ValueError):
    """The keys are none a browser gives away."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One browser's address at its push service, and the keys it gave us."""

    endpoint: str
    p256dh: bytes
    auth: bytes = field(repr=False)

    @classmethod
    def of(cls, endpoint: str, p256dh: str, auth: str) -> Subscription:
        """Read what a browser's `PushSubscription.toJSON()` says; raises `NoSubscription`."""
        try:
            point, secret = decoded(p256dh), decoded(auth)
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        except (ValueError, binascii.Error) as error:
            raise NoSubscription("p256dh") from error
        if len(point) != _POINT or len(secret) != _AUTH:
            raise NoSubscription("auth")
        return cls(endpoint, point, secret)


def encoded(octets: bytes) -> str:
    """Return base64url without padding, as every part of web push spells it."""
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Return the bytes behind base64url, padded or not; raises `ValueError`."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def public_point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public half as browsers want it: the uncompressed point, 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def sealed(text: bytes, to: Subscription) -> bytes:
    """Return the body of a push message: header and one record (RFC 8291 section 3.4)."""
    ours, salt = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), to.p256dh)
    our_point = public_point(ours)
    shared = ours.exchange(ec.ECDH(), theirs)
    secret = _derived(shared, to.auth, b"WebPush: info\x00" + to.p256dh + our_point, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
    header = salt + _RECORD.to_bytes(4, "big") + bytes([len(our_point)]) + our_point
    return header + AESGCM(key).encrypt(nonce, text[:MOST_BYTES] + b"\x02", None)


def _derived(secret: bytes, salt: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=purpose).derive(secret)


def authorisation(endpoint: str, *, key: ec.EllipticCurvePrivateKey, subject: str, now: int) -> str:
    """Return the `Authorization` header that says who sends; `subject` is a mailto: or https: address of ours."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now + GOOD_FOR, "sub": subject}
    signed = ".".join(encoded(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = utils.decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={encoded(public_point(key))}"
