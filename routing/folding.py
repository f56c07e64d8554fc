"""One spelling for what looks the same, hard blanks or long dashes or letters nobody sees, and the way back."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_SPACE = re.compile(r"\s+")


class Folded(NamedTuple):
    """A folded text, and for each of its letters where it stood: `origin[n]` up to `until[n]`."""

    text: str
    origin: list[int]
    until: list[int]

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Return where a place of the folded text stands in the text itself."""
        return self.origin[start], self.until[end - 1]


def fold(text: str) -> str:
    """Return a text in the one spelling; a run of white space is one blank, or one line break."""
    if not text.isascii():
        text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text).translate(_DASHES))
    return _SPACE.sub(_blank, text)


def fold_with_places(text: str) -> Folded:
    """Fold a text and remember where each letter came from."""
    letters: list[str] = []
    origin: list[int] = []
    until: list[int] = []
    for start, end in _clusters(text):
        part = _UNSEEN.sub("", unicodedata.normalize("NFKC", text[start:end]).translate(_DASHES))
        if part.isspace():
            part = "\n" if "\n" in part or "\r" in part else " "
            if letters and letters[-1] in {" ", "\n"}:
                letters[-1] = "\n" if "\n" in {part, letters[-1]} else " "
                until[-1] = end
                continue
        for letter in part:
            letters.append(letter)
            origin.append(start)
            until.append(end)
    return Folded("".join(letters), origin, until)


def _clusters(text: str) -> list[tuple[int, int]]:
    """Return each letter with the marks that belong to it."""
    found: list[tuple[int, int]] = []
    for place, letter in enumerate(text):
        if found and unicodedata.combining(letter):
            found[-1] = (found[-1][0], place + 1)
        else:
            found.append((place, place + 1))
    return found


def _blank(found: re.Match[str]) -> str:
    return "\n" if "\n" in found.group() or "\r" in found.group() else " "
