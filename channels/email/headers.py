"""Header values of real mail: raw 8-bit text, broken encoded words, addresses nobody's grammar allows."""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, a2b_qp
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256

from channels.email.charsets import clean, decoded, one_line

_LONGEST_VALUE = 32_768
_MOST_IDS = 100
_LONGEST_ID = 500
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?(.*?)\?=", re.DOTALL)
_FOLD = re.compile(r"\r?\n(?=[ \t])|\r|\n")
_ID = re.compile(r"<([^<>]{1,998})>")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*("(?:[^"\\]|\\.){0,2000}"|[^;]*)', re.DOTALL)
_CONTINUED = re.compile(r"^(.+?)(?:\*(\d{1,2}))?(\*)?$")
_EXTENDED = re.compile(r"([^']{0,60})'[^']{0,60}'(.*)", re.DOTALL)
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


def text_of(value: str) -> str:
    """Return a header as people read it: unfolded, encoded words and raw 8-bit decoded, one line."""
    return one_line(words_decoded(unfolded(value)))


def unfolded(value: str) -> str:
    """Return a raw header value as one line of real text; 8-bit bytes become letters."""
    value = value[:_LONGEST_VALUE]
    if "\x00" in value or not value.isascii():
        value = decoded(value.encode("utf-8", "surrogateescape"))
    return _FOLD.sub("", value) if "\n" in value or "\r" in value else value


def words_decoded(value: str) -> str:
    """Decode RFC 2047 encoded words wherever they stand; adjacent ones are joined before decoding.

    Neighbours are joined as bytes because mailers cut multi-byte letters in two.
    """
    if "=?" not in value:
        return value
    pieces: list[str] = []
    held, held_charset, position = b"", "", 0
    for match in _WORD.finditer(value, 0, value.rfind("?=") + 2):
        charset, encoding, content = match.groups()
        gap = value[position : match.start()]
        if held and (gap.strip() or charset.lower() != held_charset):
            pieces.append(decoded(held, held_charset))
            held = b""
        if gap.strip() or not position:
            pieces.append(gap)
        held, held_charset, position = held + _word_bytes(encoding, content), charset.lower(), match.end()
    if held:
        pieces.append(decoded(held, held_charset))
    return clean("".join([*pieces, value[position:]]))


def _word_bytes(encoding: str, content: str) -> bytes:
    raw = content.encode("utf-8", "replace")
    if encoding in "qQ":
        return a2b_qp(raw, header=True)
    return base64_bytes(raw)


def base64_bytes(raw: bytes) -> bytes:
    """Decode base64 as far as it goes: strangers are skipped, a torn end is dropped."""
    try:
        return a2b_base64(raw)
    except Base64Error:
        pure = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
        pure = pure[: len(pure) - (len(pure) % 4 == 1)]
        return a2b_base64(pure + b"=" * (-len(pure) % 4))


def message_ids(value: str) -> tuple[str, ...]:
    """Return the Message-IDs in a header without angle brackets, in order, each once."""
    value = unfolded(value)
    found = _ID.findall(value) or [word.strip("<>,;") for word in value.split() if "@" in word]
    return tuple(dict.fromkeys(_bounded("".join(each.split())) for each in found[:_MOST_IDS] if each.strip()))


def _bounded(message_id: str) -> str:
    """Shorten an absurdly long id to its hash, the same way everywhere, because keys of a database have a limit."""
    if len(message_id) <= _LONGEST_ID:
        return message_id
    return f"{sha256(message_id.encode()).hexdigest()}@long.invalid"


def date_of(value: str) -> datetime | None:
    """Return the instant of a Date header in UTC, None if it makes no sense."""
    try:
        found = parsedate_to_datetime(unfolded(value)[:200])
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """Split `text/plain; charset=x` into its lower-case value and parameters; RFC 2231 and encoded words decoded."""
    value = unfolded(value)
    head, separator, tail = value.partition(";")
    head = head.strip().lower()
    if not separator:
        return head, {}
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, raw in _PARAMETER.findall(";" + tail):
        text = _unquoted(raw.strip())
        match = _CONTINUED.match(name.lower())
        if match and (match[2] or match[3]):
            pieces.setdefault(match[1], {}).setdefault(int(match[2] or 0), (text, bool(match[3])))
        else:
            plain.setdefault(name.lower(), text)
    decoded_words = {name: words_decoded(text) for name, text in plain.items()}
    # An extended parameter beats the plain one beside it (RFC 6266 section 4.3).
    return head, decoded_words | {name: _joined(parts) for name, parts in pieces.items()}


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """Join RFC 2231 continuations; the charset stands in the first piece."""
    charset, content = "", b""
    for number, (text, is_extended) in sorted(parts.items()):
        piece = text
        if is_extended and number == min(parts) and (match := _EXTENDED.match(text)):
            charset, piece = match.groups()
        raw = piece.encode("utf-8", "replace")
        content += _PERCENT.sub(lambda match: bytes([int(match[1], 16)]), raw) if is_extended else raw
    return words_decoded(decoded(content, charset))


def _unquoted(raw: str) -> str:
    if not raw.startswith('"'):
        return raw
    return re.sub(r"\\(.)", r"\1", raw.strip('"')) if "\\" in raw else raw.strip('"')
