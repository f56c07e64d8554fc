"""Phone notes and promises for programs."""

from __future__ import annotations

import pytest

from tests import world as cast
from tests.api.conftest import Callers

NOTE = {"direction": "out", "number": "+4915155501001", "outcome": "reached", "text": "Lampe kommt morgen."}


@pytest.fixture
def number(world: cast.World) -> int:
    return cast.hear(world).ticket_id


def test_a_phone_note_answers_what_is_owed(callers: Callers, number: int) -> None:
    answer = callers.ada.post(f"/tickets/{number}/calls", NOTE)

    assert answer.status_code == 201
    assert answer.json["ticket"] == number
    ticket = callers.ada.get(f"/tickets/{number}").json
    assert ticket["due_at"] is None
    assert ticket["promises"] == []
    (call,) = [each for each in ticket["conversations"] if each["channel"]["kind"] == "phone"]
    assert [message["text"] for message in call["messages"]] == ["Lampe kommt morgen."]


def test_a_promise_is_shown_with_its_ticket_and_its_clocks(callers: Callers, number: int) -> None:
    callers.ada.post(f"/tickets/{number}/calls", {**NOTE, "promise_at": "2126-11-24T10:00:00Z"})
    callers.ada.post(f"/tickets/{number}/calls", {**NOTE, "promise_at": "2026-12-24T10:00:00+01:00"})

    (promise,) = callers.ada.get(f"/tickets/{number}").json["promises"]
    assert (promise["state"], promise["by"], promise["due"]) == (
        "open",
        "ada@nordlicht.example",
        "2026-12-24T09:00:00Z",
    )
    clocks = callers.ada.get(f"/tickets/{number}/clocks").json
    assert (clocks["promise"]["due"], clocks["promise"]["state"]) == ("2026-12-24T09:00:00Z", "open")
    assert "24.12.2026" in clocks["promise"]["explanation"]
    assert clocks["due"] == "2026-12-24T09:00:00Z"


@pytest.mark.parametrize(
    "changed",
    [
        {"outcome": "vielleicht"},
        {"direction": "up"},
        {"number": "keine Nummer"},
        {"promise_at": "2026-12-24T10:00:00"},
        {"promise_at": "2020-01-01T00:00:00Z"},
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(callers: Callers, number: int, changed: dict[str, str]) -> None:
    answer = callers.ada.post(f"/tickets/{number}/calls", {**NOTE, **changed})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == list(changed)


def test_nobody_writes_on_a_ticket_they_may_not_see(callers: Callers, number: int) -> None:
    assert callers.ben.post(f"/tickets/{number}/calls", NOTE).status_code == 404
