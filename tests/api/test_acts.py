"""What programs do to tickets, and what they may not."""

from __future__ import annotations

import pytest

from app.desk import delivery, joining
from app.models import Message
from channels.contract import DeliveryError, DeliveryFault, Sent
from tests import world as cast
from tests.api.conftest import Caller, Callers


@pytest.fixture
def number(world: cast.World) -> int:
    """Eva's ticket, in Ada's team."""
    return cast.hear(world).ticket_id


@pytest.fixture
def conversation(number: int) -> int:
    """The thread of Eva's mail."""
    return cast.obligations(number)[0].conversation_id


def test_a_reply_is_queued_and_answers_what_was_owed(number: int, conversation: int, ada: Caller) -> None:
    answer = ada.post(
        f"/tickets/{number}/replies", {"conversation": conversation, "text": "Morgen.", "class": "substantive"}
    )
    assert answer.status_code == 201
    queued = answer.json
    assert queued == {
        "ticket": number,
        "conversation": conversation,
        "message": queued["message"],
        "also": [],
        "delivery": "queued",
    }
    assert cast.message(queued["message"]).text == "Morgen."
    assert cast.ticket(number).due_at is None


def test_html_is_sent_as_text(number: int, conversation: int, ada: Caller) -> None:
    html = "<p>Guten Tag,</p><p>sie kommt <b>morgen</b>.</p><script>alert(1)</script>"
    queued = ada.post(f"/tickets/{number}/replies", {"conversation": conversation, "html": html}).json
    assert cast.message(queued["message"]).text == "Guten Tag,\n\nsie kommt morgen."


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"class": "holding"}, "promise_at"),
        ({"class": "x"}, "class"),
        ({"text": " "}, "text"),
        ({"html": "<p></p>", "text": None}, "text"),
        ({"html": "x"}, ""),
        ({"text": None}, ""),
        ({"text": "a\x00"}, "text"),
        ({"text": "a" * 100_001}, "text"),
        ({"conversation": "1"}, "conversation"),
        ({"conversation": 0}, "conversation"),
        ({"conversation": 2**60}, "conversation"),
        ({"promise_at": "2026-11-23T07:00:00Z"}, "promise_at"),
    ],
)
def test_a_reply_that_does_not_fit_is_refused_beside_its_field(
    number: int, conversation: int, ada: Caller, change: dict[str, object], field: str
) -> None:
    fitting: dict[str, object] = {"conversation": conversation, "text": "Morgen."}
    body = {name: value for name, value in (fitting | change).items() if value is not None}
    answer = ada.post(f"/tickets/{number}/replies", body)
    assert answer.status_code == 422
    assert field in [fault["field"] for fault in answer.json["errors"]]
    assert cast.ticket(number).due_at is not None


def test_a_reply_is_refused_when_the_customer_wrote_meanwhile(
    world: cast.World, number: int, conversation: int, ada: Caller
) -> None:
    seen = cast.obligations(number)[0].message_id
    first = cast.message(seen).external_id
    cast.hear(world, replies_to=(first,), at=cast.MONDAY_NINE + cast.HOUR, text="Noch etwas")
    body = {"conversation": conversation, "text": "Morgen.", "last_seen": seen}
    assert ada.post(f"/tickets/{number}/replies", body).status_code == 409
    newest = max(each.message_id for each in cast.obligations(number))
    assert ada.post(f"/tickets/{number}/replies", body | {"last_seen": newest}).status_code == 201


def test_a_reply_is_refused_when_another_matter_was_joined_in_meanwhile(
    world: cast.World, number: int, conversation: int, ada: Caller
) -> None:
    read = len(ada.get(f"/tickets/{number}").json["conversations"])
    joining.join(cast.hear(world).ticket_id, into=number, by=world.max, at=cast.MONDAY_NINE)
    body = {"conversation": conversation, "text": "Morgen.", "seen_conversations": read}

    refused = ada.post(f"/tickets/{number}/replies", body)

    assert (refused.status_code, refused.json["code"]) == (409, "newer")
    read = len(ada.get(f"/tickets/{number}").json["conversations"])
    assert ada.post(f"/tickets/{number}/replies", body | {"seen_conversations": read}).status_code == 201


def test_a_thread_of_another_ticket_takes_no_reply(world: cast.World, number: int, ada: Caller) -> None:
    other = cast.conversation_of(cast.hear(world))
    assert ada.post(f"/tickets/{number}/replies", {"conversation": other, "text": "Morgen."}).status_code == 404
    assert ada.post(f"/tickets/{number}/part", {"conversation": other}).status_code == 404


def test_a_note_is_written(number: int, ada: Caller) -> None:
    answer = ada.post(f"/tickets/{number}/notes", {"text": "Bitte zuerst"})
    assert (answer.status_code, answer.json["ticket"]) == (201, number)
    events = ada.get(f"/tickets/{number}").json["events"]
    assert events[-1] | {"at": ""} == {
        "at": "", "kind": "noted", "actor": "Ada", "text": "Bitte zuerst", "ticket": number, "message": None,
    }  # fmt: skip


def test_a_ticket_goes_to_people_and_teams(world: cast.World, number: int, ada: Caller) -> None:
    def assign(**body: object) -> tuple[str | None, str | None]:
        answer = ada.post(f"/tickets/{number}/assignment", body)
        assert answer.status_code == 200, answer.text
        return answer.json["assignee"], answer.json["team"]

    care = "Kundenservice"
    assert assign(assignee="me") == (world.ada.email, care)
    assert assign(assignee="cleo@nordlicht.example") == (world.cleo.email, care)
    assert assign(assignee="Ada") == (world.ada.email, care)
    assert assign(assignee=None) == (None, care)
    assert assign(assignee=world.ada.id, team=world.care) == (world.ada.email, care)
    assert assign(team="Social Media") == (None, "Social Media")
    assert ada.get(f"/tickets/{number}").status_code == 404


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"assignee": "Nobody"}, 404),
        ({"team": "Nowhere"}, 404),
        ({"assignee": "Ben"}, 422),
        ({"team": 999}, 404),
    ],
)
def test_a_ticket_goes_to_nobody_unknown(number: int, ada: Caller, body: dict[str, object], status: int) -> None:
    assert ada.post(f"/tickets/{number}/assignment", body).status_code == status


def test_a_ticket_is_resolved_and_opened_again(number: int, ada: Caller) -> None:
    due_at = ada.get(f"/tickets/{number}").json["due_at"]
    for _twice in range(2):
        done = ada.post(f"/tickets/{number}/resolution")
        assert (done.status_code, done.json["state"], done.json["due_at"]) == (200, "resolved", None)
    for _twice in range(2):
        again = ada.delete(f"/tickets/{number}/resolution")
        assert (again.status_code, again.json["state"], again.json["due_at"]) == (200, "open", due_at)


@pytest.mark.parametrize("act", ["resolution", "cause"])
def test_a_cause_of_blanks_is_none(number: int, ada: Caller, act: str) -> None:
    refused = ada.post(f"/tickets/{number}/{act}", {"cause": "  "})

    assert (refused.status_code, [wrong["field"] for wrong in refused.json["errors"]]) == (422, ["cause"])
    assert ada.get(f"/tickets/{number}").json["state"] == "open"


def test_tickets_are_joined_and_parted(world: cast.World, number: int, conversation: int, ada: Caller) -> None:
    other = cast.hear(world).ticket_id
    joined = ada.post(f"/tickets/{number}/join", {"into": other})
    assert (joined.status_code, joined.json["number"]) == (200, other)
    parted = ada.post(f"/tickets/{other}/part", {"conversation": conversation})
    assert (parted.status_code, parted.json["number"]) == (200, number)
    assert ada.post(f"/tickets/{number}/part", {"conversation": conversation}).status_code == 422
    assert ada.post(f"/tickets/{number}/join", {"into": number}).status_code == 422
    assert ada.post(f"/tickets/{number}/join", {"into": 99999}).status_code == 404


def test_a_first_message_opens_a_ticket(world: cast.World, ada: Caller) -> None:
    body = {"channel": "Service", "to": "Tom@kundin.example", "subject": "Ihre Lampe", "text": "Sie ist da."}
    answer = ada.post("/tickets", body)
    assert answer.status_code == 201
    found = ada.get(f"/tickets/{answer.json['ticket']}").json
    assert (found["subject"], found["state"], found["due_at"], found["assignee"]) == (
        "Ihre Lampe",
        "waiting",
        None,
        world.ada.email,
    )
    assert found["conversations"][0]["address"] == "tom@kundin.example"
    assert found["conversations"][0]["id"] == answer.json["conversation"]


def test_a_first_message_joins_a_ticket_as_another_thread(world: cast.World, number: int, ada: Caller) -> None:
    body = {"channel": world.channel, "to": "tom@kundin.example", "text": "Sie ist da."}
    answer = ada.post(f"/tickets/{number}/conversations", body)
    assert (answer.status_code, answer.json["ticket"]) == (201, number)
    assert len(ada.get(f"/tickets/{number}").json["conversations"]) == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"to": "tom"}, 422),
        ({"to": "a@b.example\r\nBcc: c@d.example"}, 422),
        ({"to": "a@b.example, c@d.example"}, 422),
        ({"subject": "a\nBcc: c@d.example"}, 422),
        ({"channel": "Nirgends"}, 404),
        ({"channel": 999}, 404),
        ({"text": ""}, 422),
    ],
)
def test_a_first_message_that_does_not_fit_opens_nothing(ada: Caller, change: dict[str, object], status: int) -> None:
    body = {"channel": "Service", "to": "tom@kundin.example", "subject": "Ihre Lampe", "text": "Sie ist da."}
    assert ada.post("/tickets", body | change).status_code == status
    assert ada.get("/tickets").json["tickets"] == []


def test_nobody_speaks_through_the_channel_of_another_team(callers: Callers) -> None:
    body = {"channel": "Service", "to": "tom@kundin.example", "text": "Sie ist da."}
    assert callers.ben.post("/tickets", body).status_code == 404
    assert callers.max.post("/tickets", body).status_code == 201


def lose(number: int, ada: Caller, conversation: int, fault: DeliveryFault, *, is_permanent: bool) -> int:
    """Write a reply that does not go out, and return its id."""
    body = {"conversation": conversation, "text": "Morgen."}
    message: int = ada.post(f"/tickets/{number}/replies", body).json["message"]
    assert delivery.claim(message, at=cast.MONDAY_NINE) is not None
    delivery.fail(message, DeliveryError(fault, is_permanent=is_permanent, words="kein Platz"), at=cast.MONDAY_NINE)
    return message


def test_a_failed_message_is_tried_again(number: int, conversation: int, ada: Caller) -> None:
    message = lose(number, ada, conversation, DeliveryFault.REJECTED, is_permanent=True)
    shown = ada.get(f"/tickets/{number}").json["conversations"][0]["messages"][-1]
    assert (shown["delivery"], shown["fault"]) == ("failed", "kein Platz")
    assert ada.post(f"/messages/{message}/retry").json == {"message": message, "delivery": "queued"}
    assert ada.post(f"/messages/{message}/retry").status_code == 422
    delivery.claim(message, at=cast.MONDAY_NINE)
    delivery.settle(message, Sent(external_id="x"), at=cast.MONDAY_NINE)
    assert stored(message).state == "sent"


@pytest.mark.parametrize(("act", "state"), [("confirmation", "sent"), ("surrender", "failed")])
def test_an_unsure_message_is_settled_by_a_person(
    number: int, conversation: int, ada: Caller, act: str, state: str
) -> None:
    message = lose(number, ada, conversation, DeliveryFault.UNSURE, is_permanent=False)
    assert ada.post(f"/messages/{message}/{act}").json == {"message": message, "delivery": state}
    assert ada.post(f"/messages/{message}/{act}").status_code == 422
    assert stored(message).state == state


def stored(message: int) -> Message:
    return cast.message(message)


ACTS = [
    ("POST", "/tickets/{number}/replies", {"conversation": 1, "text": "x"}),
    ("POST", "/tickets/{number}/notes", {"text": "x"}),
    ("POST", "/tickets/{number}/assignment", {"assignee": "me"}),
    ("POST", "/tickets/{number}/resolution", None),
    ("DELETE", "/tickets/{number}/resolution", None),
    ("POST", "/tickets/{number}/join", {"into": 1}),
    ("POST", "/tickets/{number}/part", {"conversation": 1}),
    ("POST", "/tickets/{number}/conversations", {"channel": 1, "to": "a@b.example", "text": "x"}),
    ("POST", "/messages/{message}/retry", None),
    ("POST", "/messages/{message}/confirmation", None),
    ("POST", "/messages/{message}/surrender", None),
]


def test_an_outsider_finds_nothing_to_act_on(world: cast.World, callers: Callers) -> None:
    heard = cast.hear(world)
    before = callers.ada.get(f"/tickets/{heard.ticket_id}").json
    for method, path, body in ACTS:
        place = path.format(number=heard.ticket_id, message=heard.message_id)
        named = {} if body is None else {"json": body}
        assert callers.zoe.ask(method, place, **named).status_code == 404, path
    assert callers.ada.get(f"/tickets/{heard.ticket_id}").json == before


def test_nobody_joins_into_a_ticket_they_may_not_see(world: cast.World, callers: Callers, number: int) -> None:
    own = callers.zoe.post("/tickets", {"channel": 1, "to": "a@b.example", "text": "x"})
    assert own.status_code == 404
    mine = callers.max.post("/tickets", {"channel": world.channel, "to": "a@b.example", "text": "x"}).json["ticket"]
    callers.max.post(f"/tickets/{mine}/assignment", {"team": "Social Media"})
    assert callers.ben.post(f"/tickets/{mine}/join", {"into": number}).status_code == 404
    assert callers.ada.get(f"/tickets/{number}").json["number"] == number
