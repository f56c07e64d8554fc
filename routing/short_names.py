"""Names with an initial: who is called „B. Winkler“ in one place may be Bernd Winkler in another."""

from __future__ import annotations

import re

from routing.claims import name_parts

_LETTER = re.compile(r"\b\w\b")
_BARE = {"ä": "a", "ö": "o", "ü": "u"}


def last_name(name: str) -> str:
    """Return the last name as names are compared; empty where there is none beside another part or an initial."""
    letters, parts = _letters(name), _words(name)
    if len(parts) + len(letters) < 2:
        return ""
    last = name.partition(",")[0] if "," in name else name.rsplit(None, 1)[-1]
    found = name_parts(last)
    return found[-1] if found else ""


def may_be_one(one: str, other: str) -> bool:
    """Say whether one of both is the other with its first name cut to the initial."""
    return _is_short_for(one, other) or _is_short_for(other, one)


def _is_short_for(short: str, full: str) -> bool:
    letters, own, parts = _letters(short), _words(short), _words(full)
    if len(letters) != 1 or len(own) != 1 or len(parts) < 2 or last_name(full) != own[0]:
        return False
    return any(part.startswith(letters[0]) for part in parts if part != own[0])


def _letters(name: str) -> list[str]:
    return [_BARE.get(each, each) for each in _LETTER.findall(name.casefold())]


def _words(name: str) -> tuple[str, ...]:
    return name_parts(_LETTER.sub(" ", name.casefold()))
