"""The signed token of a customer that a shop puts into links in its mails: whoever comes with it is that customer.

It is made of small letters, digits and hyphens, short enough for everything platforms carry along (a `ref` of m.me, the
start payload of a bot, the text of a prepared message): the mark, the customer's id, the day it ends, and 16 digits
(80 bits) of HMAC-SHA256 over both.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from datetime import date, timedelta

from routing.reply_token import ALPHABET

MARK = "fdn-"
_MAC_DIGITS, _DAY_DIGITS, _MOST_ID_DIGITS, _BITS = 16, 4, 11, 5
_PURPOSE = b"person token 1:"
_FIRST_DAY = date(2020, 1, 1)
_FOUND = re.compile(
    rf"(?<![\w-]){MARK}[a-z2-7]{{{_MAC_DIGITS + _DAY_DIGITS + 1},{_MAC_DIGITS + 15}}}(?![\w-])", re.IGNORECASE
)


def sign(customer_id: int, *, ends_on: date, key: bytes) -> str:
    """Return the token of a customer; it is good until the end of that day.

    Raises `ValueError` outside 1 <= id < 2**55, for a day before 2020 or after 4890, and for a key under 16 bytes.
    """
    days = (ends_on - _FIRST_DAY).days
    if not 0 < customer_id < 1 << (_BITS * _MOST_ID_DIGITS) or not 0 <= days < 1 << (_BITS * _DAY_DIGITS):
        raise ValueError(f"{customer_id} until {ends_on} does not fit into a token")
    if len(key) < 16:
        raise ValueError("a key has at least 16 bytes")
    mac = hmac.digest(key, _PURPOSE + f"{customer_id}:{days}".encode(), "sha256")
    shortened = int.from_bytes(mac) >> (8 * len(mac) - _BITS * _MAC_DIGITS)
    return f"{MARK}{_digits(customer_id, 1)}{_digits(days, _DAY_DIGITS)}{_digits(shortened, _MAC_DIGITS)}"


def verify(token: str, *, keys: Sequence[bytes], on: date) -> int | None:
    """Return the customer whose token it is, if one of our keys signed it and it is still good; None for all else."""
    spelled = token.lower()
    if not spelled.isascii() or not _FOUND.fullmatch(spelled):
        return None
    body = spelled.removeprefix(MARK)
    days, customer_id = (
        _number(body[-_MAC_DIGITS - _DAY_DIGITS : -_MAC_DIGITS]),
        _number(body[: -_MAC_DIGITS - _DAY_DIGITS]),
    )
    ends_on = _FIRST_DAY + timedelta(days=days)
    if not customer_id or ends_on < on:
        return None
    # Every key is compared, and whole tokens: another spelling of the same id is refused, too.
    fitting = [hmac.compare_digest(sign(customer_id, ends_on=ends_on, key=key), spelled) for key in keys]
    return customer_id if any(fitting) else None


def tokens_in(text: str) -> list[str]:
    """Return what looks like a token in a text, each once."""
    return list(dict.fromkeys(found.lower() for found in _FOUND.findall(text[:2000])))


def _digits(number: int, least: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits.rjust(least, ALPHABET[0])


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number << _BITS | ALPHABET.index(digit)
    return number
