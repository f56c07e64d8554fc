"""The sentences of the timeline for rungs of a ladder: what was reached, and who was told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from app.web.words import _


class RungWords(NamedTuple):
    """What stands out, what follows it, and the look of the card."""

    bold: str
    text: str
    look: str


def warned(details: Mapping[str, object]) -> RungWords:
    return RungWords(_("Bald fällig."), _told(details), "soon")


def breached(details: Mapping[str, object]) -> RungWords:
    return RungWords(_("Frist verletzt."), _told(details), "late")


def promise_warned(details: Mapping[str, object]) -> RungWords:
    return RungWords(_("Zusage bald fällig."), _told(details), "soon")


def promise_broken(details: Mapping[str, object]) -> RungWords:
    return RungWords(_("Zusage nicht gehalten."), _told(details), "late")


def fired(details: Mapping[str, object]) -> RungWords:
    """Tell a repetition, or any rung of a clock of the whole ticket."""
    rung, subject = str(details.get("rung", "")), details.get("subject")
    if subject == "promise":
        return RungWords(_("Zusage noch immer nicht gehalten."), _told(details), "late")
    if subject == "obligation":
        return RungWords(_("Noch immer überfällig."), _told(details), "late")
    what = _clock(str(details.get("clock_kind", "")))
    if rung.startswith("repeat"):
        return RungWords(_("%(what)s noch immer überfällig.", what=what), _told(details), "late")
    if rung == "breach":
        return RungWords(_("%(what)s überfällig.", what=what), _told(details), "late")
    return RungWords(_("%(what)s bald fällig.", what=what), _told(details), "soon")


def _clock(kind: str) -> str:
    return {
        "acceptance": _("Annahme der Übergabe"),
        "work": _("Antwort nach der Übergabe"),
        "resolution": _("Lösung"),
        "update": _("Nächster Zwischenstand"),
    }.get(kind, kind)


def _told(details: Mapping[str, object]) -> str:
    names = details.get("told")
    if isinstance(names, list) and names:
        return _("Benachrichtigt: %(names)s.", names=", ".join(map(str, names)))
    return ""


TELLERS: Mapping[str, Callable[[Mapping[str, object]], RungWords]] = {
    "warned": warned,
    "breached": breached,
    "promise_warned": promise_warned,
    "promise_broken": promise_broken,
    "fired": fired,
}
