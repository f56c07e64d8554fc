"""Policies and ladders: written by administrators, wrong input refused beside its field, tried before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.desk import delivery, replies, rulebook
from app.models import Calendar, Ladder, Policy, PolicyVersion
from channels.contract import Handle, Sent
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import FRAGMENT, enter

HOUR = timedelta(hours=1)


@pytest.fixture
def world(app: Flask, client: FlaskClient, clock: Clock) -> cast.World:
    clock.set(cast.MONDAY_NINE)
    world = cast.build()
    enter(client, world.max)
    return world


def policy(**changes: str) -> dict[str, str]:
    """Return what a browser sends for a policy: four hours for a first answer, eight for each further one."""
    typed = {
        "name": "Stammkundschaft",
        "route": "email",
        "holding": "own_conversation",
        "calendar": str(first(Calendar)),
    }
    spans = {"first-normal": "4", "next-normal": "8", "promise": "32"}
    return {**typed, **spans, **{f"{name}-unit": "h" for name in spans}, **changes}


def ladder(**changes: str) -> dict[str, str]:
    """Return what a browser sends for a ladder of two rungs."""
    warn = {"at-0": "percent", "percent-0": "50", "to-0": "assignee", "via-0": "inbox"}
    breach = {"at-1": "breach", "to-1": "lead", "via-1": "mail", "repeats-1": "yes", "every-1": "4", "most-1": "5"}
    return {"name": "Kundendienst", "rungs": "2", **warn, **breach, "every-unit-1": "h", **changes}


def first(kind: type[Calendar | Policy | Ladder]) -> int:
    return int(db.session.query(kind.id).order_by(kind.id).first()[0])  # type: ignore[index]


def named(kind: type, name: str) -> object:
    db.session.expire_all()
    return db.session.query(kind).filter_by(name=name).one()


def refused(client: FlaskClient, address: str, typed: dict[str, str], field: str, words: str) -> None:
    """The page comes back with the reason beside the field, and what was typed still stands."""
    answer = client.post(address, data=typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'id="{field}-error"' in answer.text
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize("path", ["calendars", "calendars/new", "policies", "policies/new", "ladders", "ladders/new"])
def test_only_administrators_find_the_rules(world: cast.World, app: Flask, client: FlaskClient, path: str) -> None:
    assert client.get(f"/settings/{path}").status_code == 200
    assert enter(app.test_client(), world.cleo).get(f"/settings/{path}").status_code == 404


def test_a_policy_is_written_with_all_it_says(world: cast.World, client: FlaskClient) -> None:
    more = {"tag": "Garantie", "customer_group": "Stamm", "team": str(world.care), "priority": "urgent"}
    spans = {"first-urgent": "90", "first-urgent-unit": "min", "resolution-normal": "16", "resolution-normal-unit": "h"}
    answer = client.post("/settings/policies", data=policy(**more, **spans, holding="ignored"))
    assert answer.status_code == 303
    row = db.session.query(PolicyVersion).filter_by(tag="garantie").one()
    assert row.targets == {
        "first": {"normal": 240, "urgent": 90},
        "next": {"normal": 480},
        "resolution": {"normal": 960},
    }
    assert (row.customer_group, row.team_id, row.priority, row.holding) == ("Stamm", world.care, "urgent", "ignored")
    assert (row.counts_third, row.promise_minutes, row.made_by_id) == (False, 1920, world.max.id)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": "E-Mail"}, "name", "„E-Mail“ gibt es schon."),
        ({"first-normal": ""}, "first-normal", "Bitte geben Sie an, wie lange das dauern darf."),
        ({"first-normal": "bald"}, "first-normal", "„bald“ ist keine Zahl."),
        ({"next-normal": "0"}, "next-normal", "Mindestens eine Minute"),
        ({"next-normal": "1e999"}, "next-normal", "Mindestens eine Minute"),
        ({"next-normal": "0,001"}, "next-normal", "Bitte ganze Minuten."),
        ({"update-urgent": "3"}, "update-normal", "Ohne Ziel für normale Anliegen gilt auch dieses nicht."),
        ({"tag": "a, b"}, "tag", "Kommas und Steuerzeichen gehen hier nicht."),
        ({"calendar": "4711"}, "calendar", "Das gibt es nicht (mehr)."),
        ({"team": "9" * 30}, "team", "Das gibt es nicht (mehr)."),
        ({"route": "brieftaube"}, "route", "Das gibt es nicht (mehr)."),
    ],
)
def test_a_wrong_policy_is_refused_beside_its_field(
    world: cast.World, client: FlaskClient, changes: dict[str, str], field: str, words: str
) -> None:
    refused(client, "/settings/policies", policy(**changes), field, words)
    assert db.session.query(Policy).count() == 1


def test_the_form_says_by_when_a_mail_of_friday_is_answered(world: cast.World, client: FlaskClient) -> None:
    told = client.post("/settings/policies/preview", data=policy(), headers=FRAGMENT).text
    assert "Eine E-Mail von Mo., 23.11., 09:00 Uhr ist fällig am Mo., 23.11., 13:00 Uhr." in told
    assert "Eine E-Mail von Fr., 27.11., 16:05 Uhr ist fällig am Mo., 30.11., 12:05 Uhr." in told
    assert "Eine E-Mail von Do., 24.12., 16:05 Uhr ist fällig am Mo., 28.12., 12:05 Uhr." in told
    assert "25.12.: Erster Weihnachtstag" in told


def test_urgent_matters_have_their_own_line(world: cast.World, client: FlaskClient) -> None:
    told = client.post(
        "/settings/policies/preview", data=policy(**{"first-urgent": "1", "first-urgent-unit": "h"})
    ).text
    assert "Dringend: am Mo., 23.11., 10:00 Uhr." in told


def answered(world: cast.World, *, after: timedelta, sender: str) -> int:
    """Let a mail be answered so long after it came, and return its ticket."""
    filed = cast.hear(world, sender=Handle(kind="email", value=sender, name=sender))
    at = cast.MONDAY_NINE + after
    sent = replies.reply(cast.conversation_of(filed), text="Morgen.", by=world.ada, at=at)
    delivery.claim(sent, at=at)
    delivery.settle(sent, Sent(external_id=f"<{sent}@nordlicht.example>"), at=at)
    return filed.ticket_id


def test_the_last_days_are_tried_with_the_policy(world: cast.World, client: FlaskClient, clock: Clock) -> None:
    quick = answered(world, after=HOUR, sender="quick@kundin.example")
    slow = answered(world, after=3 * HOUR, sender="slow@kundin.example")
    clock.set((cast.MONDAY_NINE + 4 * HOUR).isoformat())
    typed = policy(name="E-Mail", policy=str(first(Policy)), **{"first-normal": "2"})
    told = client.post("/settings/policies/rehearsal", data=typed, headers=FRAGMENT).text
    assert "1 von 2" in told
    assert "(jetzt 0)" in told
    url = told.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    listed = client.get(url).text
    assert f"#{slow}<" in listed
    assert f"#{quick}<" not in listed


def test_a_policy_is_tried_only_on_what_it_would_judge(world: cast.World, client: FlaskClient) -> None:
    answered(world, after=HOUR, sender="quick@kundin.example")
    told = client.post("/settings/policies/rehearsal", data=policy(tag="Garantie"), headers=FRAGMENT).text
    assert "Auf keine Nachricht der letzten 30 Tage hätte diese Regel gepasst." in told
    typed = policy(policy=str(first(Policy)), tag="Garantie")
    assert "1 weitere" in client.post("/settings/policies/rehearsal", data=typed, headers=FRAGMENT).text


def test_a_form_that_cannot_be_tried_says_so(world: cast.World, client: FlaskClient) -> None:
    told = client.post("/settings/policies/rehearsal", data=policy(**{"first-normal": "bald"}), headers=FRAGMENT).text
    assert "Sobald die Eingaben stimmen" in told
    assert client.get("/settings/policies/rehearsal").status_code == 200


def test_policies_stand_in_the_order_in_which_they_are_chosen(world: cast.World, client: FlaskClient) -> None:
    calendar_id = first(Calendar)
    for name, tag in (("Später", "a"), ("Früher", "b")):
        targets = {"first": {"normal": 60}, "next": {"normal": 60}}
        rulebook.write_policy(None, name=name, tag=tag, calendar_id=calendar_id, targets=targets, at=cast.MONDAY_NINE)
    assert order(client) == ["Später", "Früher", "E-Mail"]
    id_ = named(Policy, "Früher").id  # type: ignore[attr-defined]
    client.post(f"/settings/policies/{id_}/move", data={"to": "up"})
    assert order(client) == ["Früher", "Später", "E-Mail"]


def order(client: FlaskClient) -> list[str]:
    page = client.get("/settings/policies").text
    return [row.partition(">")[2].partition("<")[0] for row in page.split('<a class="strong link"')[1:]]


def test_an_ended_policy_can_be_taken_up_again(world: cast.World, client: FlaskClient) -> None:
    address = f"/settings/policies/{first(Policy)}"
    client.post(f"{address}/end")
    assert "Zurzeit gilt keine Regel" in client.get("/settings/policies").text
    assert "Diese Regel ist beendet." in client.get(address).text
    client.post(address, data=policy(name="E-Mail"))
    assert "Die Regel gilt wieder." in client.get(address).text


def test_a_ladder_says_in_words_what_happens(world: cast.World, client: FlaskClient) -> None:
    also = {"also-0": f"leads:{world.social}"}
    told = client.post("/settings/ladders/preview", data=ladder(**also), headers=FRAGMENT).text
    assert "Nach 2 Std. (50 %): wer das Anliegen bearbeitet und Leitung von Social Media; Benachrichtigung." in told
    assert "Sobald die Frist verletzt ist: Teamleitung; Mail." in told
    assert "Danach alle 4 Std. in ihrer Servicezeit noch einmal, höchstens 5-mal." in told


def test_a_ladder_is_written_lowest_rung_first(world: cast.World, client: FlaskClient) -> None:
    typed = ladder(**{"rungs": "3", "at-2": "percent", "percent-2": "75", "to-2": "deputy", "via-2": "push"})
    assert client.post("/settings/ladders", data=typed).status_code == 303
    row = named(Ladder, "Kundendienst")
    assert isinstance(row, Ladder)
    assert row.rungs == [
        {"at": 50, "to": ["assignee"], "via": ["inbox"]},
        {"at": 75, "to": ["deputy"], "via": ["push"]},
        {"at": "breach", "to": ["lead"], "via": ["mail"], "repeat": {"every": 240, "most": 5}},
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rungs": "0"}, "Eine Leiter braucht mindestens eine Stufe."),
        ({"percent-0": "100"}, "Eine ganze Zahl von 1 bis 99."),
        ({"to-0": ""}, "Wer soll es erfahren?"),
        ({"also-0": "agent:4711"}, "Davon gibt es jemanden nicht mehr"),
        ({"via-0": ""}, "Auf welchem Weg?"),
        ({"every-1": ""}, "Bitte geben Sie an, nach wie langer Zeit."),
        ({"most-1": "0"}, "Eine ganze Zahl von 1 bis 99."),
    ],
)
def test_a_wrong_rung_is_refused_beside_its_field(
    world: cast.World, client: FlaskClient, changes: dict[str, str], words: str
) -> None:
    answer = client.post("/settings/ladders", data=ladder(**changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Kundendienst"' in answer.text
    assert db.session.query(Ladder).count() == 0


def test_rungs_come_and_go_without_a_script(world: cast.World, client: FlaskClient) -> None:
    page = client.post("/settings/ladders/rungs", data=ladder(add="1")).text
    assert page.count("<fieldset") == 3
    assert 'value="Kundendienst"' in page
    fragment = client.post("/settings/ladders/rungs", data=ladder(remove="0"), headers=FRAGMENT).text
    assert fragment.count("<fieldset") == 1
    assert "<html" not in fragment
    assert db.session.query(Ladder).count() == 0
