"""Holding replies, promises and waivers through the API."""

from __future__ import annotations

import pytest

from app.desk.intake import Filed
from app.desk.settling import MODE
from tests import world as cast
from tests.api.conftest import Caller, Callers
from tests.world import HOUR, MONDAY_NINE

NOON, TOMORROW = "2026-11-23T11:00:00Z", "2026-11-24T11:00:00Z"


@pytest.fixture
def filed(world: cast.World) -> Filed:
    """Eva has asked at nine."""
    return cast.hear(world)


@pytest.fixture
def number(filed: Filed) -> int:
    return filed.ticket_id


@pytest.fixture
def conversation(filed: Filed) -> int:
    return cast.conversation_of(filed)


@pytest.fixture
def held(number: int, conversation: int, ada: Caller) -> int:
    """Ada has put Eva off until noon; returns her message."""
    body = {"conversation": conversation, "text": "Wir kümmern uns.", "class": "holding", "promise_at": NOON}
    answer = ada.post(f"/tickets/{number}/replies", body)
    assert answer.status_code == 201
    return int(answer.json["message"])


def test_a_holding_reply_promises_and_lets_the_customer_wait_on(number: int, held: int, ada: Caller) -> None:
    ticket = ada.get(f"/tickets/{number}").json

    assert cast.message(held).details[MODE] == "own_conversation"
    assert [(p["due"], p["state"], p["owner"], p["message"]) for p in ticket["promises"]] == [
        (NOON, "open", "ada@nordlicht.example", held)
    ]
    assert (ticket["due_at"], ticket["oldest_unanswered_at"]) == (NOON, "2026-11-23T08:00:00Z")
    assert {"held", "promised"} <= {event["kind"] for event in ticket["events"]}


@pytest.mark.parametrize(
    ("promise_at", "code"),
    [(None, "promise_needed"), ("2026-11-23T07:59:00Z", "promise_past"), ("2026-12-24T11:00:00Z", "promise_too_late")],
)
def test_a_holding_reply_without_a_possible_time_is_refused_beside_its_field(
    number: int, conversation: int, ada: Caller, promise_at: str | None, code: str
) -> None:
    body = {"conversation": conversation, "text": "Wir kümmern uns.", "class": "holding"}

    answer = ada.post(f"/tickets/{number}/replies", body | ({"promise_at": promise_at} if promise_at else {}))

    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert [fault["field"] for fault in answer.json["errors"]] == ["promise_at"]


def test_no_program_may_choose_a_holding_reply(number: int, conversation: int, ada: Caller) -> None:
    body = {"conversation": conversation, "text": "Moment!", "class": "holding", "promise_at": NOON, "automatic": True}

    answer = ada.post(f"/tickets/{number}/replies", body)

    assert (answer.status_code, answer.json["code"]) == (409, "person_needed")


def test_what_a_program_says_settles_nothing(number: int, conversation: int, ada: Caller) -> None:
    body = {"conversation": conversation, "text": "Ihre Nummer ist 7.", "automatic": True}

    assert ada.post(f"/tickets/{number}/replies", body).status_code == 201

    assert cast.ticket(number).due_at == MONDAY_NINE + 4 * HOUR


def test_a_promise_is_given_passed_on_waived_and_owed_again(number: int, ada: Caller) -> None:
    given = ada.post(f"/tickets/{number}/promises", {"due": TOMORROW, "text": "Ruft Frau Kundin zurück."})
    assert given.status_code == 201
    promise = given.json["promises"][0]["id"]

    passed = ada.post(f"/tickets/{number}/promises/{promise}/owner", {"to": "cleo@nordlicht.example"})
    assert passed.json["promises"][0]["owner"] == "cleo@nordlicht.example"

    waived = ada.post(f"/tickets/{number}/promises/{promise}/waiver", {"reason": "Hat selbst angerufen."})
    assert (waived.json["promises"][0]["state"], waived.json["promises"][0]["reason"]) == (
        "waived",
        "Hat selbst angerufen.",
    )
    twice = ada.post(f"/tickets/{number}/promises/{promise}/waiver", {"reason": "Hat selbst angerufen."})
    assert (twice.status_code, twice.json["code"]) == (409, "promise_settled")

    assert ada.delete(f"/tickets/{number}/promises/{promise}/waiver").json["promises"][0]["state"] == "open"


def test_a_promise_is_passed_on_only_to_who_sees_its_ticket_and_they_hear_of_it(number: int, callers: Callers) -> None:
    given = callers.ada.post(f"/tickets/{number}/promises", {"due": TOMORROW, "text": "Ruft Frau Kundin zurück."})
    promise = given.json["promises"][0]["id"]
    owner = f"/tickets/{number}/promises/{promise}/owner"

    refused = callers.ada.post(owner, {"to": "ben@nordlicht.example"})
    callers.ada.post(owner, {"to": "cleo@nordlicht.example"})

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json["errors"]] == ["to"]
    assert callers.ada.get("/notifications").json["notifications"] == []
    told = callers.max.get("/notifications").json["notifications"]
    assert [(word["kind"], word["ticket"], word["to"]) for word in told] == [
        ("promise_passed", number, "cleo@nordlicht.example")
    ]
    assert [way["via"] for way in told[0]["ways"]] == ["inbox"]


def test_the_promise_of_another_ticket_is_not_found(
    world: cast.World, number: int, held: int, ada: Caller, callers: Callers
) -> None:
    other = cast.hear(world).ticket_id
    promise = ada.get(f"/tickets/{number}/promises").json["promises"][0]["id"]

    assert ada.post(f"/tickets/{other}/promises/{promise}/waiver", {"reason": "x"}).status_code == 404
    assert callers.zoe.get(f"/tickets/{number}/promises").status_code == 404


def test_a_thank_you_needs_no_answer_and_that_can_be_taken_back(number: int, ada: Caller) -> None:
    waived = ada.post(f"/tickets/{number}/waiver", {"reason": "thanks"})
    assert (waived.status_code, waived.json["due_at"], waived.json["state"]) == (200, None, "waiting")

    nothing = ada.post(f"/tickets/{number}/waiver", {"reason": "thanks"})
    assert (nothing.status_code, nothing.json["code"]) == (409, "nothing_owed")

    assert ada.delete(f"/tickets/{number}/waiver").json["due_at"] == "2026-11-23T12:00:00Z"


def test_a_waiver_leaves_a_promise_alone(number: int, held: int, ada: Caller) -> None:
    waived = ada.post(f"/tickets/{number}/waiver", {"reason": "Hat sich anders erledigt"})

    assert (waived.json["due_at"], waived.json["oldest_unanswered_at"]) == (NOON, None)


def test_closing_asks_who_takes_an_open_promise(number: int, held: int, ada: Caller) -> None:
    refused = ada.post(f"/tickets/{number}/resolution")
    assert (refused.status_code, refused.json["code"]) == (409, "promise_open")

    taken = ada.post(f"/tickets/{number}/resolution", {"promise": "take", "to": "cleo@nordlicht.example"})
    assert (taken.status_code, taken.json["state"], taken.json["assignee"]) == (200, "open", "cleo@nordlicht.example")

    unreasoned = ada.post(f"/tickets/{number}/resolution", {"promise": "waive"})
    assert unreasoned.status_code == 422

    body = {"promise": "waive", "reason": "Lampe ist da.", "cause": "Lieferung verspätet"}
    assert ada.post(f"/tickets/{number}/resolution", body).json["state"] == "resolved"
    assert cast.ticket(number).cause == "Lieferung verspätet"
