"""Drafts as the page of a ticket carries them: one's own for the script, those of colleagues for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.finders.drafts import Begun, OnTicket
from app.web.formats import formats, initials
from app.web.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a colleague has begun to write."""

    heading: str
    when: str
    initials: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWords:
    """`own` is JSON by kind of draft; the script restores it on the way it was meant for, and on no other."""

    url: str
    own: Mapping[str, str]
    others: list[Beside]


def draft_words(number: int, found: OnTicket) -> DraftWords:
    """Return the drafts of a ticket."""
    return DraftWords(
        url=f"/tickets/{number}/drafts",
        own={each.kind: json.dumps(_own(each), ensure_ascii=False) for each in found.own},
        others=[_beside(each) for each in found.others],
    )


def _own(draft: Begun) -> dict[str, Any]:
    return {
        "text": draft.text,
        "conversation": draft.conversation_id or 0,
        "public": draft.is_public,
        "opens": str(draft.details.get("opens", "")),
        "seen": draft.seen_id or 0,
        "weight": _weight(draft.details),
        "files": [_("%(name)s: bitte neu anhängen", name=name) for name in draft.details.get("files", ())],
        "also": draft.details.get("also", []),
        "at": draft.updated_at.isoformat(),
    }


def _weight(details: Mapping[str, Any]) -> str:
    """Return class and promise as the composer spells them; an answer called back has kept them by name."""
    if "class" not in details:
        return str(details.get("weight", ""))
    return f"{details['class']} {details.get('promise', '')}".strip()


def _beside(draft: Begun) -> Beside:
    heading = _("Entwurf von %(name)s", name=short(draft.name))
    if draft.kind == "note":
        heading = _("Notiz im Entwurf von %(name)s", name=short(draft.name))
    return Beside(
        heading=heading, when=formats().when(draft.updated_at), initials=initials(draft.name), text=draft.text
    )


def short(name: str) -> str:
    """Return a name as colleagues write it: Jana Brandt is J. Brandt."""
    first, _space, last = name.strip().rpartition(" ")
    return f"{first[0]}. {last}" if first else last
