"""The words people make up themselves, written one way: tags and groups of customers."""

from __future__ import annotations

import unicodedata

from app.errors import Refused

LONGEST = 60


def tag_of(written: str) -> str:
    """Return a tag as it is stored: small letters, single spaces, no `#`; raises `Refused` for none and for a novel."""
    return _word(written.strip().lstrip("#").lower(), field="name")


def group_of(written: str) -> str:
    """Return the name of a group of customers with single spaces; raises `Refused` for one that is too long."""
    return _word(written, field="group") if written.strip() else ""


def _word(written: str, *, field: str) -> str:
    plain = "".join(" " if unicodedata.category(sign).startswith("Z") else sign for sign in written)
    word = " ".join(unicodedata.normalize("NFC", plain).split())
    if not word:
        raise Refused("Bitte geben Sie ein Wort ein.", field=field)
    if len(word) > LONGEST:
        raise Refused("Höchstens %(count)s Zeichen, bitte.", field=field, count=LONGEST)
    if "," in word or any(unicodedata.category(sign).startswith("C") for sign in word):
        raise Refused("Kommas und Steuerzeichen gehen hier nicht.", field=field)
    return word
