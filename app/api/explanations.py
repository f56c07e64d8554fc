"""Why an obligation is due when it is, and what ends it, in German sentences."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from app.finders.clocks import Owed

_WEEKDAYS = ("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So.")
_KINDS = {"first": "erste Antwort", "next": "weitere Antwort"}
_HOUR = 60


def explained(owed: Owed, *, now: datetime) -> str:
    """Return the policy, the start, the target, the due time, and how it ended or what would end it."""
    zone = ZoneInfo(owed.time_zone)
    aim = (
        f"Fristregel „{owed.policy}“: {_KINDS[owed.kind]} innerhalb von {_span(owed.target_minutes)} "
        f"Servicezeit (Kalender „{owed.calendar}“, {owed.time_zone})."
    )
    run = f"Die Uhr läuft seit {_when(owed.opened_at, zone)}; fällig ist die Antwort {_when(owed.due_at, zone)}."
    return f"{aim} {run} {_end(owed, zone, now)}"


def _end(owed: Owed, zone: ZoneInfo, now: datetime) -> str:
    if owed.state == "met" and owed.settled_at:
        words = "rechtzeitig" if owed.verdict == "met" else "zu spät"
        return f"Beantwortet mit Nachricht {owed.answered_by} am {_when(owed.settled_at, zone)}: {words}."
    if owed.state == "waived" and owed.settled_at:
        return f"Erlassen am {_when(owed.settled_at, zone)}, weil das Anliegen erledigt wurde."
    if owed.answered_by:
        return (
            f"Nachricht {owed.answered_by} beantwortet sie; das zählt, sobald der Empfang bestätigt ist, "
            "und wird zurückgenommen, wenn der Versand scheitert."
        )
    late = f"Seit {_when(owed.breach_at, zone)} ist sie verletzt. " if now >= owed.breach_at else ""
    return (
        f"{late}Sie endet mit einer inhaltlichen Antwort an die Kundin oder den Kunden, oder wenn das Anliegen "
        "erledigt wird. Eingangsbestätigung, Notiz und Zuweisung halten sie nicht an."
    )


def _span(minutes: int) -> str:
    hours, rest = divmod(minutes, _HOUR)
    if not hours:
        return f"{rest} Min."
    return f"{hours} Std. {rest} Min." if rest else f"{hours} Std."


def _when(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{_WEEKDAYS[local.weekday()]}, {local:%d.%m.%Y, %H:%M} Uhr"
