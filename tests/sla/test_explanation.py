"""Every minute of a reckoning stands on some day, and every day that does not count says why."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given

from sla.explanation import Closed, counted_days
from sla.holiday import holidays_of
from sla.hours import BusinessHours
from sla.policies import Case, Scope, Version, choose_version
from sla.targets import Priority, Route
from tests.sla.calendars import BERLIN, CARE, berlin, minutes
from tests.sla.strategies import budgets, compiled, some_cases

HOLIDAYS = {holiday.on: holiday.name_de for holiday in holidays_of("DE-BY", range(2025, 2026))}


def test_the_days_of_a_reckoning_over_whitsun_are_told() -> None:
    since = berlin("2025-06-06 16:00")
    days = counted_days(CARE, zone=BERLIN, since=since, until=CARE.due(since, minutes(240)), holidays=HOLIDAYS)
    assert [(day.on.isoformat(), day.counted, day.closed, day.name) for day in days] == [
        ("2025-06-06", minutes(60), Closed.NO, ""),
        ("2025-06-07", minutes(0), Closed.WEEKLY, ""),
        ("2025-06-08", minutes(0), Closed.WEEKLY, ""),
        ("2025-06-09", minutes(0), Closed.HOLIDAY, "Pfingstmontag"),
        ("2025-06-10", minutes(180), Closed.NO, ""),
    ]
    assert days[0].windows == ((since, berlin("2025-06-06 17:00")),)


def test_a_special_day_is_told_from_a_holiday() -> None:
    eve = date(2025, 12, 24)
    hours = BusinessHours.compile(
        tz="Europe/Berlin", weekly_hours={"wed": [("09:00", "17:00")]}, special_hours={eve: []}
    )
    days = counted_days(
        hours,
        zone=BERLIN,
        since=berlin("2025-12-24 10:00"),
        until=berlin("2025-12-24 12:00"),
        holidays={eve: "Heiligabend"},
        special=frozenset({eve}),
    )
    assert [day.closed for day in days] == [Closed.SPECIAL]


@some_cases
@given(compiled(), budgets)
def test_what_is_told_adds_up(scene: tuple[BusinessHours, datetime], budget: timedelta) -> None:
    hours, start = scene
    until = hours.due(start, min(budget, timedelta(hours=60)))
    zone = hours._rules[0][1].zone
    days = counted_days(hours, zone=zone, since=start, until=until, holidays={})
    assert sum((day.counted for day in days), timedelta(0)) == hours.between(start, until)


NOW = berlin("2025-06-03 10:00")
GENERAL = Version(id=1, policy_id=1, scope=Scope(), valid_from=berlin("2025-01-01 00:00"))
MAIL = Version(id=2, policy_id=2, scope=Scope(route=Route.EMAIL), valid_from=berlin("2025-01-01 00:00"))
CARE_MAIL = Version(id=3, policy_id=3, scope=Scope(route=Route.EMAIL, team_id=7), valid_from=berlin("2025-01-01 00:00"))
VIP = Version(id=4, policy_id=4, scope=Scope(customer_group="vip"), valid_from=berlin("2025-01-01 00:00"))
RECALL = Version(id=5, policy_id=5, scope=Scope(tag="rueckruf"), valid_from=berlin("2025-01-01 00:00"))
ALL = [GENERAL, MAIL, CARE_MAIL, VIP, RECALL]


def chosen(case: Case, versions: list[Version] | None = None) -> int | None:
    found = choose_version(versions or ALL, case, at=NOW)
    return found.id if found else None


def test_the_policy_that_says_most_about_a_message_holds() -> None:
    assert chosen(Case(route=Route.PHONE)) == 1
    assert chosen(Case(route=Route.EMAIL)) == 2
    assert chosen(Case(route=Route.EMAIL, team_id=7)) == 3
    assert chosen(Case(route=Route.EMAIL, team_id=7, customer_group="vip")) == 4
    assert chosen(Case(route=Route.EMAIL, team_id=7, tags=frozenset({"rueckruf"}))) == 5


def test_a_version_holds_from_its_day_on() -> None:
    later = Version(id=9, policy_id=2, scope=Scope(route=Route.EMAIL), valid_from=berlin("2025-07-01 00:00"))
    narrower = Version(id=10, policy_id=2, scope=Scope(route=Route.PHONE), valid_from=berlin("2025-06-01 00:00"))
    assert chosen(Case(route=Route.EMAIL), [MAIL, later]) == 2
    assert chosen(Case(route=Route.EMAIL), [MAIL, narrower]) is None


def test_two_that_say_equally_much_are_told_apart_by_their_order() -> None:
    first = Version(id=8, policy_id=8, scope=Scope(route=Route.EMAIL), valid_from=NOW, position=-1)
    assert chosen(Case(route=Route.EMAIL), [MAIL, first]) == 8


def test_a_policy_for_urgent_matters_is_for_nothing_else() -> None:
    urgent = Version(id=8, policy_id=8, scope=Scope(priority=Priority.URGENT), valid_from=NOW)
    assert chosen(Case(route=Route.EMAIL), [urgent]) is None
    assert chosen(Case(route=Route.EMAIL, priority=Priority.URGENT), [urgent]) == 8
