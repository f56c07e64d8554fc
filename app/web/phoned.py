"""A telephone call as words: which way, how it ended, how long, with whom."""

from __future__ import annotations

from app.finders.ticket import Phoned
from app.web.entry import Mark
from app.web.formats import Formats
from app.web.words import _


def call_where(call: Phoned, words: Formats) -> str:
    """Return the line beside the caller's name: `Anruf · eingehend · 2 Min. 40 Sek. · mit Sven Lindner`."""
    parts = [_("Anruf, ausgehend") if call.is_outgoing else _("Anruf, eingehend")]
    if call.answered_at and call.ended_at:
        parts.append(words.length(call.ended_at - call.answered_at))
    if call.agent_name:
        parts.append(_("mit %(name)s", name=call.agent_name))
    return " · ".join(parts)


def call_mark(call: Phoned) -> Mark:
    """Return how a call went; what a person says of it stands above what the machine knows."""
    outcomes = {
        "reached": Mark(words=_("erreicht"), icon="check", look="good"),
        "not_reached": Mark(words=_("nicht erreicht"), icon="missed", look="late"),
        "voicemail": Mark(words=_("auf den Anrufbeantworter gesprochen"), icon="sound"),
    }
    states = {
        "ringing": Mark(words=_("klingelt"), icon="bell", look="good"),
        "talking": Mark(words=_("im Gespräch"), icon="phone", look="good"),
        "missed": Mark(words=_("verpasst"), icon="missed", look="late"),
        "voicemail": Mark(words=_("Anrufbeantworter"), icon="sound"),
        "ended": Mark(words=_("beendet"), icon="check"),
    }
    return outcomes.get(call.outcome or "") or states.get(call.state) or Mark(words=call.state)
