"""Colleagues who have a ticket open, as faces: with a ring whoever reads along, filled whoever writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.presence import Here
from app.web.door import person
from app.web.draft_words import short
from app.web.formats import initials
from app.web.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    initials: str
    words: str
    name: str
    is_writing: bool


def faces(here: Sequence[Here]) -> list[Face]:
    """Return everybody who is here but oneself, who writes first."""
    me = person().id
    others = sorted((each for each in here if each.agent_id != me), key=lambda each: (not each.is_writing, each.name))
    return [
        Face(initials=initials(each.name), words=_words(each), name=short(each.name), is_writing=each.is_writing)
        for each in others
    ]


def _words(here: Here) -> str:
    if here.is_writing:
        return _("%(name)s schreibt gerade", name=here.name)
    return _("%(name)s liest mit", name=here.name)
