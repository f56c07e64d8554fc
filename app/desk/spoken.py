"""Saying an instant the way people do, in the language of whoever reads it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = {
    "de": ("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NEAR = {"de": {-1: "gestern", 0: "heute", 1: "morgen"}, "en": {-1: "yesterday", 0: "today", 1: "tomorrow"}}


def language_of(code: str) -> str:
    """Return the language we write in for a language code: English where it is asked for, else German."""
    return "en" if code.startswith("en") else "de"


def deadline(at: datetime, *, now: datetime, zone: ZoneInfo, language: str) -> str:
    """Say a deadline; whole minutes, rounded up, so that nobody reads an earlier time than the one we work to."""
    return moment(at + timedelta(seconds=59, microseconds=999_999), now=now, zone=zone, language=language)


def moment(at: datetime, *, now: datetime, zone: ZoneInfo, language: str) -> str:
    """Say an instant: yesterday, today and tomorrow by name, every other day by weekday and date."""
    code = language_of(language)
    local = at.astimezone(zone)
    day = NEAR[code].get((local.date() - now.astimezone(zone).date()).days)
    weekday = WEEKDAYS[code][local.weekday()]
    if code == "de":
        return f"{day or f'{weekday}, {local:%d.%m.%Y}'}, {local:%H:%M} Uhr"
    return f"{day or f'{weekday} {local.day} {MONTHS[local.month - 1]} {local.year}'}, {local:%H:%M}"
