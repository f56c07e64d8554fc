"""The usual times of a promise: in service time, never in the night, never later than allowed."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from sla.choices import When, usual
from tests.sla.calendars import CARE, berlin

BERLIN = ZoneInfo("Europe/Berlin")


def _usual(now: str, latest: str = "2025-12-31 12:00") -> list[tuple[When, str]]:
    found = usual(CARE, BERLIN, now=berlin(now), latest=berlin(latest))
    return [(choice.when, choice.at.astimezone(BERLIN).strftime("%m-%d %H:%M")) for choice in found]


def test_on_a_working_morning_there_are_three() -> None:
    assert _usual("2025-06-03 10:12") == [
        (When.SOON, "06-03 14:12"),
        (When.CLOSING, "06-03 17:00"),
        (When.NOON, "06-04 12:00"),
    ]


def test_a_weekend_and_a_holiday_are_skipped() -> None:
    # Whit Monday is no day of service, and after an hour of Friday three of Tuesday are noon.
    assert [at for _, at in _usual("2025-06-06 16:00")] == ["06-06 17:00", "06-10 12:00"]


def test_shortly_before_closing_nobody_promises_for_today() -> None:
    assert all(when is not When.CLOSING for when, _ in _usual("2025-06-03 16:45"))


def test_nothing_is_offered_that_the_policy_would_refuse() -> None:
    assert _usual("2025-06-03 10:12", latest="2025-06-03 15:00") == [(When.SOON, "06-03 14:12")]


def test_where_nothing_is_allowed_nothing_is_offered() -> None:
    now = berlin("2025-06-03 10:12")
    assert usual(CARE, BERLIN, now=now, latest=now + timedelta(hours=1)) == []
