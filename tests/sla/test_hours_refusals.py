from __future__ import annotations

from typing import Any

import pytest
import yaml

from sla.hours import BusinessHours, HoursError
from tests.sla.calendars import berlin

GOOD: dict[str, Any] = {"tz": "Europe/Berlin", "weekly_hours": {"mon": [["09:00", "17:00"]]}}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"tz": "Europe/Entenhausen"}, "'Europe/Entenhausen' is not a known time zone"),
        ({"tz": "../../etc/passwd"}, "not a known time zone"),
        ({"tz": ""}, "'' is not a known time zone"),
        ({"weekly_hours": {}}, "the calendar is never open"),
        ({"weekly_hours": {"mon": []}}, "the calendar is never open"),
        ({"weekly_hours": {}, "special_hours": {"2025-06-03": []}}, "the calendar is never open"),
        ({"weekly_hours": {"montag": [["09:00", "17:00"]]}}, "'montag' is not a weekday"),
        ({"weekly_hours": {"mon": [["09:00", "25:00"]]}}, "mon: '25:00' is not a time of day"),
        ({"weekly_hours": {"mon": [["09:00", "24:01"]]}}, "mon: '24:01' is not a time of day"),
        ({"weekly_hours": {"mon": [["9 Uhr", "17:00"]]}}, "mon: '9 Uhr' is not a time of day"),
        ({"weekly_hours": {"mon": [["09:60", "17:00"]]}}, "mon: '09:60' is not a time of day"),
        ({"weekly_hours": {"mon": [["٠٩:٠٠", "17:00"]]}}, "is not a time of day"),
        ({"weekly_hours": {"mon": [["24:00", "06:00"]]}}, "mon: 24:00 can end a window but not begin one"),
        ({"weekly_hours": {"mon": [[540, 1500]]}}, "mon: '25:00' is not a time of day"),
        ({"weekly_hours": {"mon": [[-60, 1020]]}}, "mon: '-1:00' is not a time of day"),
        ({"weekly_hours": {"mon": [[9.5, 17.5]]}}, "mon: [9.5, 17.5] is not a pair"),
        ({"weekly_hours": {"mon": {"09:00": "17:00"}}}, "mon: windows are a list of pairs"),
        ({"weekly_hours": [["09:00", "17:00"]]}, "weekly hours are written by weekday"),
        ({"weekly_hours": {"mon": [["09:00"]]}}, "mon: ['09:00'] is not a pair"),
        ({"weekly_hours": {"mon": ["09:00-17:00"]}}, "mon: '09:00-17:00' is not a pair"),
        ({"weekly_hours": {"mon": "09:00-17:00"}}, "mon: windows are a list of pairs"),
        (
            {"weekly_hours": {"mon": [["12:00", "18:00"], ["09:00", "13:00"]]}},
            "mon 09:00-13:00 and mon 12:00-18:00 overlap",
        ),
        (
            {"weekly_hours": {"mon": [["22:00", "06:00"]], "tue": [["05:00", "09:00"]]}},
            "mon 22:00-06:00 and tue 05:00-09:00 overlap",
        ),
        (
            {"weekly_hours": {"sun": [["22:00", "06:00"]], "mon": [["05:00", "09:00"]]}},
            "sun 22:00-06:00 and mon 05:00-09:00 overlap",
        ),
        ({"special_hours": {"2025-06-03": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "2025-06-03 09:00-12:00 and"),
        ({"special_hours": {"9999-12-31": []}}, "9999-12-31 lies outside the years"),
        ({"special_hours": {"3. Juni": []}}, "'3. Juni' is not a date"),
        ({"holidays": ["2025-02-30"]}, "'2025-02-30' is not a date"),
        ({"holidays": [berlin("2025-06-03 09:00")]}, "is not a date"),
        ({"holidays": [20250603]}, "20250603 is not a date"),
        (
            {"pauses": [(berlin("2025-06-03 10:00"), berlin("2025-06-03 09:00"))]},
            "the pause from 2025-06-03T08:00:00+00:00 ends before it begins",
        ),
    ],
)
def test_a_calendar_that_cannot_be_right_is_refused_with_its_reason(change: dict[str, Any], reason: str) -> None:
    BusinessHours.compile(**GOOD)
    with pytest.raises(HoursError) as refusal:
        BusinessHours.compile(**{**GOOD, **change})
    assert reason in str(refusal.value)


def test_windows_that_touch_do_not_overlap() -> None:
    hours = BusinessHours.compile(
        tz="Europe/Berlin", weekly_hours={"mon": [("09:00", "12:00"), ("12:00", "24:00")], "tue": [("00:00", "01:00")]}
    )
    assert hours.between(berlin("2025-06-02 00:00"), berlin("2025-06-04 00:00")).total_seconds() == 16 * 3600


def test_times_that_yaml_turned_into_minutes_are_understood() -> None:
    hours = BusinessHours.compile(tz="Europe/Berlin", weekly_hours=yaml.safe_load("{mon: [[09:00, 17:00]], tue: }"))
    assert hours.between(berlin("2025-06-02 00:00"), berlin("2025-06-04 00:00")).total_seconds() == 8 * 3600
