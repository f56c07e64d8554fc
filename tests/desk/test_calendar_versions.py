"""A calendar is edited while clocks run: what is open follows, what is over stays, and a kill in the middle is no harm."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.db import db
from app.desk import aims, reprojection, rulebook
from app.errors import Refused
from app.models import Calendar, CalendarVersion, Event, Obligation, ObligationState
from tests.world import HOUR, MONDAY_NINE, WEEKDAYS, World, build, hear, obligations, ticket

TUESDAY = date(2026, 11, 24)
LONGER = {day: [["09:00", "19:00"]] for day in WEEKDAYS}


@pytest.fixture
def world(core: Flask) -> World:
    return build()


def edit(**values: Any) -> int:
    """Write the shop's calendar anew on Monday at noon."""
    row = db.session.query(Calendar).one()
    said = {"name": row.name, "time_zone": row.time_zone, "weekly_hours": row.weekly_hours, "region": row.region}
    kept = {"own_days": row.holidays, "special_hours": row.special_hours}
    return rulebook.write_calendar(row.id, **{**said, **kept, "at": MONDAY_NINE + 3 * HOUR, **values})


def frozen(number: int) -> list[dict[str, Any]]:
    return [{c.name: getattr(row, c.name) for c in Obligation.__table__.columns} for row in obligations(number)]


def moved() -> list[dict[str, Any]]:
    return [details for (details,) in db.session.query(Event.details).filter(Event.kind == "moved").order_by(Event.id)]


def test_what_is_open_follows_from_the_day_on_which_the_version_begins(world: World) -> None:
    number = hear(world, sent_at=MONDAY_NINE + 6 * HOUR).ticket_id
    before = obligations(number)[0].due_at
    assert before == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    edit(special_hours={"2026-11-24": [["12:00", "17:00"]]}, valid_from=TUESDAY)

    [owed] = obligations(number)
    assert owed.due_at == ticket(number).due_at == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
    assert owed.calendar_version == 2
    told = {"obligation": owed.id, "from": before.isoformat(), "to": owed.due_at.isoformat()}
    assert moved() == [{**told, "because": "calendar", "name": "Servicezeit"}]


def test_the_dates_before_it_are_counted_as_they_were(world: World) -> None:
    number = hear(world, sent_at=MONDAY_NINE + 6 * HOUR).ticket_id
    edit(weekly_hours=LONGER, valid_from=TUESDAY)
    assert obligations(number)[0].due_at == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    assert moved() == []
    later = hear(world, sent_at=MONDAY_NINE + 30 * HOUR)
    assert obligations(later.ticket_id)[0].due_at == datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


def test_nothing_that_is_over_changes(world: World) -> None:
    filed = [hear(world, sent_at=MONDAY_NINE + 6 * HOUR) for _ in range(3)]
    for each, state in zip(filed, (ObligationState.MET, ObligationState.WAIVED, ObligationState.OPEN), strict=True):
        db.session.query(Obligation).filter(Obligation.message_id == each.message_id).update({"state": state})
    db.session.commit()
    before = [frozen(each.ticket_id) for each in filed]
    edit(weekly_hours=LONGER)
    after = [frozen(each.ticket_id) for each in filed]
    assert before[:2] == after[:2]
    assert before[2] != after[2]


def test_the_same_hours_again_make_no_version(world: World) -> None:
    edit()
    assert db.session.query(CalendarVersion).count() == 1
    edit(name="Servicezeiten")
    assert [(row.name, row.version) for row in db.session.query(Calendar)] == [("Servicezeiten", 1)]


def test_a_version_never_begins_before_the_one_that_holds(world: World) -> None:
    edit(weekly_hours=LONGER, valid_from=date(2026, 11, 23))
    with pytest.raises(Refused) as refused:
        edit(weekly_hours={"mon": [["09:00", "10:00"]]}, valid_from=date(2026, 11, 22))
    assert refused.value.field == "valid_from"


def test_days_that_are_over_stay_as_they_were_reckoned(world: World) -> None:
    number = hear(world, sent_at=MONDAY_NINE + 3 * HOUR).ticket_id
    before = obligations(number)[0].due_at
    a_week_open = {**{day: [["00:00", "24:00"]] for day in WEEKDAYS}, "sat": [["00:00", "24:00"]]}
    with pytest.raises(Refused) as refused:
        edit(weekly_hours=a_week_open, valid_from=TUESDAY - timedelta(days=2))
    assert refused.value.field == "valid_from"
    assert obligations(number)[0].due_at == before


def test_the_same_hours_from_a_day_that_is_over_leave_a_later_version_alone(world: World) -> None:
    hear(world)
    edit(weekly_hours=LONGER, valid_from=date(2027, 1, 1))
    edit(weekly_hours=LONGER, valid_from=TUESDAY - timedelta(days=2))
    assert [row.valid_from.year for row in db.session.query(CalendarVersion).order_by(CalendarVersion.number)][1:] == [
        2027
    ]


def test_an_edit_today_replaces_one_that_would_have_begun_later(world: World) -> None:
    edit(weekly_hours=LONGER, valid_from=date(2027, 1, 1))
    edit(special_hours={"2026-11-24": []})
    hours = aims.newest_hours(None).hours
    assert not hours.is_open(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    assert hours.is_open(datetime(2027, 1, 11, 17, 0, tzinfo=UTC)), "it says what was to come, too"
    edit(weekly_hours={day: [["09:00", "17:00"]] for day in WEEKDAYS})
    assert not aims.newest_hours(None).hours.is_open(datetime(2027, 1, 11, 17, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    "hours", [{}, {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}, {"mon": [["09:00", "25:00"]]}]
)
def test_hours_nobody_can_reckon_with_are_refused(world: World, hours: dict[str, list[list[str]]]) -> None:
    with pytest.raises(Refused) as refused:
        edit(weekly_hours=hours)
    assert refused.value.field == "weekly_hours"
    assert db.session.query(CalendarVersion).count() == 1


def test_killed_in_the_middle_it_goes_on_where_it_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [hear(world, sent_at=MONDAY_NINE + 6 * HOUR).ticket_id for _ in range(5)]
    monkeypatch.setattr(reprojection, "AT_ONCE", 2)
    monkeypatch.setattr(reprojection, "MOST_AT_EDIT", 2)
    edit(special_hours={"2026-11-24": [["12:00", "17:00"]]})
    versions = [obligations(number)[0].calendar_version for number in numbers]
    assert versions == [2, 2, 1, 1, 1]
    assert not reprojection.carry(at=MONDAY_NINE + 3 * HOUR, most=2)
    assert reprojection.carry(at=MONDAY_NINE + 3 * HOUR)
    assert reprojection.carry(at=MONDAY_NINE + 3 * HOUR)
    assert {obligations(number)[0].due_at for number in numbers} == {datetime(2026, 11, 24, 13, 0, tzinfo=UTC)}
    assert sorted(each["obligation"] for each in moved()) == [obligations(number)[0].id for number in numbers]


def test_what_was_opened_while_it_was_carried_is_caught_up_with(world: World) -> None:
    """Another process had read the calendar just before the edit, and wrote its row just after."""
    number = hear(world, sent_at=MONDAY_NINE + 6 * HOUR).ticket_id
    edit(special_hours={"2026-11-24": [["12:00", "17:00"]]})
    due_at = obligations(number)[0].due_at
    db.session.query(Obligation).update({"calendar_version": 1, "due_at": due_at - 3 * HOUR})
    db.session.commit()
    reprojection.carry(at=MONDAY_NINE + 3 * HOUR + timedelta(minutes=1))
    assert (obligations(number)[0].due_at, obligations(number)[0].calendar_version) == (due_at, 2)


def test_holidays_of_a_new_year_begin_with_it(world: World) -> None:
    edit(region="DE-BY", own_days={})
    number = hear(world, sent_at=datetime(2026, 12, 31, 15, 0, tzinfo=UTC)).ticket_id
    before = frozen(number)
    from app.desk import calendars

    assert calendars.add_holidays(at=datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == []
    assert calendars.add_holidays(at=datetime(2027, 1, 1, 8, 0, tzinfo=UTC)) == ["Servicezeit"]
    newest = db.session.query(CalendarVersion).order_by(CalendarVersion.number.desc()).first()
    assert newest is not None
    assert newest.valid_from == date(2029, 1, 1)
    assert "2029-01-01" in newest.holidays
    [was], [now] = before, frozen(number)
    assert {**was, "calendar_version": newest.number} == now
