"""The one list of keyboard shortcuts: the help shows it, and the script takes its keys from there.

Keys are those of `event.key`, so that Z and Y are where the keyboard says; nothing needs AltGr on a German keyboard.
"""

from __future__ import annotations

from typing import NamedTuple

from app.web.words import _


class Shortcut(NamedTuple):
    act: str
    keys: str
    """Space-separated alternatives, as the script writes them: `Shift+e`, `Control+k`, `Enter`."""
    shown: str
    words: str


def everywhere() -> list[Shortcut]:
    return [
        Shortcut("search", "Control+k /", _("Strg K"), _("Suchen")),
        Shortcut("help", "?", "?", _("Diese Übersicht")),
        Shortcut("undo", "z", "Z", _("Rückgängig, 15 Sekunden lang")),
        Shortcut("call", "Shift+t", "⇧ T", _("Zum klingelnden Anruf")),
        Shortcut("news", "Shift+n", "⇧ N", _("Neue Anliegen zeigen")),
        Shortcut("", "", "Esc", _("Eine Ebene zurück, ohne einen Entwurf zu verlieren")),
    ]


def in_the_list() -> list[Shortcut]:
    return [
        Shortcut("down", "j", "J ↓", _("Nächstes Anliegen")),
        Shortcut("up", "k", "K ↑", _("Voriges Anliegen")),
        Shortcut("open", "Enter", "Enter", _("Öffnen")),
    ]


def on_a_ticket() -> list[Shortcut]:
    return [
        Shortcut("take", "i", "I", _("Übernehmen")),
        Shortcut("assign", "a", "A", _("Zuweisen")),
        Shortcut("handover", "g", "G", _("An ein anderes Team übergeben")),
        Shortcut("resolve", "e", "E", _("Erledigen")),
        Shortcut("reopen", "Shift+e", "⇧ E", _("Wieder öffnen")),
        Shortcut("waive", "d", "D", _("Keine Antwort nötig")),
        Shortcut("phone", "t", "T", _("Telefonnotiz schreiben")),
        Shortcut("tag", "l", "L", _("Schlagwort hinzufügen")),
        Shortcut("priority", "!", "!", _("Dringend oder nicht mehr")),
        Shortcut("join", "v", "V", _("Mit einem anderen Anliegen verbinden")),
        Shortcut("wait", "Shift+w", "⇧ W", _("Warten auf Dritte")),
        Shortcut("why", "w", "W", _("Warum diese Frist?")),
        Shortcut("side", ".", ".", _("Kundin und weitere Anliegen")),
        Shortcut("entry-next", "PageDown", _("Bild ↓"), _("Nächster Eintrag im Verlauf")),
        Shortcut("entry-previous", "PageUp", _("Bild ↑"), _("Voriger Eintrag im Verlauf")),
        Shortcut("newest", "End", _("Ende"), _("Neuester Eintrag")),
    ]


def on_the_board() -> list[Shortcut]:
    return [Shortcut("wall", "w", "W", _("Wandanzeige"))]


def while_writing() -> list[Shortcut]:
    return [
        Shortcut("reply", "r", "R", _("Antworten")),
        Shortcut("note", "n", "N", _("Notiz schreiben")),
        Shortcut("publicity", "p", "P", _("Öffentlich oder privat antworten")),
        Shortcut("promise", "#", "#", _("Zusage geben")),
        Shortcut("first", "Shift+r", "⇧ R", _("Neue Nachricht auf einem anderen Weg")),
        Shortcut("send", "Control+Enter", _("Strg ↵"), _("Senden")),
        Shortcut("send-done", "Control+Shift+Enter", _("Strg ⇧ ↵"), _("Senden, erledigen und das nächste öffnen")),
    ]


def shortcuts() -> list[tuple[str, list[Shortcut]]]:
    """Return all shortcuts under the name of the place where they work."""
    return [
        (_("Überall"), everywhere()),
        (_("In der Liste"), in_the_list()),
        (_("Am Anliegen"), on_a_ticket()),
        (_("Beim Schreiben"), while_writing()),
        (_("In der Übersicht"), on_the_board()),
    ]
