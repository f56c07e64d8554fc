"""Calendars, ladders, policies and hours of teams and people in the file that declares the shop."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Faden
from tests.fixtures.databases import Clock

SHOP = """
teams:
  - name: Kundenservice
    calendar: Servicezeit
    accept_minutes: 20
    work_minutes: 180
    return_minutes: 60
    ladder: Leitung
    asks_cause: true
  - Social Media
people:
  - {email: ada@nordlicht.example, name: Ada, teams: [Kundenservice], calendar: Servicezeit, deputy: ben@nordlicht.example}
  - {email: ben@nordlicht.example, name: Ben, role: lead, teams: [Social Media]}
calendars:
  - name: Servicezeit
    region: DE-BY
    weekly_hours: {mon: [["09:00", "17:00"]], tue: [["09:00", "12:00"], ["13:00", "17:00"]]}
    special_hours: {2026-12-24: []}
ladders:
  - name: Leitung
    rungs:
      - {at: 50%, to: [assignee], via: [inbox]}
      - {at: 75, to: [assignee, "leads:Social Media"], via: [inbox, push]}
      - {at: breach, to: ["team:Social Media", "agent:ben@nordlicht.example", deputy], repeat: {every: 240, most: 5}}
policies:
  - name: Alles
    calendar: Servicezeit
    targets: {first: {normal: 480}, next: {normal: 480}}
  - name: Presse
    route: email
    tag: " #Presse"
    team: Kundenservice
    priority: urgent
    customer_group: VIP
    position: 7
    calendar: Servicezeit
    targets:
      first: {normal: 60, urgent: 15}
      next: {normal: 120}
      resolution: {normal: 960}
      update: {normal: 480}
    holding: pauses_escalation
    promise_minutes: 600
    counts_third: false
    ladder: Leitung
"""


@pytest.fixture
def shop(folder: Path, clock: Clock) -> Path:
    clock.set("2026-11-23T09:00:00+01:00")
    file = folder / "shop.yml"
    file.write_text(SHOP)
    return file


def change(file: Path, old: str, new: str) -> None:
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_everything_is_written_shown_and_applied_again_without_a_difference(faden: Faden, shop: Path) -> None:
    assert faden("config", "apply", shop).exit_code == 0
    assert faden("config", "apply", shop).output == "Nothing to change.\n"
    shown = faden("config", "show").output
    shop.write_text(shown)
    assert faden("config", "apply", shop).output == "Nothing to change.\n"

    found = yaml.safe_load(shown)
    assert found["teams"][0] == {
        "name": "Kundenservice",
        "accept_minutes": 20,
        "work_minutes": 180,
        "return_minutes": 60,
        "asks_cause": True,
        "calendar": "Servicezeit",
        "ladder": "Leitung",
    }
    assert found["teams"][1] == "Social Media"
    assert found["people"][0]["deputy"] == "ben@nordlicht.example"
    assert found["ladders"][0]["rungs"][2] == {
        "at": "breach",
        "to": ["team:Social Media", "agent:ben@nordlicht.example", "deputy"],
        "repeat": {"every": 240, "most": 5},
    }
    presse = next(policy for policy in found["policies"] if policy["name"] == "Presse")
    assert (presse["tag"], presse["customer_group"], presse["position"]) == ("presse", "VIP", 7)
    assert presse["targets"]["resolution"] == {"normal": 960}


def test_a_difference_is_told_in_names(faden: Faden, shop: Path) -> None:
    faden("config", "apply", shop)
    change(shop, "deputy: ben@nordlicht.example", "deputy: null")
    change(shop, "    counts_third: false\n    ladder: Leitung", "    ladder: null")
    change(shop, "accept_minutes: 20", "accept_minutes: 30")
    change(shop, "{at: 50%, to: [assignee]", "{at: 60%, to: [assignee]")
    lines = faden("config", "apply", shop).output.splitlines()
    assert lines[0].startswith("~ ladders: Leitung: rungs: [{'at': 50")
    assert lines[1:] == [
        "~ teams: Kundenservice: accept_minutes: 20 -> 30",
        "~ people: ada@nordlicht.example: deputy: 'ben@nordlicht.example' -> None",
        "~ policies: Presse: ladder: 'Leitung' -> None",
    ]
    assert faden("config", "apply", shop).output == "Nothing to change.\n"


def test_a_calendar_can_begin_later(faden: Faden, shop: Path) -> None:
    faden("config", "apply", shop)
    change(shop, "  - name: Servicezeit\n", "  - name: Servicezeit\n    valid_from: 2027-01-01\n")
    assert faden("config", "apply", shop).output == "Nothing to change.\n"
    change(shop, 'mon: [["09:00", "17:00"]]', 'mon: [["08:00", "17:00"]]')
    assert "~ calendars: Servicezeit: valid_from: '2026-11-23' -> '2027-01-01'" in faden("config", "apply", shop).output
    shown = faden("config", "show").output
    assert "valid_from: 2027-01-01" in shown
    shop.write_text(shown)
    assert faden("config", "apply", shop).output == "Nothing to change.\n"


def test_a_percentage_of_an_older_file_is_a_ladder(faden: Faden, shop: Path) -> None:
    change(shop, "    counts_third: false\n    ladder: Leitung", "    warn_percent: 80")
    assert faden("config", "apply", shop).exit_code == 0
    assert faden("config", "apply", shop).output == "Nothing to change.\n"
    found = yaml.safe_load(faden("config", "show").output)
    assert next(policy for policy in found["policies"] if policy["name"] == "Presse")["ladder"] == "Warnung bei 80 %"
    assert [ladder["name"] for ladder in found["ladders"]] == ["Leitung", "Warnung bei 80 %"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("weekly_hours: {mon", "weekly_hours: {mun", "calendars[0].weekly_hours.mun"),
        (', tue: [["09:00", "12:00"]', ', tue: [["09:00", "14:00"]', "calendars[0]: tue 09:00-14:00 and tue 13:00-17:00 overlap"),
        ('{mon: [["09:00", "17:00"]]', '{mon: [["09:00", "25:00"]]', "calendars[0]: mon: '25:00' is not a time of day"),
        ("region: DE-BY", "region: DE-XX", "calendars[0]"),
        ("{at: 50%", "{at: 80", "ladders[0]: rungs are written from the lowest to the highest"),
        ("{at: 50%", "{at: 0", "ladders[0].rungs[0].at"),
        ("leads:Social Media", "leads:Nirgends", "ladders[0].rungs[1].to: there is no leads 'Nirgends'"),
        ("[assignee], via", "[chefin], via", "ladders[0].rungs: "),
        ("via: [inbox, push]", "via: [inbox, fax]", "ladders[0].rungs: "),
        ("every: 240", "every: 0", "ladders[0].rungs[2].repeat.every"),
        ('tag: " #Presse"', 'tag: "a,b"', "policies[1].tag"),
        ("priority: urgent", "priority: hoch", "policies[1].priority"),
        ("    ladder: Leitung\n    asks", "    ladder: Keine\n    asks", "teams[0].ladder: there is no ladder 'Keine'"),
        ("holding: pauses_escalation", "holding: immer", "policies[1].holding"),
        ("calendar: Servicezeit, deputy: ben@", "calendar: Servicezeit, deputy: ada@", "people[0].deputy"),
        ("    counts_third: false", "    counts_third: false\n    warn_percent: 80", "either ladder or warn_percent"),
        ("    position: 7", "    tagg: x", "policies[1].tagg"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_wrong_is_refused_with_its_place(faden: Faden, shop: Path, old: str, new: str, told: str) -> None:
    change(shop, old, new)
    refused = faden("config", "apply", shop)
    assert refused.exit_code == 1
    assert told in refused.output
    assert faden("team", "list").output == ""
