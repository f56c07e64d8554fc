"""Priority, tags and customer groups, as programs set them."""

from __future__ import annotations

import pytest

from app.desk import aims, rulebook
from tests import world as cast
from tests.api.conftest import Callers
from tests.fixtures.databases import Clock


@pytest.fixture
def number(world: cast.World, clock: Clock) -> int:
    """Eva's matter, due at one o'clock."""
    clock.set(cast.MONDAY_NINE)
    return cast.hear(world).ticket_id


def due(callers: Callers, number: int) -> str:
    return str(callers.ada.get(f"/tickets/{number}").json["due_at"])


def test_a_raised_priority_pulls_the_deadline_forward_and_the_old_one_puts_it_back(
    number: int, callers: Callers
) -> None:
    before = due(callers, number)
    raised = callers.ada.ask("POST", f"/tickets/{number}/priority", json={"priority": "urgent"})
    assert (raised.json["priority"], raised.json["due_at"]) == ("urgent", "2026-11-23T09:00:00Z")
    callers.ada.ask("POST", f"/tickets/{number}/priority", json={"priority": "normal"})
    assert due(callers, number) == before == "2026-11-23T12:00:00Z"
    assert callers.ada.ask("POST", f"/tickets/{number}/priority", json={"priority": "high"}).status_code == 422
    assert callers.zoe.ask("POST", f"/tickets/{number}/priority", json={"priority": "normal"}).status_code == 404


def test_tags_are_put_on_found_and_taken_off(number: int, callers: Callers) -> None:
    answers = [
        callers.ada.ask("POST", f"/tickets/{number}/tags", json={"tag": tag}) for tag in ("Presse", "#presse", "VIP")
    ]
    assert answers[-1].json == {"ticket": number, "tags": ["presse", "vip"]}
    assert callers.ada.get(f"/tickets/{number}").json["tags"] == ["presse", "vip"]
    assert [row["number"] for row in callers.ada.get("/tickets", tag="VIP").json["tickets"]] == [number]
    assert callers.ada.get("/tickets", tag="niemand").json["tickets"] == []

    gone = callers.ada.ask("DELETE", f"/tickets/{number}/tags?tag=presse")
    assert gone.json == {"ticket": number, "tags": ["vip"]}
    assert callers.ada.ask("POST", f"/tickets/{number}/tags", json={"tag": "a,b"}).status_code == 422
    assert callers.zoe.ask("DELETE", f"/tickets/{number}/tags?tag=vip").status_code == 404


def test_the_group_of_a_customer_has_deadlines_of_its_own(number: int, callers: Callers) -> None:
    rulebook.write_policy(
        None,
        name="Vertrag",
        customer_group="Vertrag",
        calendar_id=aims.newest_hours(None).calendar_id,
        targets={"first": {"normal": 30}, "next": {"normal": 30}},
        valid_from=aims.BEGINNING,
        at=cast.MONDAY_NINE,
    )
    customer = callers.ada.get(f"/tickets/{number}").json["customer"]
    assert customer["group"] == ""
    put = callers.ada.ask("POST", f"/customers/{customer['id']}/group", json={"group": "Vertrag"})
    assert (put.json["group"], due(callers, number)) == ("Vertrag", "2026-11-23T08:30:00Z")
    assert callers.ada.get(f"/tickets/{number}").json["customer"]["group"] == "Vertrag"
    callers.ada.ask("POST", f"/customers/{customer['id']}/group", json={"group": ""})
    assert due(callers, number) == "2026-11-23T12:00:00Z"
    assert callers.zoe.ask("POST", f"/customers/{customer['id']}/group", json={"group": "x"}).status_code == 404
