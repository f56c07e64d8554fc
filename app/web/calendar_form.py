"""The form of service hours: a line a weekday, a line a special day; every fault is said beside its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from zoneinfo import available_timezones

from app.finders import calendars
from app.finders.calendars import CalendarPage, Hours
from app.web.forms import Form, without_nul
from app.web.hours_field import (
    Windows,
    WrongEntry,
    in_line,
    over_midnight,
    read_date,
    read_days,
    read_windows,
    shown_date,
    shown_windows,
)
from app.web.words import _
from sla.windows import WEEKDAYS, HoursError

LONGEST_LIST = 20_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedHours:
    """What the form asks for, ready for the desk."""

    name: str
    time_zone: str
    weekly_hours: dict[str, Windows]
    region: str
    own_days: dict[str, str]
    special_hours: dict[str, Windows]
    valid_from: date | None

    def hours(self, years: range) -> Hours:
        """Return the hours with the public holidays of these years, for a preview."""
        public = calendars.holidays_of(self.region, years)
        return Hours(
            time_zone=self.time_zone,
            weekly_hours=self.weekly_hours,
            region=self.region,
            holidays={**public, **self.own_days},
            own_days=self.own_days,
            special_hours=self.special_hours,
        )


def empty() -> Form:
    """Return the form of new hours: a usual week."""
    week = dict.fromkeys(WEEKDAYS[:5], "09:00–17:00")
    return Form({**week, "time_zone": "Europe/Berlin", "region": "DE"})


def filled(page: CalendarPage, *, today: date) -> Form:
    """Return the form of hours as they stand in their newest version; a change holds from today on."""
    hours = page.newest
    since = max(today, page.valid_from) if page.valid_from else today
    days = {date.fromisoformat(day): windows for day, windows in hours.special_hours.items()}
    special = [f"{shown_date(on)}: {shown_windows(each) or _('geschlossen')}" for on, each in days.items()]
    own = [f"{shown_date(date.fromisoformat(day))} {name}" for day, name in hours.own_days.items()]
    return Form(
        {
            **{day: shown_windows(hours.weekly_hours.get(day, [])) for day in WEEKDAYS},
            "name": page.name,
            "time_zone": hours.time_zone,
            "region": hours.region,
            "special": "\n".join(special),
            "own": "\n".join(own),
            "valid_from": since.isoformat(),
        }
    )


def read(given: Mapping[str, str]) -> tuple[Form, WantedHours]:
    """Take what was typed; the form says beside each field what is wrong."""
    form = Form.of(given, "name", "time_zone", "region", "valid_from", *WEEKDAYS)
    for name in ("special", "own"):
        form.values[name] = without_nul(given.get(name, "")).replace("\r\n", "\n").strip()[:LONGEST_LIST]
    closed: Windows = []
    nothing: dict[str, Windows] = {}
    form.require("name", _("Bitte geben Sie einen Namen an."))
    weekly = {day: _taken(form, day, read_windows, closed) for day in WEEKDAYS}
    form.errors |= {day: words for day, words in over_midnight(weekly).items() if day not in form.errors}
    special = _taken(form, "special", _special, nothing)
    if not any(weekly.values()) and not any(special.values()) and not form.errors:
        form.errors["week"] = _("So wäre nie geöffnet: Tragen Sie bei mindestens einem Tag eine Zeit ein.")
    if form["time_zone"] not in available_timezones():
        form.errors["time_zone"] = _("Diese Zeitzone gibt es nicht. Schreiben Sie zum Beispiel Europe/Berlin.")
    _check_region(form)
    wanted = WantedHours(
        name=form["name"][:80],
        time_zone=form["time_zone"],
        weekly_hours={day: windows for day, windows in weekly.items() if windows},
        region=form["region"],
        own_days=_taken(form, "own", _own, {}),
        special_hours=special,
        valid_from=_taken(form, "valid_from", read_date, None) if form["valid_from"] else None,
    )
    return form, wanted


def _taken(form: Form, name: str, read_field: Callable[[str], T], otherwise: T) -> T:
    try:
        return read_field(form[name])
    except WrongEntry as wrong:
        form.errors[name] = str(wrong)
        return otherwise


def _special(typed: str) -> dict[str, Windows]:
    found = {}
    for line in read_days(typed):
        try:
            found[line.on.isoformat()] = read_windows(line.said)
        except WrongEntry as wrong:
            raise WrongEntry(in_line(line.number, wrong)) from wrong
    return found


def _own(typed: str) -> dict[str, str]:
    return {line.on.isoformat(): line.said[:80] or _("Geschlossen") for line in read_days(typed)}


def _check_region(form: Form) -> None:
    try:
        calendars.holidays_of(form["region"], [2026])
    except HoursError:
        form.errors["region"] = _("Für diese Region kennen wir keine Feiertage.")
