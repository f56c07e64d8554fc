"""Opening hours as people type them into one line: `09:00–12:00, 13 bis 17 Uhr`; and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from app.web.words import _
from sla.windows import EARLIEST_YEAR, LATEST_YEAR, MINUTES_A_DAY, WEEKDAYS

Windows = list[list[str]]
MOST_WINDOWS = 12
"""On one day."""
YEARS = range(EARLIEST_YEAR, LATEST_YEAR)
_TIME = r"(\d{1,2})(?:[:.](\d{1,2}))?(?:\s*uhr)?"
_WINDOW = re.compile(rf"{_TIME}\s*(?:-|–|—|bis|to)\s*{_TIME}", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;/\n]|\bund\b|\band\b", re.IGNORECASE)
_CLOSED = frozenset({"", "-", "–", "zu", "geschlossen", "closed"})
_ALWAYS = frozenset({"24 h", "24h", "rund um die uhr", "immer", "always"})
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_GERMAN = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_LINE = re.compile(r"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\s?\d{1,2}\.\s?\d{4}|\S+)\s*:?\s*(.*)")


class DayLine(NamedTuple):
    """One day of a list, in the line it was typed in."""

    number: int
    on: date
    said: str


class WrongEntry(ValueError):
    """What was typed cannot be meant; the text says why, in the language of the request."""


def read_windows(typed: str) -> Windows:
    """Return the windows of one day as a calendar keeps them; raises `WrongEntry` with the reason against them."""
    text = typed.strip().lower()
    if text in _CLOSED:
        return []
    if text in _ALWAYS:
        return [["00:00", "24:00"]]
    windows = [_window(part.strip()) for part in _BETWEEN.split(text) if part.strip()]
    if len(windows) > MOST_WINDOWS:
        raise WrongEntry(_("Höchstens %(most)s Zeitspannen an einem Tag.", most=MOST_WINDOWS))
    spans = sorted(_span(window) for window in windows)
    for (_opens, closes), (opens, _closes) in pairwise(spans):
        if opens < closes:
            raise WrongEntry(_overlapping(spans))
    return [list(_spelt(span)) for span in spans]


def _window(part: str) -> list[str]:
    found = _WINDOW.fullmatch(part)
    if not found:
        raise WrongEntry(_("„%(typed)s“ ist keine Zeitspanne wie 09:00–17:00.", typed=part))
    first, last = _time(found[1], found[2]), _time(found[3], found[4])
    if first == "24:00":
        raise WrongEntry(_("24:00 kann ein Ende sein, aber kein Anfang: Schreiben Sie 00:00."))
    return [first, last]


def _time(hour: str, minute: str | None) -> str:
    spelt = f"{int(hour):02d}:{int(minute or 0):02d}"
    if int(minute or 0) >= 60 or spelt > "24:00":
        raise WrongEntry(_("„%(typed)s“ ist keine Uhrzeit zwischen 00:00 und 24:00.", typed=spelt))
    return spelt


def minute_of(time: str) -> int:
    """Return the minutes since midnight."""
    hour, _colon, minute = time.partition(":")
    return int(hour) * 60 + int(minute)


def _span(window: Sequence[str]) -> tuple[int, int]:
    """Return a window in minutes; one that ends at or before its start ends on the next day."""
    opens, closes = minute_of(window[0]), minute_of(window[1])
    return opens, closes if closes > opens else closes + MINUTES_A_DAY


def _spelt(span: tuple[int, int]) -> tuple[str, str]:
    opens, closes = span
    closes = closes if closes <= MINUTES_A_DAY else closes - MINUTES_A_DAY
    return f"{opens // 60:02d}:{opens % 60:02d}", f"{closes // 60:02d}:{closes % 60:02d}"


def _overlapping(spans: Sequence[tuple[int, int]]) -> str:
    one, other = next(pair for pair in pairwise(spans) if pair[1][0] < pair[0][1])
    named = {"one": "–".join(_spelt(one)), "other": "–".join(_spelt(other))}
    return _("%(one)s und %(other)s überschneiden sich.", **named)


def over_midnight(weekly: Mapping[str, Windows]) -> dict[str, str]:
    """Say beside each weekday whether the evening before runs into its first window."""
    errors = {}
    for before, day in pairwise((WEEKDAYS[-1], *WEEKDAYS)):
        late = max((_span(window)[1] for window in weekly.get(before, [])), default=0) - MINUTES_A_DAY
        early = min((_span(window)[0] for window in weekly.get(day, [])), default=MINUTES_A_DAY)
        if late > early:
            spelt = f"{late // 60:02d}:{late % 60:02d}"
            errors[day] = _("Der Abend davor reicht bis %(time)s Uhr und überschneidet sich damit.", time=spelt)
    return errors


def shown_windows(windows: Iterable[Sequence[str]]) -> str:
    """Return the windows as they stand in their field."""
    return ", ".join(f"{opens}–{closes}" for opens, closes in windows)


def read_date(typed: str) -> date:
    """Read `24.12.2026` or `2026-12-24`; raises `WrongEntry`."""
    text = typed.strip()
    iso, german = _ISO.fullmatch(text), _GERMAN.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if german:
            return date(int(german[3]), int(german[2]), int(german[1]))
    except ValueError:
        pass
    raise WrongEntry(_("„%(typed)s“ ist kein Datum wie 24.12.2026.", typed=text))


def read_days(typed: str) -> list[DayLine]:
    """Read one day a line with what is said of it; raises `WrongEntry` naming the line."""
    days: dict[date, DayLine] = {}
    for number, line in enumerate(typed.splitlines(), start=1):
        found = _LINE.fullmatch(line.strip())
        if not found:
            continue
        try:
            on = read_date(found[1])
        except WrongEntry as wrong:
            raise WrongEntry(in_line(number, wrong)) from wrong
        if on in days:
            raise WrongEntry(in_line(number, _("%(day)s steht schon weiter oben.", day=shown_date(on))))
        if on.year not in YEARS:
            raise WrongEntry(in_line(number, _("Das Jahr %(year)s liegt zu weit weg.", year=on.year)))
        days[on] = DayLine(number, on, found[2].strip())
    return list(days.values())


def in_line(number: int, words: object) -> str:
    """Return a fault with the line it stands in."""
    return _("Zeile %(number)s: %(words)s", number=number, words=words)


def shown_date(on: date) -> str:
    """Return a date as it is typed, the same in every language."""
    return f"{on.day:02d}.{on.month:02d}.{on.year}"
