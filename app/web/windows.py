"""The second clock of a conversation: until when its platform takes an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.web.formats import Formats
from app.web.words import _
from channels.contract import Capability

CLOSES_SOON = timedelta(hours=3)
GLYPHS = {"open": "clock", "soon": "sla-soon", "human": "person", "shut": "lock"}
"""The shape of each state; the script knows them, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The second clock: until when the platform takes an answer, then only one a person typed, then none."""

    state: str
    """open, soon, human or shut."""
    words: str
    tight_words: str
    """The same where its name stands above it already."""
    until: str
    """When the state ends, in words."""
    closes: str
    closes_at: datetime
    human: str
    human_words: str
    shut_words: str

    @property
    def glyph(self) -> str:
        return GLYPHS[self.state]


def window(capability: Capability, words: Formats) -> Window | None:
    """Return the clock of the platform's window; None where there is none."""
    closes, human = capability.window_closes_at or capability.human_only_until, capability.human_only_until
    if closes is None:
        return None
    shut_words = _("Antwortfenster geschlossen seit %(when)s", when=words.when(human or closes))
    human_words = _("Nur noch von Hand bis %(when)s", when=words.when(human)) if human else ""
    ends = closes if words.now < closes else human or closes
    state, left = _standing(closes, human, words)
    said = human_words if state == "human" else shut_words
    return Window(
        state=state,
        words=_("Noch %(span)s bis das Antwortfenster schließt", span=left) if left else said,
        tight_words=words.left % words.tight(closes - words.now) if left else _tight(state),
        until=_("bis %(when)s", when=words.when(ends)),
        closes=closes.isoformat(),
        closes_at=closes,
        human=human.isoformat() if human else "",
        human_words=human_words,
        shut_words=shut_words,
    )


def _tight(state: str) -> str:
    return _("nur von Hand") if state == "human" else _("geschlossen")


def _standing(closes: datetime, human: datetime | None, words: Formats) -> tuple[str, str]:
    """Return the state, and how long an ordinary answer is still taken; empty once it is not."""
    left = closes - words.now
    if left > timedelta(0):
        return "soon" if left <= CLOSES_SOON else "open", words.span(left)
    return ("human", "") if human is not None and words.now < human else ("shut", "")
