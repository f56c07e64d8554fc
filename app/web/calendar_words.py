"""Service hours in words: a week in a line, what a new version changed, and which days are closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from app.finders.calendars import Hours, Version, compiled
from app.web.formats import formats
from app.web.hours_field import minute_of, shown_date, shown_windows
from app.web.regions import region_name
from app.web.words import _, tongue
from sla.windows import MINUTES_A_DAY, WEEKDAYS, HoursError

_SHORT = {
    "de": ("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MOST_CLOSED_DAYS = 200
A_YEAR = timedelta(days=365)


class Day(NamedTuple):
    """One closed or special day by name."""

    day: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionWords:
    number: int
    since: str
    made: str
    changes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What hours mean: how long a week is, when it opens next, what is closed within a year and in the years after."""

    week: str
    opens: str
    closed: list[Day]
    later: list[Day]


def day_name(day: str) -> str:
    return _SHORT[tongue()][WEEKDAYS.index(day)]


def week_line(weekly: Mapping[str, Any]) -> str:
    """Return a week in one line, equal neighbours together: `Mo.–Fr. 09:00–17:00, Sa. 10:00–14:00`."""
    runs: list[tuple[str, str, str]] = []
    for day in WEEKDAYS:
        windows = shown_windows(weekly.get(day, []))
        if runs and runs[-1][2] == windows:
            runs[-1] = (runs[-1][0], day, windows)
        else:
            runs.append((day, day, windows))
    lines = [
        f"{day_name(first)}{f'–{day_name(last)}' if last != first else ''} {windows}"
        for first, last, windows in runs
        if windows
    ]
    return " · ".join(lines) or _("nie geöffnet")


def minutes_a_week(weekly: Mapping[str, Any]) -> int:
    lengths = (minute_of(last) - minute_of(first) for windows in weekly.values() for first, last in windows)
    return sum(length if length > 0 else length + MINUTES_A_DAY for length in lengths)


def outlook(hours: Hours, *, at: datetime) -> Outlook:
    """Say what these hours would mean from now on."""
    words = formats()
    zone = ZoneInfo(hours.time_zone)
    today = at.astimezone(zone).date()
    days = closed_days(hours, since=today)
    return Outlook(
        week=_("%(span)s in der Woche", span=words.hours(timedelta(minutes=minutes_a_week(hours.weekly_hours)))),
        opens=_opens(hours, at=at),
        closed=[day for on, day in days if on <= today + A_YEAR],
        later=[day for on, day in days if on > today + A_YEAR],
    )


def _opens(hours: Hours, *, at: datetime) -> str:
    try:
        opens = compiled(hours).next_opening(at)
    except HoursError:
        return _("Öffnet nie wieder: Alle Zeiten liegen in der Vergangenheit.")
    return _("Jetzt ist geöffnet.") if opens <= at else _("Öffnet %(when)s.", when=formats().when(opens))


def closed_days(hours: Hours, *, since: date) -> list[tuple[date, Day]]:
    """Return holidays, closed and special days from a date on in their order; a special day beats a holiday."""
    named = {date.fromisoformat(day): name for day, name in hours.holidays.items()}
    special = {
        date.fromisoformat(day): shown_windows(windows) or _("geschlossen")
        for day, windows in hours.special_hours.items()
    }
    words = {on: (f"{named[on]}: {said}" if on in named else said) for on, said in special.items()}
    days = sorted({**named, **words}.items())
    return [(on, Day(_day(on), said)) for on, said in days if on >= since][:MOST_CLOSED_DAYS]


def _day(on: date) -> str:
    return f"{day_name(WEEKDAYS[on.weekday()])}, {shown_date(on)}"


def history_words(versions: Sequence[Version]) -> list[VersionWords]:
    """Return the versions, newest first, each with what differed from the one before it."""
    words = formats()
    olders: list[Version | None] = [*versions[1:], None]
    return [
        VersionWords(
            number=version.number,
            since=_("gilt ab %(day)s", day=shown_date(version.valid_from)) if older else _("gilt von Anfang an"),
            made=made_words(words.full(version.made_at), version.made_by),
            changes=differences(older.hours, version.hours) if older else [week_line(version.hours.weekly_hours)],
        )
        for version, older in zip(versions, olders, strict=True)
    ]


def made_words(when: str, who: str) -> str:
    """Say when something was written, and by whom if it was a person."""
    return _("%(when)s von %(who)s", when=when, who=who) if who else when


def differences(before: Hours, after: Hours) -> list[str]:
    """Say what a version changed, a line each."""
    lines = [
        f"{day_name(day)} {_was(before.weekly_hours.get(day, []))} → {_was(after.weekly_hours.get(day, []))}"
        for day in WEEKDAYS
        if before.weekly_hours.get(day, []) != after.weekly_hours.get(day, [])
    ]
    if before.time_zone != after.time_zone:
        lines.append(f"{_('Zeitzone')} {before.time_zone} → {after.time_zone}")
    if before.region != after.region:
        none = _("keine")
        was, now = region_name(before.region) or none, region_name(after.region) or none
        lines.append(f"{_('Feiertage')}: {was} → {now}")
    lines += _days_changed(before.own_days, after.own_days)
    special = [{day: _was(each) for day, each in hours.special_hours.items()} for hours in (before, after)]
    lines += _days_changed(*special)
    return lines or [_more_holidays(before, after)]


def _was(windows: Any) -> str:
    return shown_windows(windows) or _("geschlossen")


def _days_changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    lines = []
    for day in sorted({*before, *after}):
        if before.get(day) == after.get(day):
            continue
        on = _day(date.fromisoformat(day))
        if day not in after:
            lines.append(_("entfernt: %(day)s %(words)s", day=on, words=before[day]))
        else:
            lines.append(_("neu: %(day)s %(words)s", day=on, words=after[day]))
    return lines


def _more_holidays(before: Hours, after: Hours) -> str:
    years = sorted({day[:4] for day in after.holidays} - {day[:4] for day in before.holidays})
    return _("Feiertage für %(years)s", years=", ".join(years)) if years else _("ohne Unterschied")
