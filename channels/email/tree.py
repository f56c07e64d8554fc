"""A raw mail as a tree of parts: stdlib's compat32 parser behind caps, because it is tolerant but not cheap.

The parser reads line by line. Long runs of base64 are therefore taken out before and put back when a part is read,
and what is too long, too deep or too much for one second is cut with a warning; the raw mail stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.feedparser import FeedParser
from email.message import Message
from email.policy import Policy, compat32
from os import urandom
from typing import cast

from channels.contract import Unreadable
from channels.email.headers import base64_bytes, parameters
from channels.foreign import attempted

MOST_PARTS = 500
_MOST_BYTES = 4_000_000
_MOST_LINES = 60_000
_MOST_NESTING = 40
_RUN = re.compile(rb"(?:\n[A-Za-z0-9+/]{60,998}\r?){40,}(?=\n)")
_SHORT = 8_000
_POLICY: Policy[Part] = cast("Policy[Part]", compat32)
_HELD = re.compile(rb"(faden-held-[0-9a-f]{16})-(\d{1,6})")
_NAME = re.compile(rb"[!-9;-~]+[ \t]*:")
_KNOWN = re.compile(
    rb"^(?:from|to|cc|subject|date|message-id|received|return-path|reply-to|mime-version|content-type|delivered-to)"
    rb"[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_NESTING = re.compile(rb"boundary[ \t]*=|message/rfc822", re.IGNORECASE)


class Held:
    """The long base64 runs that were taken out of a mail, under names nobody outside can guess."""

    def __init__(self) -> None:
        self._prefix = b"faden-held-" + urandom(8).hex().encode()
        self._runs: list[bytes] = []

    def take_out(self, raw: bytes) -> bytes:
        """Return the mail with every run replaced by one short line."""
        return _RUN.sub(self._hold, raw)

    def put_back(self, raw: bytes) -> bytes:
        """Return the text with its runs restored."""
        return _HELD.sub(self._restored, raw) if self._prefix in raw else raw

    def _hold(self, match: re.Match[bytes]) -> bytes:
        self._runs.append(match[0][1:])
        return b"\n%s-%d" % (self._prefix, len(self._runs) - 1)

    def _restored(self, match: re.Match[bytes]) -> bytes:
        number = int(match[2])
        return self._runs[number] if match[1] == self._prefix and number < len(self._runs) else match[0]


class Part(Message):
    """A part with cheap and unfailing readers; the parser calls the overridden ones itself while it reads."""

    held: Held | None = None

    @property
    def fields(self) -> dict[str, list[str]]:
        """The raw header values under their lower-case names."""
        try:
            return self._fields
        except AttributeError:
            self._fields: dict[str, list[str]] = {}
            for name, value in self.raw_items():
                self._fields.setdefault(name.rstrip(" \t").lower(), []).append(str(value))
            return self._fields

    def first(self, name: str) -> str:
        """Return the first value of a header that is not blank, empty if there is none."""
        return next((value for value in self.fields.get(name, ()) if value.strip()), "")

    @property
    def content(self) -> tuple[str, dict[str, str]]:
        """Content-Type with its parameters; what is missing or nonsense is text/plain."""
        try:
            return self._content
        except AttributeError:
            kind, found = parameters(self.first("content-type"))
            if kind.count("/") != 1:
                kind = "text/plain" if not kind or kind == "text" else "application/octet-stream"
                kind = self.get_default_type() if not self.first("content-type") else kind
            self._content: tuple[str, dict[str, str]] = kind, found
            return self._content

    def get_content_type(self) -> str:
        return self.content[0]

    def get_content_maintype(self) -> str:
        return self.content[0].partition("/")[0]

    def get_boundary(self, failobj: str | None = None) -> str | None:  # type: ignore[override]
        return self.content[1].get("boundary", "").rstrip() or failobj

    @property
    def parts(self) -> list[Part]:
        """The parts inside, empty for a leaf."""
        return [part for part in self._payload if isinstance(part, Part)] if isinstance(self._payload, list) else []

    def raw_text(self) -> bytes:
        """Return the undecoded content of a leaf."""
        payload = self._payload if isinstance(self._payload, str) else ""
        raw = payload.encode("ascii", "surrogateescape")
        return self.held.put_back(raw) if self.held else raw

    def embedded_bytes(self) -> bytes:
        """Return the mail inside a message part as bytes; what cannot be written again is left empty."""
        if not self.parts:
            return self.content_bytes()
        if self.first("content-transfer-encoding").strip().lower() == "base64":
            # Forbidden by RFC 2045 section 6.4, and still sent.
            return base64_bytes(self.parts[0].raw_text())
        inner = self.parts
        # The generator fails on charsets it does not know.
        raw = attempted(lambda: b"\n".join(each.as_bytes(policy=_POLICY) for each in inner), lambda _: b"")
        return self.held.put_back(raw) if self.held else raw

    def flattened(self, body: bytes) -> Part:
        """Make this a plain text part with the given body."""
        self._content = "text/plain", {}
        self._payload: object = body.decode("ascii", "surrogateescape")
        return self

    def content_bytes(self) -> bytes:
        """Return the content with its transfer encoding undone; a broken encoding yields what is legible."""
        encoding = self.first("content-transfer-encoding").strip().lower()
        raw = self.raw_text()
        if encoding.startswith("base64"):
            return base64_bytes(raw)
        if encoding.startswith("quoted"):
            return _unquoted_printable(raw)
        if "uue" in encoding:
            self._payload = raw.decode("ascii", "surrogateescape")
            return bytes(self.get_payload(decode=True))
        return raw


def _unquoted_printable(raw: bytes) -> bytes:
    from binascii import a2b_qp  # noqa: PLC0415

    return a2b_qp(raw)


def tree(raw: bytes, warnings: list[str]) -> Part:
    """Parse a mail; raises `Unreadable` if there is nothing in it that looks like a mail."""
    raw = _repaired(raw, warnings)
    held = Held() if len(raw) > _SHORT and b"base64" in raw else None
    shortened = _capped(held.take_out(raw) if held else raw, warnings)
    is_flat = len(_NESTING.findall(shortened)) > _MOST_NESTING
    if is_flat:
        warnings.append("Die Mail ist zu tief verschachtelt und wird als reiner Text gezeigt.")

    def as_text(error: Exception) -> Part:
        warnings.append(f"Die Mail ist kaputt aufgebaut ({type(error).__name__}) und wird als reiner Text gezeigt.")
        return _parsed(shortened, headers_only=True)

    root = attempted(lambda: _parsed(shortened, headers_only=is_flat), as_text)
    if not root.fields:
        raise Unreadable("Das ist keine E-Mail: es gibt keine einzige Kopfzeile.")
    for part in root.walk() if held else ():
        part.held = held
    return root


def leaves(part: Part, above: tuple[Part, ...] = ()) -> Iterator[tuple[Part, tuple[Part, ...]]]:
    """Yield every part without parts of its own, with the multiparts above it; embedded mails are leaves."""
    if part.get_content_maintype() != "multipart" or not part.parts:
        yield part, above
        return
    for each in part.parts:
        yield from leaves(each, (*above, part))


def _parsed(raw: bytes, *, headers_only: bool) -> Part:
    parser = FeedParser(Part, policy=_POLICY)
    if headers_only:
        head, separator, body = raw.partition(b"\n\n" if b"\n\n" in raw else b"\n\r\n")
        parser.feed((head + separator).decode("ascii", "surrogateescape"))
        return parser.close().flattened(body)
    parser.feed(raw.decode("ascii", "surrogateescape"))
    return parser.close()


def _repaired(raw: bytes, warnings: list[str]) -> bytes:
    """Mend what would hide the headers: text before them, lines wrapped without the leading space."""
    head = raw[:200_000].lstrip(b"\r\n\t \xef\xbb\xbf\x00")
    start = len(raw[:200_000]) - len(head)
    first = head.partition(b"\n")[0]
    if not _NAME.match(first) and not first.startswith((b"From ", b">From ")):
        known = _KNOWN.search(head[:4000])
        if known:
            warnings.append("Vor den Kopfzeilen stand Text, er wurde übergangen.")
            start, head = start + known.start(), head[known.start() :]
    end = re.search(rb"\r?\n\r?\n", head)
    block = head[: end.start() if end else 0]
    lines = block.split(b"\n")
    broken = [n for n, line in enumerate(lines) if n and line[:1] not in b" \t" and not _NAME.match(line)]
    if broken and _KNOWN.search(b"\n".join(lines[broken[0] :])):
        warnings.append("Die Kopfzeilen waren falsch umbrochen.")
        for number in broken:
            lines[number] = b" " + lines[number]
        mended = b"\n".join(lines)
        return mended + raw[start + len(block) :]
    return raw[start:] if start else raw


def _capped(raw: bytes, warnings: list[str]) -> bytes:
    size = len(raw)
    if raw.count(b"\n") > _MOST_LINES:
        end = -1
        for match, _ in zip(re.finditer(rb"\n", raw), range(_MOST_LINES), strict=False):
            end = match.end()
        raw = raw[:end]
    raw = raw[:_MOST_BYTES]
    if len(raw) < size:
        warnings.append("Die Mail ist sehr lang und wurde für die Anzeige gekürzt; das Original ist vollständig.")
    return raw
