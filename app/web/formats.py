"""Times, durations and deadlines in words, prepared once a request so that a row costs no look-up of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import current_app, g

from app import clock
from app.web.words import _, tongue

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
RING_STEPS = 8
SOON_WITHOUT_WARNING = timedelta(minutes=30)
IN_AN_HOUR, IN_TWO_HOURS, IN_A_DAY, IN_TWO_DAYS = 60, 120, 1440, 2880
"""Minutes."""
A_MINUTE = 60
"""Seconds."""
KILO, MEGA = 1000, 1_000_000
NEARBY_DAYS = 6
LONGEST_COUNT = 999

_WEEKDAYS = {
    "de": ("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_LONG_WEEKDAYS = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


class Badge(NamedTuple):
    """A deadline as it is shown: the class, the glyph and the words; the client keeps the words true."""

    state: str
    glyph: str
    words: str
    share: int
    """Percent of the time that is used up, 0 to 100."""


@dataclass(frozen=True, slots=True)
class Formats:
    """The words of one language, one zone and one instant."""

    language: str
    zone: ZoneInfo
    now: datetime
    today: date
    left: str
    late: str
    until: str
    minute: str
    hour: str
    day: str
    clock_word: str

    def time(self, at: datetime) -> str:
        """Return the shortest words that still say when: `10:31`, `Fr., 15:20`, `10.11.`, `10.11.2025`."""
        local = at.astimezone(self.zone)
        age = (self.today - local.date()).days
        if age == 0:
            return _clock(local)
        if abs(age) <= NEARBY_DAYS:
            return f"{self._weekday(local)}, {_clock(local)}"
        return self._date(local, with_year=local.year != self.today.year)

    def full(self, at: datetime) -> str:
        """Return the whole instant, for titles: `Mo., 23.11.2026, 10:42 Uhr`."""
        local = at.astimezone(self.zone)
        return f"{self._weekday(local)}, {self._date(local)}, {_clock(local)}{self.clock_word}"

    def date_of(self, at: datetime) -> str:
        """Return the whole date: `23.11.2026`."""
        return self._date(at.astimezone(self.zone))

    def of_day(self, at: datetime) -> str:
        """Return the time of day alone; the day stands above it in a timeline."""
        return _clock(at.astimezone(self.zone))

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def day_line(self, on: date) -> str:
        """Return the line that separates two days: `Heute, Montag, 23.11.2026`."""
        name = _LONG_WEEKDAYS[self.language][on.weekday()]
        words = f"{name}, {self._date(on)}"
        if on == self.today:
            return _("Heute, %(day)s", day=words)
        return _("Gestern, %(day)s", day=words) if on == self.today - DAY else words

    def when(self, at: datetime) -> str:
        """Return the instant within a sentence: `heute, 08:30 Uhr`, `morgen, 09:00 Uhr`, `Mo., 23.11., 10:42 Uhr`."""
        local = at.astimezone(self.zone)
        o_clock = f"{_clock(local)}{self.clock_word}"
        ahead = (local.date() - self.today).days
        if ahead == 0:
            return _("heute, %(time)s", time=o_clock)
        if ahead == 1:
            return _("morgen, %(time)s", time=o_clock)
        if ahead == -1:
            return _("gestern, %(time)s", time=o_clock)
        return f"{self._weekday(local)}, {self._date(local, with_year=False)}, {o_clock}"

    def span(self, within: timedelta) -> str:
        """Return a duration in words, never rounded to hours: `8 Min.`, `2 Std. 12 Min.`, `3 Tage 4 Std.`."""
        minutes = int(abs(within).total_seconds()) // 60
        if minutes < IN_AN_HOUR:
            return f"{minutes} {self.minute}"
        hours, rest = divmod(minutes, IN_AN_HOUR)
        if minutes < IN_TWO_DAYS:
            return f"{hours} {self.hour} {rest} {self.minute}" if rest else f"{hours} {self.hour}"
        days, hours = divmod(hours, 24)
        return f"{days} {self.day} {hours} {self.hour}" if hours else f"{days} {self.day}"

    def hours(self, within: timedelta) -> str:
        """Return service time in words: a day of it is no day, so it stays `48 Std.`."""
        hours, minutes = divmod(int(abs(within).total_seconds()) // 60, IN_AN_HOUR)
        pieces = [f"{hours} {self.hour}"] if hours else []
        return " ".join([*pieces, f"{minutes} {self.minute}"] if minutes or not hours else pieces)

    def length(self, within: timedelta) -> str:
        """Return how long something lasted, to the second: `48 Sek.`, `2 Min. 40 Sek.`, `1 Std. 3 Min.`."""
        seconds = int(abs(within).total_seconds())
        minutes, rest = divmod(seconds, A_MINUTE)
        if minutes >= IN_AN_HOUR:
            return self.span(within)
        left = _("%(count)s Sek.", count=rest)
        if not minutes:
            return left
        return f"{minutes} {self.minute} {left}" if rest else f"{minutes} {self.minute}"

    def tight(self, within: timedelta) -> str:
        """Return a duration for a row: minutes below two hours, then `2:12 Std.`, then days."""
        minutes = int(abs(within).total_seconds()) // 60
        if minutes < IN_TWO_HOURS:
            return f"{minutes} {self.minute}"
        if minutes < IN_TWO_DAYS:
            return f"{minutes // IN_AN_HOUR}:{minutes % IN_AN_HOUR:02d} {self.hour}"
        return f"{minutes // IN_A_DAY} {self.day}"

    def count(self, number: int) -> str:
        """Return a number as it is read: `1.284`."""
        return f"{number:,}".replace(",", "." if self.language == "de" else ",")

    def badge(self, due_at: datetime, soon_at: datetime | None, since: datetime | None, *, tight: bool = True) -> Badge:
        """Return how a running deadline looks now; `since` is when the customer began to wait."""
        left = due_at - self.now
        if left <= timedelta(0):
            return Badge("late", "sla-late", self.late % (self.tight(left) if tight else self.span(left)), 100)
        used = _used(self.now, due_at, since)
        words = self.left % self.span(left) if left < DAY else self.until % self.time(due_at)
        if self.now >= (soon_at or due_at - SOON_WITHOUT_WARNING):
            return Badge("soon", "sla-soon", words, used)
        return Badge("ok", f"ring-{max(1, RING_STEPS - used * RING_STEPS // 100)}", words, used)

    def _weekday(self, local: datetime) -> str:
        return _WEEKDAYS[self.language][local.weekday()]

    def _date(self, on: date, *, with_year: bool = True) -> str:
        if self.language == "de":
            return f"{on.day:02d}.{on.month:02d}.{on.year if with_year else ''}"
        return f"{on.day:02d}/{on.month:02d}{f'/{on.year}' if with_year else ''}"


def _clock(local: datetime) -> str:
    # By hand: strftime takes four times as long, and a page of fifty asks two hundred times.
    return f"{local.hour:02d}:{local.minute:02d}"


def _used(now: datetime, due_at: datetime, since: datetime | None) -> int:
    """Return the used share of the way to a deadline in percent."""
    if since is None or since >= due_at:
        return 0
    return min(100, max(0, int((now - since) / (due_at - since) * 100)))


def formats() -> Formats:
    """Return the words of this request."""
    if "formats" not in g:
        zone = ZoneInfo(current_app.config["FADEN"].time_zone)
        now = clock.now()
        language = tongue()
        g.formats = Formats(language, zone, now, now.astimezone(zone).date(), *_speech(language))
    words: Formats = g.formats
    return words


@lru_cache(maxsize=8)
def _speech(_language: str) -> tuple[str, ...]:
    """Return the words of the last fields of `Formats`, in their order."""
    return (_("noch %s"), _("überfällig %s"), _("bis %s"), _("Min."), _("Std."), _("Tage"), _(" Uhr"))


@lru_cache(maxsize=1024)
def initials(name: str) -> str:
    """Return two letters for an avatar; the first letters of the first and the last word."""
    words = [word for word in name.replace("@", "").replace(".", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + words[-1][0] if len(words) > 1 else words[0][:2]).upper()


def size(count: int) -> str:
    """Return a file's size: `812 B`, `14 kB`, `1,2 MB`."""
    if count < KILO:
        return f"{count} B"
    if count < MEGA:
        return f"{count / KILO:.0f} kB"
    megabytes = f"{count / MEGA:.1f} MB"
    return megabytes.replace(".", ",") if formats().language == "de" else megabytes


def capped(count: int) -> str:
    """Return a count for a badge; nothing for zero, `999+` above."""
    if count <= 0:
        return ""
    return str(count) if count <= LONGEST_COUNT else f"{LONGEST_COUNT}+"
