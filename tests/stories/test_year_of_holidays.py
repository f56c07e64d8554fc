"""Every day of 2026 a mail comes to a team in Bavaria and one to a team in Berlin: each deadline, and why.

The other reckoning here walks from minute to minute with a list of holidays written down by hand; it imports nothing
of the clocks.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.desk import aims, channels, rulebook
from app.finders import explanations
from sla.explained import explained, in_one
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.stories.shop_of_clocks import BERLIN, keep_hours

EVERYWHERE = {
    "2026-01-01": "Neujahr",
    "2026-04-03": "Karfreitag",
    "2026-04-06": "Ostermontag",
    "2026-05-01": "Erster Mai",
    "2026-05-14": "Christi Himmelfahrt",
    "2026-05-25": "Pfingstmontag",
    "2026-12-25": "Erster Weihnachtstag",
    "2027-01-01": "Neujahr",
}
BAVARIA = {**EVERYWHERE, "2026-01-06": "Heilige Drei Könige", "2026-06-04": "Fronleichnam"}
BERLIN_ONLY = {**EVERYWHERE}
"""Those on a working day; International Women's Day is a Sunday that year."""
NEW_YEAR = datetime(2025, 12, 1, 8, tzinfo=UTC)
TARGET = 240
MINUTE = timedelta(minutes=1)


def slow_due(start: datetime, holidays: dict[str, str]) -> datetime:
    """Walk from minute to minute over the clock on the wall."""
    wall = start.astimezone(BERLIN).replace(tzinfo=None)
    left = TARGET
    while left:
        is_open = wall.weekday() < 5 and wall.date().isoformat() not in holidays and 9 <= wall.hour < 17
        wall += MINUTE if is_open else timedelta(0)
        left -= is_open
        if not is_open:
            wall = _next_morning(wall)
    return wall.replace(tzinfo=BERLIN).astimezone(UTC)


def _next_morning(wall: datetime) -> datetime:
    morning = wall.replace(hour=9, minute=0)
    return morning if wall.hour < 9 else morning + timedelta(days=1)


@pytest.fixture
def shops(core: Flask, clock: Clock) -> dict[str, cast.World]:
    """Care works in Bavaria, Returns in Berlin; each answers its mailbox within four hours."""
    clock.set(NEW_YEAR)
    world = cast.build()
    other = {"name": "Retoure", "address": "retoure@nordlicht.example", "settings": {}, "secrets": {}}
    mailbox = channels.add("email", **other, team_id=world.returns)  # type: ignore[arg-type]
    for region, team_id in (("DE-BY", world.care), ("DE-BE", world.returns)):
        rulebook.write_policy(
            None,
            name=region,
            route="email",
            team_id=team_id,
            calendar_id=keep_hours(None, name=region, region=region, at=NEW_YEAR),
            targets={"first": {"normal": TARGET}, "next": {"normal": TARGET}},
            valid_from=aims.BEGINNING,
            at=NEW_YEAR,
        )
    return {"DE-BY": world, "DE-BE": replace(world, channel=mailbox)}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("region", "holidays"), [("DE-BY", BAVARIA), ("DE-BE", BERLIN_ONLY)])
def test_every_day_of_a_year_is_due_when_it_should_be_and_says_why(
    shops: dict[str, cast.World], region: str, holidays: dict[str, str]
) -> None:
    named: set[str] = set()
    for number in range(365):
        on = date(2026, 1, 1) + timedelta(days=number)
        at = datetime(on.year, on.month, on.day, 15, 30, tzinfo=BERLIN).astimezone(UTC)
        filed = cast.hear(shops[region], at=at)
        (owed,) = cast.obligations(filed.ticket_id)
        assert owed.due_at == slow_due(at, holidays), on
        last = owed.due_at.astimezone(BERLIN).date().isoformat()
        between = {name for day, name in holidays.items() if on.isoformat() <= day <= last}
        if between:
            told = explanations.on_ticket(filed.ticket_id, hours_of=aims.hours_of, zone=BERLIN, now=at)
            words = in_one(explained(told[f"obligation:{owed.id}"], language="de"))
            assert all(name in words for name in between), (on, words)
            named |= between
    assert named == set(holidays.values())
