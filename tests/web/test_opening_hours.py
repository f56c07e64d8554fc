"""When somebody is there: calendars, teams and absences, with what was wrong beside its field."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.models import Agent, Calendar, CalendarVersion, Team
from sla.windows import WEEKDAYS
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import FRAGMENT, enter
from tests.web.test_rules import first, named, refused

WEEK = dict.fromkeys(WEEKDAYS[:5], "09:00–17:00")


@pytest.fixture
def world(app: Flask, client: FlaskClient, clock: Clock) -> cast.World:
    clock.set(cast.MONDAY_NINE)
    world = cast.build()
    enter(client, world.max)
    return world


def hours(**changes: str) -> dict[str, str]:
    """Return what a browser sends for a calendar."""
    typed = {**WEEK, "name": "Früh und spät", "time_zone": "Europe/Berlin", "region": "DE-BY"}
    return {**typed, **changes}


def test_a_form_without_its_token_changes_nothing(world: cast.World, app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/settings/calendars", data=hours()).status_code == 400
    assert db.session.query(Calendar).count() == 1


def test_a_week_is_typed_line_by_line(world: cast.World, client: FlaskClient) -> None:
    typed = hours(mon="9-12, 13 bis 17 Uhr", fri="22:00–06:00", sat="", sun="0-24", special="24.12.2026: 09:00–13:00")
    assert client.post("/settings/calendars", data={**typed, "own": "02.01.2027 Inventur"}).status_code == 303
    row = named(Calendar, "Früh und spät")
    assert isinstance(row, Calendar)
    assert row.weekly_hours["mon"] == [["09:00", "12:00"], ["13:00", "17:00"]]
    assert row.weekly_hours["fri"] == [["22:00", "06:00"]]
    assert row.weekly_hours["sun"] == [["00:00", "24:00"]]
    assert row.special_hours == {"2026-12-24": [["09:00", "13:00"]]}
    assert (row.holidays["2027-01-02"], row.holidays["2027-01-06"]) == ("Inventur", "Heilige Drei Könige")


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": ""}, "name", "Bitte geben Sie einen Namen an."),
        ({"mon": "25:00–26:00"}, "mon", "„25:00“ ist keine Uhrzeit zwischen 00:00 und 24:00."),
        ({"tue": "9 Uhr"}, "tue", "ist keine Zeitspanne wie 09:00–17:00."),
        ({"wed": "09:00–12:00, 11:00–17:00"}, "wed", "09:00–12:00 und 11:00–17:00 überschneiden sich."),
        ({"thu": "22:00–10:00"}, "fri", "Der Abend davor reicht bis 10:00 Uhr"),
        ({"special": "31.02.2027: 9-12"}, "special", "Zeile 1: „31.02.2027“ ist kein Datum wie 24.12.2026."),
        ({"special": "24.12.2026: 9-25"}, "special", "Zeile 1: „25:00“ ist keine Uhrzeit"),
        ({"own": "24.12.2026 Betriebsfeier\n\nMorgen frei"}, "own", "Zeile 3: „Morgen“ ist kein Datum"),
        ({"time_zone": "Europe/Bayern"}, "time_zone", "Diese Zeitzone gibt es nicht."),
        ({"region": "DE-XX"}, "region", "Für diese Region kennen wir keine Feiertage."),
    ],
)
def test_wrong_hours_are_refused_beside_their_field(
    world: cast.World, client: FlaskClient, changes: dict[str, str], field: str, words: str
) -> None:
    refused(client, "/settings/calendars", hours(**changes), field, words)
    assert db.session.query(Calendar).count() == 1


def test_what_was_typed_stays_after_a_refusal(world: cast.World, client: FlaskClient) -> None:
    answer = client.post("/settings/calendars", data=hours(mon="25-26", own="02.01.2027 Inventur"))
    assert 'value="25-26"' in answer.text
    assert "02.01.2027 Inventur</textarea>" in answer.text


def test_a_calendar_that_never_opens_is_refused(world: cast.World, client: FlaskClient) -> None:
    answer = client.post("/settings/calendars", data=hours(**dict.fromkeys(WEEKDAYS, "")))
    assert answer.status_code == 422
    assert "So wäre nie geöffnet" in answer.text


def test_a_change_is_a_version_that_says_what_differed(world: cast.World, client: FlaskClient) -> None:
    address = f"/settings/calendars/{first(Calendar)}"
    typed = hours(name="Servicezeit", region="", mon="08:00–18:00", valid_from="2026-12-01")
    assert client.post(address, data={**typed, "own": "25.12.2026 Erster Weihnachtstag"}).status_code == 303
    newest = db.session.query(CalendarVersion).order_by(CalendarVersion.number.desc()).first()
    assert newest is not None
    assert (newest.number, newest.valid_from.isoformat(), newest.made_by_id) == (2, "2026-12-01", world.max.id)
    page = client.get(address).text
    assert "Mo. 09:00–17:00 → 08:00–18:00" in page
    assert "von Max" in page
    assert "gilt ab 01.12.2026" in page
    assert "Die neueste Fassung gilt erst ab 01.12.2026" in page


def test_a_version_does_not_reach_into_the_past(world: cast.World, client: FlaskClient) -> None:
    address = f"/settings/calendars/{first(Calendar)}"
    refused(client, address, hours(name="Servicezeit", valid_from="2026-01-01"), "valid_from", "darf nicht vor dem")
    assert db.session.query(CalendarVersion).count() == 1


def test_hours_say_what_they_mean_while_they_are_typed(world: cast.World, client: FlaskClient) -> None:
    told = client.post("/settings/calendars/preview", data=hours(), headers=FRAGMENT).text
    assert "40 Std. in der Woche" in told
    assert "Heilige Drei Könige" in told
    assert "Mi., 06.01.2027" in told
    assert "Do., 06.01.2028" in told
    assert "noch nicht rechnen" in client.post("/settings/calendars/preview", data=hours(mon="25-26")).text


def test_a_team_sets_its_hours_and_how_soon_it_takes_over(world: cast.World, client: FlaskClient) -> None:
    address = f"/settings/teams/{world.care}"
    typed = {"calendar": str(first(Calendar)), "accept": "20", "work": "3", "work-unit": "h", "return": "30"}
    assert client.post(f"{address}/aims", data={**typed, "asks_cause": "yes"}).status_code == 303
    team = db.session.get_one(Team, world.care)
    assert (team.accept_minutes, team.work_minutes, team.return_minutes, team.asks_cause) == (20, 180, 30, True)
    refused(client, f"{address}/aims", {**typed, "return": "5"}, "return", "Zurück geht eine Übergabe frühestens")
    refused(client, f"{address}/aims", {**typed, "accept": ""}, "accept", "wie lange das dauern darf")


def test_whoever_is_away_has_a_deputy(world: cast.World, client: FlaskClient) -> None:
    address = f"/settings/people/{world.ada.id}"
    typed = {"away_from": "2026-12-21", "away_until": "23.12.2026", "deputy": str(world.ben.id)}
    assert client.post(f"{address}/presence", data=typed).status_code == 303
    ada = db.session.get_one(Agent, world.ada.id)
    assert (ada.away_from.isoformat(), ada.away_until.isoformat()) == (  # type: ignore[union-attr]
        "2026-12-20T23:00:00+00:00",
        "2026-12-23T23:00:00+00:00",
    )
    assert ada.deputy_id == world.ben.id
    assert 'value="2026-12-23"' in client.get(address).text


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"away_from": "31.02.2027"}, "away_from", "ist kein Datum"),
        ({"away_from": "2026-12-24", "away_until": "2026-12-01"}, "away_until", "Das Ende liegt vor dem Anfang."),
        ({"away_until": "2026-12-01"}, "away_from", "Bitte geben Sie auch den ersten Tag an."),
        ({"deputy": "4711"}, "deputy", "Das gibt es nicht (mehr)."),
    ],
)
def test_a_wrong_absence_is_refused_beside_its_field(
    world: cast.World, client: FlaskClient, typed: dict[str, str], field: str, words: str
) -> None:
    refused(client, f"/settings/people/{world.ada.id}/presence", typed, field, words)
    ada = db.session.get_one(Agent, world.ada.id)
    assert (ada.away_from, ada.away_until, ada.deputy_id) == (None, None, None)
