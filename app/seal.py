"""The keys that live outside the database, and the secrets sealed with them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_keys: list[str] = []


class SealBroken(Exception):
    """The sealed bytes cannot be opened: the key file is not the one they were sealed with."""


def use(keys: Sequence[str]) -> None:
    """Take these keys from now on in this process, the current one first; the others only open and verify."""
    _keys[:] = keys


def token_keys() -> tuple[bytes, ...]:
    """Return the keys that reply tokens and signed links are made with, the current one first."""
    return tuple(hashlib.sha256(b"faden-token:" + key.encode()).digest() for key in _keys)


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
