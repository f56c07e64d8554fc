"""When customers say that they have contacted us already: how, when, and how often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

LONGEST = 20_000
MOST = 20
"""Places in a text that are looked at; who has written to us before says so before that."""
_NEAR = 90
"""Letters around a word of contact in which a time belongs to it."""


class Way(StrEnum):
    """How somebody says they have reached us."""

    MAIL = "email"
    PHONE = "phone"
    MESSENGER = "messenger"
    PUBLIC = "public"
    ANY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A sentence of a customer's about an earlier contact."""

    way: Way
    since: datetime | None
    until: datetime | None
    """Between which instants it lies, as far as they say; both None where they name no time."""
    words: str
    """The span it was read from, to be shown as the reason."""
    written_at: datetime
    """When they say so."""

    def fits(self, at: datetime, *, slack: timedelta = timedelta(0)) -> bool:
        """Say whether something that happened then may be what is meant; `slack`: so far off they may be."""
        is_after = self.since is None or self.since - slack <= at
        return is_after and at < self.written_at and (self.until is None or at < self.until + slack)


_WAYS: tuple[tuple[Way, str], ...] = (
    (Way.MAIL, r"e-?\s?mails?|mails?|gemailt|angemailt|e-?mailed|kontaktformular|contact form"),
    (
        Way.PHONE,
        r"angerufen|anruf\w*|telefon\w*|r(?:ü|ue)ckruf\w*|hotline|called|phoned|rief\w*\s+(?:ich\s+)?(?:schon\s+)?an",
    ),
    (Way.MESSENGER, r"messenger|whatsapp|insta(?:gram)?|facebook|telegram|chat\w*|direktnachricht\w*|pn\b|dm\b"),
    (Way.PUBLIC, r"tweet\w*|gepostet|posting|beitrag\w*|kommentar\w*|kommentiert|getwittert|öffentlich"),
)
_PAST = re.compile(
    r"""
    \b(?: geschrieben | geschickt | gesendet | gemailt | angemailt | gemeldet | kontaktiert | angefragt | nachgefragt
      | nachgehakt | angerufen | telefoniert | gesprochen | gepostet | kommentiert | beschwert | gefragt | angeschrieben
      | angesprochen | reklamiert | mitgeteilt | hingewiesen | versprochen | zugesagt | eingereicht | geschildert
      | hinterlassen | beantwortet | unbeantwortet | reagiert | ignoriert | untergegangen | gehört
      | (?:schrieb|schickte|sendete|mailte|meldete|rief|kontaktierte) (?= \s+ (?:ich|wir|ihnen|euch|dem|der|an)\b)
      | (?:wie|siehe|laut) \s+ (?:schon|bereits|auch)? \s* (?:per|am|im|in\s+der|meiner|meine|mein)
      | (?:siehe|wie \s+ im) \s+ (?:tweet|mail|beitrag|e-?mail)
      | meine?[nrm]? \s+ (?:letzte|erste|zweite|vorige)?[nrm]? \s*
        (?:e-?mails?|mails?|nachricht|anfrage|schreiben|kommentar|beitrag|anruf|post|tweet|reklamation)
      | (?:keine|nie \s+ eine|noch \s+ keine|ohne) \s+ (?:antwort|r(?:ü|ue)ckmeldung|reaktion|r(?:ü|ue)ckruf)
      | antwortet \s+ (?:ihr|mir|uns|nie|nicht) | (?:ihr|niemand|keiner) \s+ antwortet
      | i \s+ (?:already \s+)? (?:wrote|emailed|mailed|called|contacted|sent|messaged)
      | have \s+ (?:already \s+)? (?:written|emailed|called|contacted)
      | no \s+ (?:answer|reply|response)
    )\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_THEN = re.compile(
    r"""
    \b(?: gestern | vorgestern | yesterday | heute \s+ (?:fr(?:ü|ue)h|morgen|vormittag|mittag|nachmittag)
      | vor \s+ (?:\d{1,2}|einem|einer|zwei|drei|vier|fünf|fuenf|sechs|sieben|zehn|ein \s paar)
        \s+ (?:tag|woche|stunde)\w*
      | vom \s+ \w | am \s+ \d | (?:letzte|vorige)[nr]? \s+ \w | \d+ \s+ (?:day|week)s? \s+ ago
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""A time that is over; beside a way to reach us it tells of an earlier contact, whatever the verb."""
_OURS = re.compile(
    r"\b(?:ihre|eure|ihren|euren|ihrer|eurer|your)\s+(?:e-?mail|mail|nachricht|antwort|r\w{2,3}ckruf)", re.IGNORECASE
)
_DAY_WORDS = {
    "heute": 0, "today": 0, "gestern": 1, "yesterday": 1, "vorgestern": 2,
}  # fmt: skip
_DAY_PARTS: tuple[tuple[str, time, time], ...] = (
    (r"fr(?:ü|ue)h|morgens?|in der fr(?:ü|ue)h|morning", time(4), time(12)),
    (r"vormittags?", time(6), time(13)),
    (r"mittags?|noon", time(10), time(15)),
    (r"nachmittags?|afternoon", time(11), time(19)),
    (r"abends?|evening|nachts?|night", time(16), time(23, 59, 59)),
)
_WEEKDAYS = (
    "montag|monday", "dienstag|tuesday", "mittwoch|wednesday", "donnerstag|thursday", "freitag|friday",
    "samstag|sonnabend|saturday", "sonntag|sunday",
)  # fmt: skip
_NUMBERS = {"einem": 1, "einer": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "fuenf": 5, "sechs": 6, "sieben": 7,
            "zehn": 10, "two": 2, "three": 3, "four": 4, "five": 5, "ein paar": 3}  # fmt: skip
_AGO = re.compile(
    rf"\bvor\s+(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})\s+(?P<unit>tag|woche|monat|stunde)\w*"
    rf"|\b(?P<count_en>\d{{1,2}}|two|three|four|five)\s+(?P<unit_en>day|week|month|hour)s?\s+ago",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?:am|vom|on)\s+(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?:\s?(?P<year>\d{4}|\d{2})\b)?", re.IGNORECASE
)
_TIMES = re.compile(
    r"\b(?P<count>zweimal|dreimal|viermal|mehrmals|mehrfach|twice|several times|\d{1,2}\s?(?:x|mal))\b", re.IGNORECASE
)


def mention_in(text: str, *, written_at: datetime, zone: ZoneInfo) -> Mention | None:
    """Return what a text says about an earlier contact, the first such place; None where it says nothing of the kind.

    `zone` is the customer's: "gestern früh" is a stretch of their day.
    """
    words = text[:LONGEST]
    for found in islice(_PAST.finditer(words), MOST):
        around = words[max(0, found.start() - _NEAR) : found.end() + _NEAR // 2]
        since, until = _span(around, written_at.astimezone(zone))
        way = _way(around)
        if since is not None or way is not Way.ANY or _TIMES.search(around) or _is_complaint(found.group()):
            return _mention(way, since, until, around, written_at)
    for found in islice(_THEN.finditer(words), MOST):
        around = _sentence(words, found.start(), found.end())
        since, until = _span(around, written_at.astimezone(zone))
        way = _way(around)
        if since is not None and way is not Way.ANY and not _OURS.search(around):
            return _mention(way, since, until, around, written_at)
    return None


def _mention(way: Way, since: datetime | None, until: datetime | None, around: str, written_at: datetime) -> Mention:
    return Mention(
        way=way,
        since=since,
        until=min(until, written_at) if until else None,
        words=" ".join(around.split()),
        written_at=written_at,
    )


def _sentence(words: str, start: int, end: int) -> str:
    """Return what stands around a place up to the next full stop or line, at most so many letters each way."""
    before, after = words[max(0, start - _NEAR) : start], words[end : end + _NEAR]
    return re.split(r"[.!?]\s|\n", before)[-1] + words[start:end] + re.split(r"[.!?](?:\s|$)|\n", after)[0]


def _is_complaint(words: str) -> bool:
    return (
        re.search(r"antwort|meldung|reaktion|answer|reply|response|meine|nachgehakt", words, re.IGNORECASE) is not None
    )


def _way(around: str) -> Way:
    found = [
        (match.start(), way)
        for way, pattern in _WAYS
        if (match := re.search(rf"\b(?:{pattern})", around, re.IGNORECASE))
    ]
    return min(found)[1] if found else Way.ANY


def _span(around: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Read the time in the customer's own zone; the first thing that says one counts."""
    day = _day(around, now.date())
    if day is not None:
        return _in_day(around, day, now)
    if found := _AGO.search(around):
        return _ago(found, now)
    if re.search(r"\b(?:letzte|vorige|vergangene|last)[rn]?\s+(?:woche|week)", around, re.IGNORECASE):
        monday = now.date() - timedelta(days=now.weekday() + 7)
        return _midnight(monday, now), _midnight(monday + timedelta(days=7), now)
    return None, None


def _day(around: str, today: date) -> date | None:
    for word, days in _DAY_WORDS.items():
        if re.search(rf"\b{word}\b", around, re.IGNORECASE):
            return today - timedelta(days=days)
    if found := _DATE.search(around):
        return _written_day(found, today)
    for weekday, pattern in enumerate(_WEEKDAYS):
        if re.search(rf"\b(?:{pattern})\b", around, re.IGNORECASE):
            return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    return None


def _written_day(found: re.Match[str], today: date) -> date | None:
    year = int(found["year"] or today.year)
    try:
        day = date(year + 2000 if year < 100 else year, int(found["month"]), int(found["day"]))
        return day.replace(year=day.year - 1) if not found["year"] and day > today else day
    except ValueError:
        return None


def _in_day(around: str, day: date, now: datetime) -> tuple[datetime, datetime]:
    for pattern, since, until in _DAY_PARTS:
        if re.search(rf"\b(?:{pattern})\b", around, re.IGNORECASE):
            return datetime.combine(day, since, now.tzinfo), datetime.combine(day, until, now.tzinfo)
    return _midnight(day, now), _midnight(day + timedelta(days=1), now)


def _ago(found: re.Match[str], now: datetime) -> tuple[datetime, datetime]:
    counted = (found["count"] or found["count_en"]).lower()
    count = int(counted) if counted.isdecimal() else _NUMBERS[counted]
    unit = (found["unit"] or found["unit_en"]).lower()
    if unit in {"stunde", "hour"}:
        return now - timedelta(hours=count + 1), now - timedelta(hours=max(count - 1, 0))
    days, slack = {"tag": (1, 1), "day": (1, 1), "woche": (7, 3), "week": (7, 3)}.get(unit, (30, 8))
    middle = now.date() - timedelta(days=count * days)
    return _midnight(middle - timedelta(days=slack - 1), now), _midnight(middle + timedelta(days=slack), now)


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), now.tzinfo)
