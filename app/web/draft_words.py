"""Drafts as the page of a ticket carries them: one's own for the script, those of colleagues for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.finders.drafts import Begun, OnTicket, files
from app.web.formats import formats, initials, size
from app.web.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a colleague has begun to write."""

    heading: str
    when: str
    initials: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWords:
    """A file of one's own draft."""

    id: int
    name: str
    type: str
    size: int
    words: str
    icon: str
    url: str
    removal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWords:
    """`own` is JSON by kind of draft; the script restores it on the way it was meant for, and on no other."""

    url: str
    own: Mapping[str, str]
    others: list[Beside]
    files: list[FileWords]
    way: tuple[int, bool, str] | None
    """The way that one's own answer is meant for: conversation, whether everybody reads it, what it would open."""


def draft_words(number: int, found: OnTicket) -> DraftWords:
    """Return the drafts of a ticket."""
    return DraftWords(
        url=f"/tickets/{number}/drafts",
        own={each.kind: json.dumps(_own(each), ensure_ascii=False) for each in found.own},
        others=[_beside(each) for each in found.others],
        files=file_words(number, found.own),
        way=next((_way(each) for each in reversed(found.own) if each.kind == "reply"), None),
    )


def file_words(number: int, own: Sequence[Begun]) -> list[FileWords]:
    """Return the files of one's own draft of an answer."""
    return [
        FileWords(
            id=each.id,
            name=each.name,
            type=each.type,
            size=each.size,
            words=size(each.size),
            icon="image" if each.type.startswith("image/") else "file",
            url=f"/draft-files/{each.id}",
            removal=f"/tickets/{number}/drafts/reply/files/{each.id}",
        )
        for each in files(own)
    ]


def _way(draft: Begun) -> tuple[int, bool, str]:
    return draft.conversation_id or 0, draft.is_public, str(draft.details.get("opens", ""))


def _own(draft: Begun) -> dict[str, Any]:
    return {
        "text": draft.text,
        "conversation": draft.conversation_id or 0,
        "public": draft.is_public,
        "opens": str(draft.details.get("opens", "")),
        "seen": draft.seen_id or 0,
        "weight": _weight(draft.details),
        "also": draft.details.get("also", []),
        "line": draft.details.get("line", True),
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
