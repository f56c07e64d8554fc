"""What a policy means, said with examples: when a message of a typical instant is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.desk.aims import Hours
from app.web.formats import formats
from app.web.policy_form import WantedPolicy
from app.web.policy_words import contact_words
from app.web.words import _, tongue
from sla.windows import HoursError

AFTERNOON = time(16, 5)
FRIDAY = 4
A_DAY = timedelta(days=1)
LOOKS_AHEAD = timedelta(days=370)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One instant with what it means; `reason` names the holiday in between."""

    words: str
    urgent: str = ""
    reason: str = ""


def examples(wanted: WantedPolicy, hours: Hours, holidays: Mapping[str, str], *, at: datetime) -> list[Example]:
    """Say when messages of now, of Friday afternoon and of the evening before the next holiday would be due."""
    return [
        example
        for instant, reason in _instants(hours.zone, holidays, at)
        if (example := _example(wanted, hours, instant, reason)) is not None
    ]


def _instants(zone: ZoneInfo, holidays: Mapping[str, str], at: datetime) -> list[tuple[datetime, str]]:
    today = at.astimezone(zone).date()
    friday = today + A_DAY * ((FRIDAY - today.weekday()) % 7)
    found = [(at, ""), (_on(friday, zone), "")]
    ahead = sorted(day for day in holidays if today < date.fromisoformat(day) <= today + LOOKS_AHEAD)
    holiday = next((day for day in ahead if date.fromisoformat(day).weekday() <= FRIDAY), None)
    if holiday:
        on = date.fromisoformat(holiday)
        reason = _("%(day)s: %(name)s", day=f"{on.day:02d}.{on.month:02d}.", name=holidays[holiday])
        found.append((_on(on - A_DAY, zone), reason))
    return found


def _on(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, AFTERNOON, tzinfo=zone)


def _example(wanted: WantedPolicy, hours: Hours, instant: datetime, reason: str) -> Example | None:
    minutes = wanted.targets.get("first", {})
    main = wanted.priority if wanted.priority in minutes else "normal"
    due = _due(hours, instant, minutes.get(main))
    if due is None:
        return None
    names = {"contact": contact_words(wanted.route), "when": moment(instant), "due": moment(due)}
    urgent = _due(hours, instant, minutes.get("urgent")) if wanted.priority is None else None
    return Example(
        words=_("%(contact)s von %(when)s ist fällig am %(due)s.", **names),
        urgent=_("Dringend: am %(due)s.", due=moment(urgent)) if urgent and urgent != due else "",
        reason=reason,
    )


def _due(hours: Hours, instant: datetime, minutes: int | None) -> datetime | None:
    if not minutes:
        return None
    try:
        return hours.hours.due(instant, timedelta(minutes=minutes))
    except HoursError:
        return None


def moment(at: datetime) -> str:
    """Return an instant with weekday and date, never as today or tomorrow: `Fr., 27.11., 16:05 Uhr`."""
    words = formats()
    full = words.full(at)
    year = f"{at.astimezone(words.zone).year}"
    return full.replace(f".{year}", ".", 1) if tongue() == "de" else full.replace(f"/{year}", "", 1)
