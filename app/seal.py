"""Secrets sealed in the database with a key that is kept outside it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SealBroken(Exception):
    """The sealed bytes cannot be opened: the key file is not the one they were sealed with."""


def _box(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"faden-seal:" + key.encode()).digest())) for key in keys
    ])


def seal(secrets: Mapping[str, str], *, keys: Sequence[str]) -> bytes:
    """Close the secrets with the first key; empty bytes for no secrets."""
    return _box(keys).encrypt(json.dumps(dict(secrets)).encode()) if secrets else b""


def unseal(sealed: bytes, *, keys: Sequence[str]) -> dict[str, str]:
    """Open what any of the keys has sealed; raises `SealBroken`."""
    if not sealed:
        return {}
    try:
        opened = json.loads(_box(keys).decrypt(sealed))
    except InvalidToken as error:
        raise SealBroken("The secrets were sealed with another key; restore the key file or enter them anew.") from error
    return {str(name): str(value) for name, value in opened.items()}
