"""Programs take messages out of a ticket and put them back, as people do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.contract import Handle
from tests import world as cast
from tests.api.conftest import Callers

LATER = cast.MONDAY_NINE + timedelta(minutes=30)


@pytest.fixture
def thread(world: cast.World) -> tuple[int, int, int]:
    """Eva's ticket with two mails in one conversation."""
    first = cast.hear(world)
    second = cast.hear(world, replies_to=(cast.message(first.message_id).external_id,), at=LATER)
    return first.ticket_id, first.message_id, second.message_id


def test_a_message_is_taken_out_with_its_deadline_and_put_back(callers: Callers, thread: tuple[int, int, int]) -> None:
    number, _lamp, invoice = thread

    told = callers.ada.post(f"/tickets/{number}/split", {"messages": [invoice]}).json

    assert told["number"] != number
    assert (told["state"], told["oldest_unanswered_at"]) == ("open", "2026-11-23T08:30:00Z")
    kinds = [event["kind"] for event in callers.ada.get(f"/tickets/{number}").json["events"]]
    assert "split" in kinds
    assert callers.ada.post(f"/messages/{invoice}/unsplit").json["number"] == number
    assert callers.ada.get(f"/tickets/{told['number']}").json["number"] == number


def test_what_lies_elsewhere_or_makes_no_sense_is_refused(callers: Callers, thread: tuple[int, int, int]) -> None:
    number, lamp, invoice = thread

    assert callers.ada.post(f"/tickets/{number}/split", {"messages": [99999]}).status_code == 404
    assert callers.ada.post(f"/tickets/{number}/split", {"messages": []}).status_code == 422
    assert callers.ada.post(f"/tickets/{number}/split", {"messages": [lamp, invoice]}).status_code == 422
    assert callers.ada.post(f"/messages/{invoice}/unsplit").status_code == 422
    assert callers.ben.post(f"/tickets/{number}/split", {"messages": [invoice]}).status_code == 404
    assert callers.ben.post(f"/messages/{invoice}/unsplit").status_code == 404


def test_tickets_of_two_people_are_joined_only_when_it_is_meant(callers: Callers, world: cast.World) -> None:
    otto = Handle(kind="email", value="otto@post.example", name="Otto Anders")
    eva, other = cast.hear(world).ticket_id, cast.hear(world, sender=otto, subject="Gutschein").ticket_id

    refused = callers.ada.post(f"/tickets/{other}/join", {"into": eva})

    assert (refused.status_code, refused.json["code"]) == (409, "two_people")
    assert callers.ada.post(f"/tickets/{other}/join", {"into": eva, "of_two_people": True}).json["number"] == eva
