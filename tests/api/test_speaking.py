"""What programs are told before they speak, and the 409 with its code where they may not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.desk import channels
from app.models import ProblemSource
from tests import world as cast
from tests.api.conftest import Caller, Callers
from tests.desk import voices
from tests.desk.voices import Page
from tests.fixtures.databases import Clock

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
POST = {"item": "comment", "verb": "add", "field": "feed"}


@pytest.fixture
def page(world: cast.World) -> Page:
    return voices.page(world)


@pytest.fixture
def ben(callers: Callers, page: Page) -> Caller:
    return callers.ben


@pytest.fixture
def comment(page: Page) -> tuple[int, int]:
    """Eva's comment: (ticket, conversation)."""
    filed = page.hear(voices.comment(external_id="900100_1", details=POST))
    return filed.ticket_id, cast.conversation_of(filed)


@pytest.fixture
def private(page: Page) -> tuple[int, int]:
    """Eva's private message: (ticket, conversation)."""
    filed = page.hear(voices.dm())
    return filed.ticket_id, cast.conversation_of(filed)


def test_a_conversation_says_whether_it_can_be_answered(private: tuple[int, int], ben: Caller, clock: Clock) -> None:
    number, _ = private
    (thread,) = ben.get(f"/tickets/{number}").json["conversations"]
    capability = thread["capability"]
    assert (thread["public"], capability["can_public"], capability["can_private"]) == (False, False, True)
    assert (capability["max_length"], capability["length_unit"]) == (2000, "characters")
    assert (capability["window_closes_at"], capability["code"]) == ("2026-11-24T08:00:00Z", None)
    clock.forward(days=8)
    late = ben.get(f"/tickets/{number}").json["conversations"][0]["capability"]
    assert (late["can_private"], late["code"]) == (False, "window_closed")
    assert late["reason"]


def test_an_answer_after_the_window_is_a_409_with_its_code(private: tuple[int, int], ben: Caller, clock: Clock) -> None:
    number, conversation = private
    clock.forward(days=8)
    answer = ben.post(f"/tickets/{number}/replies", {"conversation": conversation, "text": "Gern!"})
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (
        409,
        "application/problem+json",
        "window_closed",
    )
    assert answer.json["detail"]
    assert len(ben.get(f"/tickets/{number}").json["conversations"][0]["messages"]) == 1


def test_a_private_text_cannot_be_made_public(private: tuple[int, int], ben: Caller) -> None:
    number, conversation = private
    body = {"conversation": conversation, "text": "Gern!", "public": True}
    answer = ben.post(f"/tickets/{number}/replies", body)
    assert (answer.status_code, answer.json["code"]) == (409, "reply_not_allowed")


def test_a_text_that_is_too_long_is_a_409(private: tuple[int, int], ben: Caller) -> None:
    number, conversation = private
    answer = ben.post(f"/tickets/{number}/replies", {"conversation": conversation, "text": "a" * 2001})
    assert (answer.status_code, answer.json["code"]) == (409, "too_long")
    assert "2001" in answer.json["detail"]


def test_a_comment_is_answered_in_public_and_once_in_private(comment: tuple[int, int], ben: Caller) -> None:
    number, conversation = comment
    body = {"conversation": conversation, "text": "Gern!"}
    assert ben.post(f"/tickets/{number}/replies", body).json["conversation"] == conversation
    queued = ben.post(f"/tickets/{number}/replies", body | {"public": False})
    assert (queued.status_code, queued.json["conversation"] != conversation) == (201, True)
    again = ben.post(f"/tickets/{number}/replies", body | {"public": False})
    assert (again.status_code, again.json["code"]) == (409, "private_reply_spent")
    found = ben.get(f"/tickets/{number}").json["conversations"]
    assert [thread["public"] for thread in found] == [True, False]
    public, private = found[0]["messages"][1], found[1]["messages"][0]
    question = found[0]["messages"][0]
    assert (question["public"], question["kind"], public["answers"]) == (True, "comment", question["id"])
    assert (public["public"], private["public"], private["answers"]) == (True, False, question["id"])


def test_an_answer_to_a_foreign_message_is_not_found(
    comment: tuple[int, int], private: tuple[int, int], ben: Caller
) -> None:
    number, conversation = comment
    foreign = ben.get(f"/tickets/{private[0]}").json["conversations"][0]["messages"][0]["id"]
    body = {"conversation": conversation, "text": "Gern!", "answers": foreign}
    assert ben.post(f"/tickets/{number}/replies", body).status_code == 404


def test_a_channel_in_trouble_is_said_and_answers_are_kept(page: Page, private: tuple[int, int], ben: Caller) -> None:
    number, conversation = private
    words = "Die Anmeldung gilt nicht mehr."
    channels.report_problem(page.channel, words=words, code="190", source=ProblemSource.HEALTH, at=cast.MONDAY_NINE)
    assert ben.get(f"/tickets/{number}").json["conversations"][0]["capability"]["waits"] == words
    queued = ben.post(f"/tickets/{number}/replies", {"conversation": conversation, "text": "Gern!"})
    assert queued.status_code == 201
    (channel,) = ben.get("/channels").json["channels"]
    assert (channel["problem"], channel["problem_code"], channel["waiting"]) == (words, "190", 1)


def test_a_first_message_goes_to_a_known_identity_or_to_a_typed_one(
    page: Page, private: tuple[int, int], callers: Callers
) -> None:
    number = cast.hear(page.world).ticket_id
    (eva,) = callers.ben.get(f"/tickets/{private[0]}").json["customer"]["identities"]
    path, body = f"/tickets/{number}/conversations", {"channel": "Seite", "text": "Ihre Lampe ist da."}
    queued = callers.max.post(path, body | {"identity": eva["id"]})
    assert (queued.status_code, queued.json["ticket"]) == (201, number)
    found = callers.max.get(f"/tickets/{number}").json
    assert ([thread["address"] for thread in found["conversations"]], found["due_at"]) == (
        ["eva@kundin.example", "771"],
        None,
    )
    refused = callers.max.post(path, body | {"to": "99999"})
    assert (refused.status_code, refused.json["code"]) == (409, "reply_not_allowed")
    for wrong in ({}, {"to": "771", "identity": eva["id"]}):
        assert callers.max.post(path, body | wrong).status_code == 422
    assert callers.max.post(path, body | {"identity": 99999}).status_code == 404


def test_a_comment_is_hidden_for_a_reason_and_stays(comment: tuple[int, int], ben: Caller) -> None:
    number, _ = comment
    message = ben.get(f"/tickets/{number}").json["conversations"][0]["messages"][0]["id"]
    path = f"/tickets/{number}/messages/{message}/hiding"
    assert ben.post(path, {"reason": "criticism"}).status_code == 422
    asked = ben.post(path, {"reason": "insult"})
    assert (asked.status_code, asked.json) == (202, {"message": message, "hiding": "hide"})
    again = ben.post(path, {"reason": "insult"})
    assert (again.status_code, again.json["code"]) == (409, "hidden_already")
    shown = ben.get(f"/tickets/{number}").json
    told = shown["conversations"][0]["messages"][0]
    assert (told["hiding"], told["hidden_at"], told["text"]) == ("hide", None, "Meine Lampe flackert!")
    assert (shown["events"][-1]["kind"], shown["events"][-1]["text"]) == (
        "hiding_asked",
        "Verbergen verlangt: Beleidigung",
    )
    assert ben.delete(path).status_code == 200
    assert ben.delete(path).json["code"] == "not_hidden"


def test_messages_of_other_tickets_are_not_hidden(
    comment: tuple[int, int], private: tuple[int, int], callers: Callers
) -> None:
    message = callers.ben.get(f"/tickets/{comment[0]}").json["conversations"][0]["messages"][0]["id"]
    for caller, number in ((callers.ben, private[0]), (callers.ada, comment[0])):
        path = f"/tickets/{number}/messages/{message}/hiding"
        assert caller.post(path, {"reason": "insult"}).status_code == 404
