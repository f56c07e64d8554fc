from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from sla.hours import BusinessHours, HoursError
from tests.sla.calendars import BERLIN, CARE, EVERY_DAY, SOCIAL, WORKING_DAYS, berlin, minutes

ALWAYS = BusinessHours.compile(tz="Europe/Berlin", weekly_hours={day: [("00:00", "24:00")] for day in EVERY_DAY})
NIGHTS = BusinessHours.compile(
    tz="Europe/Berlin",
    weekly_hours={day: [("22:00", "06:00")] for day in ("mon", "tue", "wed", "thu", "fri")},
    holidays=["2025-05-29"],
    special_hours={"2025-06-04": [("10:00", "12:00")], "2025-06-11": []},
)
LUNCH = BusinessHours.compile(
    tz="Europe/Berlin", weekly_hours={"mon": [("13:30", "18:00"), ("08:00", "12:00")], "tue": [("08:00", "12:00")]}
)


@pytest.mark.parametrize(
    ("start", "budget", "due", "breach"),
    [
        pytest.param("2025-06-03 09:00", 240, "2025-06-03 13:00", "2025-06-03 13:00", id="within one day"),
        pytest.param("2025-06-06 16:00", 240, "2025-06-10 12:00", "2025-06-10 12:00", id="weekend and Whit Monday"),
        pytest.param("2025-06-06 13:00", 240, "2025-06-06 17:00", "2025-06-10 09:00", id="used up at closing time"),
        pytest.param("2025-06-06 17:00", 60, "2025-06-10 10:00", "2025-06-10 10:00", id="closing time is outside"),
        pytest.param("2025-06-07 12:00", 0, "2025-06-10 09:00", "2025-06-10 09:00", id="nothing: next opening"),
        pytest.param("2025-06-03 12:00", 0, "2025-06-03 12:00", "2025-06-03 12:00", id="nothing: already open"),
        pytest.param("2025-06-03 16:30:42", 45, "2025-06-04 09:15:42", "2025-06-04 09:15:42", id="seconds are kept"),
        pytest.param("2025-10-24 16:00", 240, "2025-10-27 12:00", "2025-10-27 12:00", id="across the autumn change"),
        pytest.param("2026-12-30 16:00", 600, "2027-01-04 10:00", "2027-01-04 10:00", id="across New Year"),
    ],
)
def test_care_deadlines(start: str, budget: int, due: str, breach: str) -> None:
    assert CARE.due(berlin(start), minutes(budget)) == berlin(due)
    assert CARE.breach(berlin(start), minutes(budget)) == berlin(breach)


def test_social_hours_follow_the_spring_change() -> None:
    assert SOCIAL.due(berlin("2025-03-30 09:50"), minutes(30)) == berlin("2025-03-30 10:30")


@pytest.mark.parametrize(("day", "length"), [("2025-03-30", 23), ("2025-10-26", 25), ("2025-06-01", 24)])
def test_a_day_lasts_as_long_as_it_really_is(day: str, length: int) -> None:
    midnight = berlin(f"{day} 00:00")
    assert ALWAYS.between(midnight, midnight + timedelta(days=1)) == timedelta(hours=length)


def test_round_the_clock_has_no_gap_at_midnight() -> None:
    assert ALWAYS.is_open(berlin("2025-06-02 23:59:59.999999"))
    assert ALWAYS.is_open(berlin("2025-06-03 00:00"))
    assert ALWAYS.breach(berlin("2025-06-02 23:00"), minutes(60)) == berlin("2025-06-03 00:00")


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        pytest.param("2025-06-03 02:00", 3, "2025-06-03 05:00", id="in the tail of a shift"),
        pytest.param("2025-05-28 23:00", 5, "2025-05-30 04:00", id="a holiday cuts the shift at midnight"),
        pytest.param("2025-06-03 23:00", 2, "2025-06-04 11:00", id="a special day cuts it, too"),
        pytest.param("2025-06-10 23:00", 2, "2025-06-12 01:00", id="a closed day"),
        pytest.param("2025-06-07 05:00", 2, "2025-06-09 23:00", id="Friday's shift ends on Saturday"),
    ],
)
def test_night_shifts(start: str, hours: int, due: str) -> None:
    assert NIGHTS.due(berlin(start), timedelta(hours=hours)) == berlin(due)


def test_a_lunch_break_does_not_count() -> None:
    assert LUNCH.due(berlin("2025-06-02 11:30"), minutes(60)) == berlin("2025-06-02 14:00")
    assert LUNCH.between(berlin("2025-06-02 00:00"), berlin("2025-06-03 00:00")) == timedelta(hours=8.5)


def test_a_special_day_beats_a_holiday() -> None:
    hours = BusinessHours.compile(
        tz="Europe/Berlin",
        weekly_hours={"tue": [("09:00", "17:00")]},
        holidays=[date(2025, 6, 3)],
        special_hours={date(2025, 6, 3): [("10:00", "11:00")]},
    )
    assert hours.between(berlin("2025-06-03 00:00"), berlin("2025-06-04 00:00")) == timedelta(hours=1)


def test_a_pause_takes_only_its_business_part() -> None:
    weekend = berlin("2025-06-06 16:00"), berlin("2025-06-09 08:00")
    hours = BusinessHours.compile(
        tz="Europe/Berlin", weekly_hours={day: [("09:00", "17:00")] for day in EVERY_DAY[:5]}, pauses=[weekend]
    )
    assert hours.due(berlin("2025-06-06 15:00"), minutes(240)) == berlin("2025-06-09 12:00")
    assert not hours.is_open(berlin("2025-06-06 16:30"))


def test_overlapping_pauses_count_once() -> None:
    first = berlin("2025-06-03 10:00"), berlin("2025-06-03 12:00")
    second = berlin("2025-06-03 11:00"), berlin("2025-06-03 13:00")
    hours = BusinessHours.compile(
        tz="Europe/Berlin", weekly_hours={"tue": [("09:00", "17:00")]}, pauses=[second, first]
    )
    assert hours.between(berlin("2025-06-03 09:00"), berlin("2025-06-03 17:00")) == timedelta(hours=5)


def test_a_skipped_opening_time_is_read_with_the_offset_before() -> None:
    hours = BusinessHours.compile(tz="Europe/Berlin", weekly_hours={"sun": [("02:30", "06:00")]})
    assert hours.next_opening(berlin("2025-03-30 00:00")) == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)


def test_an_ambiguous_opening_time_is_its_first_occurrence() -> None:
    hours = BusinessHours.compile(tz="Europe/Berlin", weekly_hours={"sun": [("02:30", "06:00")]})
    assert hours.next_opening(berlin("2025-10-26 00:00")) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


def test_a_date_its_zone_skipped_has_no_hours() -> None:
    hours = BusinessHours.compile(tz="Pacific/Apia", weekly_hours={"fri": [("09:00", "17:00")]})
    assert hours.windows_on(date(2011, 12, 30)) == ()
    assert len(hours.windows_on(date(2011, 12, 23))) == 1


def test_the_second_pass_of_a_repeated_hour_is_told_apart() -> None:
    second = datetime(2025, 10, 26, 2, 30, fold=1, tzinfo=BERLIN)
    assert ALWAYS.between(second.replace(fold=0), second) == timedelta(hours=1)


def test_next_opening_is_the_instant_itself_while_open() -> None:
    assert CARE.next_opening(berlin("2025-06-03 10:00")) == berlin("2025-06-03 10:00")
    assert CARE.next_opening(berlin("2025-06-06 17:00")) == berlin("2025-06-10 09:00")


def test_the_windows_of_a_day_are_cut_at_midnight() -> None:
    assert NIGHTS.windows_on(date(2025, 6, 3)) == (
        (berlin("2025-06-03 00:00"), berlin("2025-06-03 06:00")),
        (berlin("2025-06-03 22:00"), berlin("2025-06-04 00:00")),
    )
    assert CARE.windows_on(date(2025, 6, 9)) == ()


def test_time_runs_backwards_with_a_minus() -> None:
    assert CARE.between(berlin("2025-06-03 12:00"), berlin("2025-06-03 09:00")) == minutes(-180)


@pytest.mark.parametrize("forged", [datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=BERLIN)])
def test_a_forged_date_from_the_year_1_costs_nothing(forged: datetime) -> None:
    assert CARE.next_opening(forged) == datetime(1970, 1, 1, 8, tzinfo=UTC)
    assert CARE.between(forged, datetime(1970, 1, 1, 9, tzinfo=UTC)) == minutes(60)
    assert CARE.windows_on(forged.date()) == ()


@pytest.mark.parametrize("hour", [0, 23])
def test_an_instant_beyond_every_calendar_is_refused(hour: int) -> None:
    last = datetime(9999, 12, 31, hour, tzinfo=timezone(timedelta(hours=-5)))
    with pytest.raises(HoursError, match="reaches"):
        CARE.next_opening(last)
    with pytest.raises(HoursError, match="reaches"):
        CARE.between(berlin("2025-06-03 09:00"), last)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(HoursError, match="lacks a time zone"):
        CARE.due(datetime(2025, 6, 3, 9), minutes(1))


@pytest.mark.parametrize("within", [minutes(-1), timedelta.min, timedelta.max])
def test_an_impossible_target_is_refused(within: timedelta) -> None:
    with pytest.raises(HoursError, match="is no target"):
        CARE.due(berlin("2025-06-03 09:00"), within)


def test_threads_that_ask_for_different_years_get_their_own_answers() -> None:
    shared = BusinessHours.compile(tz="UTC", weekly_hours={"mon": [("09:00", "10:00")]})
    questions = [
        (datetime(year, 1, 1, tzinfo=UTC), datetime(4100 - year, 1, 1, tzinfo=UTC)) for year in range(2000, 2050)
    ]

    def ask(question: tuple[datetime, datetime]) -> timedelta:
        return shared.between(*question)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, questions))
    assert answers == [ask(question) for question in questions]
    assert answers[0] == timedelta(hours=5218)


def test_a_calendar_of_special_days_ends_after_the_last_one() -> None:
    hours = BusinessHours.compile(tz="UTC", weekly_hours={}, special_hours={"2025-06-03": [("09:00", "10:00")]})
    assert hours.due(datetime(2025, 6, 1, tzinfo=UTC), minutes(30)) == datetime(2025, 6, 3, 9, 30, tzinfo=UTC)
    with pytest.raises(HoursError, match="does not offer"):
        hours.due(datetime(2025, 6, 4, tzinfo=UTC), minutes(30))


def test_a_target_of_years_is_reached() -> None:
    hours = BusinessHours.compile(tz="UTC", weekly_hours={"mon": [("09:00", "09:01")]})
    assert hours.due(datetime(2025, 6, 2, tzinfo=UTC), minutes(1000)).year == 2044


def test_a_new_version_counts_from_its_day_on_and_changes_nothing_before() -> None:
    short = BusinessHours.compile(tz="Europe/Berlin", weekly_hours={day: [("09:00", "12:00")] for day in WORKING_DAYS})
    hours = BusinessHours.stitched([(date(2025, 1, 1), CARE), (date(2025, 6, 4), short)])
    assert hours.due(berlin("2025-06-03 16:00"), minutes(120)) == berlin("2025-06-04 10:00")
    assert hours.due(berlin("2025-06-04 11:00"), minutes(120)) == berlin("2025-06-05 10:00")
    assert hours.between(berlin("2025-06-02 00:00"), berlin("2025-06-06 00:00")) == minutes(2 * 480 + 2 * 180)
    assert hours.between(berlin("2024-12-02 00:00"), berlin("2024-12-03 00:00")) == minutes(480)


def test_a_calendar_without_a_version_is_none() -> None:
    with pytest.raises(HoursError, match="at least one"):
        BusinessHours.stitched([])
