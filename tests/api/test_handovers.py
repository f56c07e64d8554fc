"""Programs hand over, accept and decline as people do, and are told by a code why not."""

from __future__ import annotations

from typing import Any

import pytest

from tests import world as cast
from tests.api.conftest import Callers

WHY = "Rechnung fehlt"


@pytest.fixture
def number(world: cast.World) -> int:
    """Eva's ticket, in Ada's team."""
    return cast.hear(world).ticket_id


@pytest.fixture
def path(number: int) -> str:
    return f"/tickets/{number}/handover"


def ask(callers: Callers, path: str, **change: Any) -> Any:
    return callers.ada.post(path, {"team": "Social Media", "reason": WHY, **change})


def test_a_hand_over_tells_both_clocks(callers: Callers, path: str, number: int) -> None:
    answer = ask(callers, path, agent="Ben")
    assert answer.status_code == 201
    told = answer.json
    assert (told["ticket"], told["state"], told["reason"]) == (number, "pending", WHY)
    assert (told["from_team"], told["to_team"], told["by"], told["agent"]) == (
        "Kundenservice",
        "Social Media",
        "Ada",
        "Ben",
    )
    assert (told["accept_due"], told["work_due"]) == ("2026-11-23T08:15:00Z", "2026-11-23T12:00:00Z")


def test_accepting_moves_the_ticket(callers: Callers, path: str, number: int) -> None:
    assert callers.ben.get(f"/tickets/{number}").status_code == 404
    ask(callers, path)
    assert callers.ben.get(f"/tickets/{number}").json["team"] == "Kundenservice"
    assert callers.ben.post(f"{path}/accept").json["accept_verdict"] == "met"
    told = callers.ben.get(f"/tickets/{number}").json
    assert (told["team"], told["assignee"]) == ("Social Media", "ben@nordlicht.example")
    assert [each["state"] for each in told["handovers"]] == ["accepted"]
    clocks = callers.ben.get(f"/tickets/{number}/clocks").json["clocks"]
    assert {(each["kind"], each["state"]) for each in clocks} == {("acceptance", "met"), ("work", "running")}
    assert callers.ada.get(f"/tickets/{number}").status_code == 200, "the giving team goes on taking part"


def test_declining_needs_a_reason_and_gives_it_back(callers: Callers, path: str, number: int) -> None:
    ask(callers, path)
    assert callers.ben.post(f"{path}/decline", {"reason": ""}).status_code == 422
    told = callers.ben.post(f"{path}/decline", {"reason": "Nicht unseres"}).json
    assert (told["state"], told["answer"], told["answered_by"]) == ("declined", "Nicht unseres", "Ben")
    assert callers.ben.get(f"/tickets/{number}").status_code == 404
    assert callers.ada.get(f"/tickets/{number}").json["handovers"][0]["answer"] == "Nicht unseres"


def test_the_giver_takes_it_back(callers: Callers, path: str) -> None:
    ask(callers, path)
    assert callers.ada.delete(path).json["state"] == "withdrawn"
    assert callers.ada.get("/handovers").json["from_us"][0]["state"] == "withdrawn"


def test_what_stands_against_it_has_a_code(callers: Callers, path: str) -> None:
    refused = callers.ada.post(f"{path}/accept")
    assert (refused.status_code, refused.json["code"]) == (409, "no_handover")
    ask(callers, path)
    codes = [ask(callers, path), callers.ada.post(f"{path}/accept"), callers.ben.delete(path)]
    assert [(each.status_code, each.json["code"]) for each in codes] == [
        (409, "handover_pending"),
        (409, "not_asked"),
        (409, "not_giver"),
    ]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"reason": ""}, 422),
        ({"reason": "  "}, 422),
        ({"reason": "a\nb"}, 422),
        ({"reason": "x" * 301}, 422),
        ({"team": "Kundenservice"}, 422),
        ({"team": "Vertrieb"}, 404),
        ({"agent": "Cleo"}, 422),
        ({"agent": "Niemand"}, 404),
    ],
)
def test_what_does_not_fit_is_refused(callers: Callers, path: str, change: dict[str, Any], status: int) -> None:
    assert ask(callers, path, **change).status_code == status


def test_the_list_tells_both_sides(callers: Callers, path: str, number: int) -> None:
    ask(callers, path)
    assert [each["ticket"] for each in callers.ben.get("/handovers").json["to_us"]] == [number]
    assert [each["ticket"] for each in callers.ada.get("/handovers").json["from_us"]] == [number]
    assert callers.zoe.get("/handovers").json == {"to_us": [], "from_us": []}
    assert callers.zoe.post(f"{path}/accept").status_code == 404


def test_the_same_request_hands_over_once(callers: Callers, path: str) -> None:
    body = {"team": "Social Media", "reason": WHY}
    first = callers.ada.post(path, body, Idempotency_Key="k")
    again = callers.ada.post(path, body, Idempotency_Key="k")
    assert first.json["id"] == again.json["id"]


def test_the_list_gives_no_number_of_what_one_may_not_open_any_more(callers: Callers, path: str, number: int) -> None:
    ask(callers, path)
    callers.ben.post(f"{path}/decline", {"reason": "Nicht unseres"})
    (told,) = callers.ben.get("/handovers").json["to_us"]
    assert (told["ticket"], told["reason"], told["answer"]) == (None, WHY, "Nicht unseres")
    assert [each["ticket"] for each in callers.ada.get("/handovers").json["from_us"]] == [number]
