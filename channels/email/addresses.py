"""Addresses out of headers. The address itself is never decoded: an encoded word must not turn into a known one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from channels.email.charsets import one_line
from channels.email.headers import unfolded, words_decoded

_MOST_ADDRESSES = 1000
_LONGEST_ADDRESS = 320
_PIECE = re.compile(
    r'=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]{0,500}\?=|"(?:[^"\\]|\\.){0,1000}"|\([^()]{0,1000}\)|<[^<>]{0,1000}>'
    r"|[,;:]|[^\"(<,;:=]+|.",
    re.DOTALL,
)
_LETTERS = r"[^\s<>\"(),:;\[\]\x00-\x1f\x7f]"
_BARE = re.compile(rf"{_LETTERS}{{1,256}}@(?:{_LETTERS}{{1,255}}|\[[0-9A-Za-z.:]{{1,60}}\])")


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox; `value` is as written, compare `key`."""

    value: str
    name: str = ""

    @property
    def key(self) -> str:
        """The address in lower case, as it is stored and compared."""
        return self.value.lower()


def addresses(raw: str) -> list[Address]:
    """Return the mailboxes of an address header, group names and empty entries left out; linear in its length."""
    value = unfolded(raw)
    found = list(_mailboxes(value))[:_MOST_ADDRESSES]
    if not found and "=?" in value:
        # Some mailers encode the whole header, address included. Nothing readable was there that this could replace.
        found = list(_mailboxes(words_decoded(value)))[:_MOST_ADDRESSES]
    return found


def _mailboxes(value: str) -> list[Address]:
    has_groups = ";" in value
    found: list[Address] = []
    pending = _Pending()
    for piece in _PIECE.findall(value):
        if piece == "," or (piece == ";" and has_groups):
            if pending.is_complete or piece == ";":
                found += pending.taken()
                pending = _Pending()
            else:
                # "Müller, Eva <eva@...>" without the quotes it needs.
                pending.words.append(",")
        elif piece == ":" and has_groups and not pending.is_complete:
            pending = _Pending()
        else:
            pending.add(piece)
    return found + pending.taken()


class _Pending:
    """The mailbox that is being read."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.comments: list[str] = []
        self.angle = ""

    @property
    def is_complete(self) -> bool:
        return bool(self.angle) or any("@" in word for word in self.words)

    def add(self, piece: str) -> None:
        if piece[0] == "<" and piece[-1] == ">" and "@" in piece:
            self.angle = self.angle or piece[1:-1]
        elif piece[0] == "(" and piece[-1] == ")":
            self.comments.append(piece[1:-1])
        else:
            self.words.append(piece)

    def taken(self) -> list[Address]:
        text, comments, angle = "".join(self.words).strip(" ,"), " ".join(self.comments), self.angle
        address = _bare(angle.rpartition(":")[2] if angle.startswith("@") else angle)
        if not address:
            match = _BARE.search(text) if "@" in text else None
            if not match:
                return []
            address, text = match[0], text[: match.start()] + " " + text[match.end() :]
        return [Address(address, _name(text, address) or _name(comments, address))]


def _bare(text: str) -> str:
    """Return what stands between angle brackets if it can be an address; spaces inside are a mailer's fault."""
    text = "".join(text.split()).strip("\"'")
    text = text[7:] if text[:7].lower() == "mailto:" else text
    return text if "@" in text and text.isprintable() and len(text) <= _LONGEST_ADDRESS else ""


def _name(text: str, address: str) -> str:
    if "\\" in text:
        text = re.sub(r"\\(.)", r"\1", text)
    text = one_line(words_decoded(text)).strip("\"' <>,;")
    return "" if text.lower() == address.lower() else text[:200]
