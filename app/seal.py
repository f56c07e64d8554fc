"""The keys that live outside the database, and the secrets sealed with them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric import ec

_keys: list[str] = []


class SealBroken(Exception):
    """The sealed bytes cannot be opened: the key file is not the one they were sealed with."""


def use(keys: Sequence[str]) -> None:
    """Take these keys from now on in this process, the current one first; the others only open and verify."""
    _keys[:] = keys


def token_keys() -> tuple[bytes, ...]:
    """Return the keys that reply tokens and signed links are made with, the current one first."""
    return tuple(hashlib.sha256(b"faden-token:" + key.encode()).digest() for key in _keys)


def push_keys() -> tuple[ec.EllipticCurvePrivateKey, ...]:
    """Return the keys that push services know us by (VAPID, P-256), the current one first; made of the secret keys."""
    return tuple(_push_key(key) for key in _keys)


@cache
def _push_key(key: str) -> ec.EllipticCurvePrivateKey:
    # A number far longer than the order of the curve: what is left of it is as good as drawn at random.
    drawn = int.from_bytes(hashlib.sha512(b"faden-push:" + key.encode()).digest(), "big")
    return ec.derive_private_key(drawn % (_ORDER_OF_P256 - 1) + 1, ec.SECP256R1())


_ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def _box() -> MultiFernet:
    digests = (hashlib.sha256(b"faden-seal:" + key.encode()).digest() for key in _keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(secrets: Mapping[str, str]) -> bytes:
    """Close the secrets with the current key; empty bytes for no secrets."""
    return _box().encrypt(json.dumps(dict(secrets)).encode()) if secrets else b""


def unseal(sealed: bytes) -> dict[str, str]:
    """Open what any of the keys has sealed; raises `SealBroken`."""
    if not sealed:
        return {}
    try:
        opened = json.loads(_box().decrypt(sealed))
    except InvalidToken as error:
        raise SealBroken(
            "The secrets were sealed with another key; restore the key file or enter them anew."
        ) from error
    return {str(name): str(value) for name, value in opened.items()}
