"""What a line of the timeline consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.finders.ticket import Happened
from app.web.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWords:
    """`look` is the card's class for the few kinds that ask for attention, else empty.

    `undo_url` takes back what `part_url` does.
    """

    text: str
    bold: str = ""
    icon: str = "dots"
    look: str = ""
    part_url: str = ""
    part_words: str = ""
    part_told: str = ""
    part_values: Mapping[str, int] = field(default_factory=dict)
    undo_url: str = ""
    undo_values: Mapping[str, int] = field(default_factory=dict)


def by(event: Happened) -> str:
    """Say who did it, if anybody of us."""
    return _("von %(name)s", name=event.actor_name) if event.actor_name else ""
