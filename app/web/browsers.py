"""A browser's own description in two words a person recognises."""

from __future__ import annotations

from app.web.words import _

_PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def name_of(described: str) -> str:
    """Return e.g. `Firefox, Windows`; the first mark that fits counts, because browsers also name their ancestors."""
    program = next((name for mark, name in _PROGRAMS if mark in described), "")
    system = next((name for mark, name in _SYSTEMS if mark in described), "")
    return ", ".join(filter(None, (program, system))) or _("Unbekannter Browser")
