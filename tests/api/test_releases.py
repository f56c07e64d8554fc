"""Programs are told where a public text discloses, and ask for, let go and decline releases as people do."""

from __future__ import annotations

import pytest

from app.db import db, transaction
from app.desk import joining
from app.models import Agent
from tests import world as cast
from tests.api.conftest import Callers
from tests.web import voices

TEXT = "Das tut uns leid! Schicken Sie uns bitte eine Direktnachricht."


@pytest.fixture
def number(world: cast.World) -> int:
    """A public comment, in Ada's team."""
    return voices.comment(world)[0]


@pytest.fixture
def conversation(callers: Callers, number: int) -> int:
    return int(callers.ada.get(f"/tickets/{number}").json["conversations"][0]["id"])


@pytest.fixture
def learning(world: cast.World) -> None:
    """Ada may not publish."""
    with transaction():
        db.session.get_one(Agent, world.ada.id).can_publish = False


def test_a_public_text_that_discloses_is_refused_with_its_spots(
    callers: Callers, number: int, conversation: int
) -> None:
    body = {"conversation": conversation, "text": "Ihre Bestellung NL-204711 ist da.", "public": True}

    refused = callers.ada.post(f"/tickets/{number}/replies", body)

    assert (refused.status_code, refused.json["code"]) == (422, "discloses")
    assert refused.json["spots"] == [{"start": 16, "end": 25, "kind": "number", "words": "NL-204711"}]


@pytest.mark.usefixtures("learning")
def test_a_release_is_not_asked_for_over_what_came_meanwhile(
    world: cast.World, callers: Callers, number: int, conversation: int
) -> None:
    seen = callers.ada.get(f"/tickets/{number}").json["conversations"][0]["messages"][-1]["id"]
    voices.say(conversation, "Hat sich erledigt!", is_public=True)
    body = {"conversation": conversation, "text": TEXT, "last_seen": seen}

    refused = callers.ada.post(f"/tickets/{number}/releases", body)
    joining.join(cast.hear(world).ticket_id, into=number, by=world.max, at=voices.NINE)
    joined = callers.ada.post(f"/tickets/{number}/releases", body | {"last_seen": None, "seen_conversations": 1})

    assert [(each.status_code, each.json["code"]) for each in (refused, joined)] == [(409, "newer")] * 2
    assert callers.cleo.get("/releases").json["releases"] == []


@pytest.mark.usefixtures("learning")
def test_who_may_not_publish_asks_and_somebody_else_lets_it_go(
    callers: Callers, number: int, conversation: int
) -> None:
    body = {"conversation": conversation, "text": TEXT}
    refused = callers.ada.post(f"/tickets/{number}/replies", body | {"public": True})
    assert (refused.status_code, refused.json["code"]) == (409, "release_needed")

    asked = callers.ada.post(f"/tickets/{number}/releases", body)

    assert (asked.status_code, asked.json["state"]) == (201, "asked")
    path = f"/tickets/{number}/releases/{asked.json['id']}"
    assert callers.ada.post(f"{path}/release", {}).json["code"] == "no_right"
    assert [each["id"] for each in callers.cleo.get("/releases").json["releases"]] == [asked.json["id"]]
    released = callers.cleo.post(f"{path}/release", {}).json
    assert released["state"] == "released"
    said = callers.cleo.get(f"/tickets/{number}").json["conversations"][0]["messages"][-1]
    assert (said["id"], said["author"], said["public"]) == (released["message"], "Ada", True)


@pytest.mark.usefixtures("learning")
def test_a_declined_one_says_why(callers: Callers, number: int, conversation: int) -> None:
    asked = callers.ada.post(f"/tickets/{number}/releases", {"conversation": conversation, "text": TEXT}).json
    path = f"/tickets/{number}/releases/{asked['id']}"

    declined = callers.cleo.post(f"{path}/decline", {"reason": "Bitte freundlicher."}).json

    assert (declined["state"], declined["reason"], declined["message"]) == ("declined", "Bitte freundlicher.", None)
    assert callers.cleo.post(f"{path}/release", {}).json["code"] == "release_settled"


@pytest.mark.usefixtures("learning")
def test_resolving_says_that_an_answer_waits_and_may_give_it_back(
    callers: Callers, number: int, conversation: int
) -> None:
    asked = callers.ada.post(f"/tickets/{number}/releases", {"conversation": conversation, "text": TEXT})
    assert asked.status_code == 201

    refused = callers.ada.post(f"/tickets/{number}/resolution")
    assert (refused.status_code, refused.json["code"]) == (409, "release_waiting")
    resolved = callers.ada.post(f"/tickets/{number}/resolution", {"releases": "withdraw"})

    assert (resolved.status_code, resolved.json["state"]) == (200, "resolved")
    assert callers.max.get("/releases").json["releases"] == []
