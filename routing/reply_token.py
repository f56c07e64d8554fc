"""The signed token in our reply address, by which an answer finds its conversation even without its headers.

It is made of base32 digits (RFC 4648 alphabet, lower case) because mail systems change the case of local parts:
the conversation id without leading zeros, then 13 digits (65 bits) of HMAC-SHA256 over it.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
MAX_LENGTH = 24

_MAC_DIGITS = 13
_ID_DIGITS = MAX_LENGTH - _MAC_DIGITS
_BITS = 5
_PURPOSE = b"reply token 1:"
"""Keeps a signature of ours for another purpose from passing as a token."""


def sign(conversation_id: int, *, key: bytes) -> str:
    """Return the token of a conversation; raises `ValueError` outside 1 <= id < 2**55 and for a key under 16 bytes."""
    if not 0 < conversation_id < 1 << (_BITS * _ID_DIGITS):
        raise ValueError(f"{conversation_id} is not a conversation id that fits into a token")
    if len(key) < 16:
        raise ValueError("a key has at least 16 bytes")
    mac = hmac.digest(key, _PURPOSE + str(conversation_id).encode(), "sha256")
    shortened = int.from_bytes(mac) >> (8 * len(mac) - _BITS * _MAC_DIGITS)
    return _digits(conversation_id) + _digits(shortened).rjust(_MAC_DIGITS, ALPHABET[0])


def verify(token: str, *, keys: Sequence[bytes]) -> int | None:
    """Return the conversation that one of our keys, the newest or an older one, has signed; None for all else."""
    if not token.isascii() or not _MAC_DIGITS < len(token) <= MAX_LENGTH:
        return None
    token = token.lower()
    conversation_id = _number(token[:-_MAC_DIGITS])
    if not conversation_id:
        return None
    # Comparing whole tokens refuses every other spelling of the same id, too.
    fitting = [hmac.compare_digest(sign(conversation_id, key=key), token) for key in keys]
    return conversation_id if any(fitting) else None


def _digits(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def _number(digits: str) -> int | None:
    number = 0
    for digit in digits:
        value = ALPHABET.find(digit)
        if value < 0:
            return None
        number = number << _BITS | value
    return number
