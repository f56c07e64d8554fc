"""Customers, search, notifications, channels, teams and agents."""

from __future__ import annotations

import pytest

from app.db import db, transaction
from app.desk import assignment, call_tasks, escalation
from app.models import Ticket
from channels.contract import Handle
from tests import world as cast
from tests.api.conftest import Caller, Callers


def hear_from(world: cast.World, name: str) -> int:
    sender = Handle(kind="email", value=f"{name.lower()}@kundin.example", name=f"{name} Muster")
    return cast.hear(world, sender=sender).ticket_id


def names(caller: Caller, **query: object) -> list[str]:
    return [each["name"] for each in caller.get("/customers", **query).json["customers"]]


def test_customers_are_found_by_name_and_address(world: cast.World, ada: Caller) -> None:
    for name in ("Lena", "Mia"):
        hear_from(world, name)
    assert names(ada) == ["Mia Muster", "Lena Muster"]
    assert names(ada, q="lena") == names(ada, q="lena@kundin") == ["Lena Muster"]
    assert names(ada, q="%") == []
    identities = ada.get("/customers", q="mia").json["customers"][0]["identities"]
    assert [(each["kind"], each["value"], each["verified"]) for each in identities] == [
        ("email", "mia@kundin.example", False)
    ]


def test_customers_come_page_by_page(world: cast.World, ada: Caller) -> None:
    for name in ("Lena", "Mia", "Nora"):
        hear_from(world, name)
    first = ada.get("/customers", limit=2).json
    second = ada.get("/customers", limit=2, cursor=first["next_cursor"]).json
    assert [each["name"][:4] for each in first["customers"] + second["customers"]] == ["Nora", "Mia ", "Lena"]
    assert second["next_cursor"] is None


def test_customers_of_other_teams_do_not_exist(world: cast.World, callers: Callers) -> None:
    hear_from(world, "Lena")
    assert names(callers.max) == ["Lena Muster"]
    assert names(callers.ben) == []


def test_search_finds_tickets_and_customers(world: cast.World, callers: Callers) -> None:
    number = hear_from(world, "Lena")
    for q in (str(number), "lena", "lampe", "LENA@KUNDIN.EXAMPLE"):
        found = callers.ada.get("/search", q=q).json
        assert [each["number"] for each in found["tickets"]] == [number], q
    assert [each["name"] for each in callers.ada.get("/search", q="lena").json["customers"]] == ["Lena Muster"]
    assert callers.zoe.get("/search", q="lena").json == {"tickets": [], "customers": []}
    assert callers.ada.get("/search").status_code == 422


@pytest.fixture
def fired(world: cast.World) -> int:
    """A ticket on which both rungs fired."""
    number = hear_from(world, "Lena")
    for hours in (3, 4):
        at = cast.MONDAY_NINE + hours * cast.HOUR
        for obligation_id in escalation.due(at=at):
            escalation.fire(obligation_id, at=at)
    return number


def test_notifications_say_what_fired_when_why_and_to_whom(fired: int, callers: Callers) -> None:
    breached, warned = callers.cleo.get("/notifications").json["notifications"]
    assert (warned["kind"], warned["at"]) == ("warned", "2026-11-23T11:00:00Z")
    assert (breached["kind"], breached["at"]) == ("breached", "2026-11-23T12:00:00Z")
    assert (breached["to"], breached["to_name"], breached["ticket"]) == ("cleo@nordlicht.example", "Cleo", fired)
    assert "Lena Muster" in breached["text"]


def test_notifications_are_filtered_and_come_page_by_page(fired: int, callers: Callers) -> None:
    for to in ("cleo@nordlicht.example", "Cleo"):
        assert len(callers.max.get("/notifications", to=to).json["notifications"]) == 2
    assert callers.max.get("/notifications", to="ada@nordlicht.example").json["notifications"] == []
    first = callers.max.get("/notifications", limit=1).json
    second = callers.max.get("/notifications", limit=1, cursor=first["next_cursor"]).json
    assert [first["notifications"][0]["kind"], second["notifications"][0]["kind"]] == ["breached", "warned"]


def test_agents_see_only_their_own_notifications(world: cast.World, fired: int, callers: Callers) -> None:
    seen = {
        name: len(getattr(callers, name).get("/notifications").json["notifications"]) for name in ("ada", "ben", "cleo")
    }
    assert seen == {"ada": 0, "ben": 0, "cleo": 2}
    assignment.assign(fired, team_id=world.social, by=world.max, at=cast.MONDAY_NINE)
    assert len(callers.cleo.get("/notifications").json["notifications"]) == 2


def test_channels_show_no_secrets_and_only_those_of_ones_teams(world: cast.World, callers: Callers) -> None:
    (channel,) = callers.ada.get("/channels").json["channels"]
    assert channel == {
        "id": world.channel,
        "kind": "email",
        "name": "Service",
        "address": "service@nordlicht.example",
        "team_id": world.care,
        "is_paused": False,
        "problem": "",
        "heard_at": channel["heard_at"],
        "reached_at": None,
        "problem_code": "",
        "problem_at": None,
        "token_expires_at": None,
        "waiting": 0,
    }
    assert callers.ben.get("/channels").json == {"channels": []}


def test_teams_count_their_open_tickets(world: cast.World, ada: Caller) -> None:
    cast.hear(world)
    assert [(each["name"], each["open_tickets"]) for each in ada.get("/teams").json["teams"]] == [
        ("Kundenservice", 1),
        ("Retoure", 0),
        ("Social Media", 0),
    ]


def test_agents_are_listed_with_their_teams(world: cast.World, ada: Caller) -> None:
    agents = ada.get("/agents").json["agents"]
    assert [(each["name"], each["role"], each["team_ids"]) for each in agents] == [
        ("Ada", "agent", [world.care]),
        ("Ben", "agent", [world.social]),
        ("Cleo", "lead", [world.care]),
        ("Max", "admin", []),
        ("Zoe", "agent", []),
    ]


def test_a_word_says_by_which_ways_it_went(fired: int, callers: Callers) -> None:
    breached, _warned = callers.cleo.get("/notifications").json["notifications"]
    assert [way["via"] for way in breached["ways"]] == ["inbox", "mail"]
    assert breached["ways"][0]["state"] == "sent"
    assert breached["reason"]["rung"] == "breach"
    assert breached["read_at"] is None


def test_calls_to_be_made_are_listed_for_those_who_are_to_make_them(world: cast.World, callers: Callers) -> None:
    number = hear_from(world, "Lena")
    with transaction() as afterwards:
        call_tasks.ask(
            key=f"obligation:{number}:breach",
            ticket=db.session.get_one(Ticket, number),
            team_id=world.care,
            reason="Frist verletzt",
            at=cast.MONDAY_NINE,
            afterwards=afterwards,
        )
    (task,) = callers.ada.get("/call-tasks").json["call_tasks"]
    assert (task["ticket"], task["customer"], task["reason"], task["agent"]) == (
        number,
        "Lena Muster",
        "Frist verletzt",
        "",
    )
    assert [message["is_out"] for message in task["messages"]] == [False]
    assert callers.zoe.get("/call-tasks").json == {"call_tasks": []}
