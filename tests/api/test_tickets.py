"""The list and one ticket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.desk import assignment, joining, outbox, status
from channels.contract import Handle
from tests import world as cast
from tests.api.conftest import Caller, Callers


def numbers(caller: Caller, **query: object) -> list[int]:
    answer = caller.get("/tickets", **query)
    assert answer.status_code == 200, answer.text
    return [each["number"] for each in answer.json["tickets"]]


def from_somebody(world: cast.World, name: str, **values: Any) -> int:
    sender = Handle(kind="email", value=f"{name.lower()}@kundin.example", name=f"{name} Muster")
    return cast.hear(world, sender=sender, **values).ticket_id


def test_the_list_begins_with_what_is_due_first(world: cast.World, ada: Caller) -> None:
    later = from_somebody(world, "Lena", at=cast.MONDAY_NINE + cast.HOUR)
    sooner = from_somebody(world, "Mia", at=cast.MONDAY_NINE)
    done = from_somebody(world, "Nora", at=cast.MONDAY_NINE)
    status.resolve(done, by=world.ada, at=cast.MONDAY_NINE + cast.HOUR)
    assert numbers(ada) == [sooner, later, done]


def test_a_row_says_what_a_list_shows(world: cast.World, ada: Caller) -> None:
    number = cast.hear(world).ticket_id
    (row,) = ada.get("/tickets").json["tickets"]
    assert row | {"updated_at": ""} == {
        "number": number,
        "subject": "Wo bleibt meine Lampe?",
        "state": "open",
        "priority": "normal",
        "team": "Kundenservice",
        "team_id": world.care,
        "assignee": None,
        "assignee_id": None,
        "assignee_name": None,
        "customer_id": row["customer_id"],
        "customer_name": "Eva Kundin",
        "channel_kind": "email",
        "preview": "Guten Tag, wann kommt meine Lampe?",
        "created_at": "2026-11-23T08:00:00Z",
        "updated_at": "",
        "closed_at": None,
        "due_at": "2026-11-23T12:00:00Z",
        "oldest_unanswered_at": "2026-11-23T08:00:00Z",
        "cause": "",
    }


@pytest.mark.parametrize("sort", ["due", "updated", "created"])
def test_pages_follow_each_other_without_gap_or_double(world: cast.World, ada: Caller, sort: str) -> None:
    known = [from_somebody(world, f"K{n}", at=cast.MONDAY_NINE + timedelta(minutes=n // 3)) for n in range(11)]
    for number in known[3:8:2]:
        status.resolve(number, by=world.ada, at=cast.MONDAY_NINE + cast.HOUR)
    whole = numbers(ada, sort=sort)
    seen: list[int] = []
    cursor = ""
    while cursor is not None:
        page = ada.get("/tickets", sort=sort, limit=2, cursor=cursor).json
        seen += [each["number"] for each in page["tickets"]]
        cursor = page["next_cursor"]
    assert seen == whole
    assert sorted(seen) == sorted(known)


def test_the_last_changed_and_the_last_opened_come_first(world: cast.World, ada: Caller) -> None:
    first, second = (from_somebody(world, name) for name in ("Lena", "Mia"))
    status.resolve(first, by=world.ada, at=cast.MONDAY_NINE + cast.HOUR)
    assert numbers(ada, sort="updated") == [first, second]
    assert numbers(ada, sort="created") == [second, first]


@pytest.fixture
def lamp(world: cast.World) -> int:
    """Lena's open ticket, assigned to Ada."""
    number = from_somebody(world, "Lena", subject="Lampe defekt")
    assignment.assign(number, assignee_id=world.ada.id, by=world.cleo, at=cast.MONDAY_NINE)
    return number


@pytest.fixture
def table(world: cast.World) -> int:
    """Mia's ticket, which is done and was nobody's."""
    number = from_somebody(world, "Mia", subject="Tisch wackelt")
    status.resolve(number, by=world.ada, at=cast.MONDAY_NINE)
    return number


def test_filters_narrow_the_list(world: cast.World, lamp: int, table: int, ada: Caller) -> None:
    queries: list[dict[str, object]] = [
        {"state": "open"},
        {"assignee": "ada@nordlicht.example"},
        {"assignee": "Ada"},
        {"assignee": world.ada.id},
        {"assignee": "me"},
        {"customer": cast.ticket(lamp).customer_id},
        {"customer": "Lena@kundin.example"},
        {"q": lamp},
        {"q": f"#{lamp}"},
        {"q": "lampe"},
        {"q": "lena m"},
        {"q": "lena@"},
    ]
    for query in queries:
        assert numbers(ada, **query) == [lamp], query
    assert numbers(ada, assignee="none") == [table]


def test_filters_that_fit_all_leave_all(world: cast.World, lamp: int, table: int, ada: Caller) -> None:
    queries: list[dict[str, object]] = [
        {"team": "Kundenservice"},
        {"team": world.care},
        {"channel": "email"},
        {"channel": "Service"},
        {"channel": world.channel},
        {"q": "muster"},
        {"state": ""},
    ]
    for query in queries:
        assert numbers(ada, **query) == [lamp, table], query


def test_filters_that_fit_nothing_leave_nothing(lamp: int, table: int, ada: Caller) -> None:
    assert numbers(ada) == [lamp, table]
    queries = [{"tag": "x"}, {"team": "Retoure"}, {"channel": "x"}, {"customer": "wer"}, {"q": "9" * 40}, {"q": "%"}]
    for query in queries:
        assert numbers(ada, **query) == [], query


def test_everybody_sees_their_own_teams_and_their_own_tickets(world: cast.World, callers: Callers) -> None:
    number = cast.hear(world).ticket_id
    assert [numbers(each) for each in (callers.ada, callers.cleo, callers.max)] == [[number]] * 3
    assert [numbers(each) for each in (callers.ben, callers.zoe)] == [[], []]
    assignment.assign(number, assignee_id=world.ben.id, team_id=world.social, by=world.max, at=cast.MONDAY_NINE)
    assert numbers(callers.ben) == [number]
    assert numbers(callers.ada) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 201},
        {"sort": "x"},
        {"state": "x"},
        {"colour": "red"},
        {"cursor": "x"},
        {"cursor": "gAAAAABö"},
        {"q": "a\x00"},
    ],
)
def test_a_wrong_question_is_refused_beside_its_field(ada: Caller, query: dict[str, object]) -> None:
    answer = ada.get("/tickets", **query)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == next(iter(query))


def test_a_cursor_of_another_list_is_refused(world: cast.World, ada: Caller) -> None:
    for name in ("Lena", "Mia"):
        from_somebody(world, name)
    cursor = ada.get("/tickets", limit=1).json["next_cursor"]
    assert ada.get("/tickets", limit=1, cursor=cursor).status_code == 200
    assert ada.get("/tickets", limit=1, sort="updated", cursor=cursor).status_code == 422
    assert ada.get("/customers", cursor=cursor).status_code == 422
    assert ada.get("/tickets", limit=1, cursor=cursor[:-4] + "AAAA").status_code == 422


def test_a_ticket_tells_everything_said_and_done(world: cast.World, ada: Caller) -> None:
    enclosure = outbox.Enclosure(name="bild.jpg", type="image/jpeg", size=3, digest="ab" * 32)
    heard = cast.hear(world, html="<p>Hallo</p><script>alert(1)</script>", quoted_text="> alt", enclosures=(enclosure,))
    conversation = cast.conversation_of(heard)
    ada.post(f"/tickets/{heard.ticket_id}/notes", {"text": "Bitte zuerst"})
    ada.post(f"/tickets/{heard.ticket_id}/replies", {"conversation": conversation, "text": "Sie kommt morgen."})
    found = ada.get(f"/tickets/{heard.ticket_id}").json
    (identity,) = found["customer"]["identities"]
    assert (identity["kind"], identity["value"], identity["verified"]) == ("email", "eva@kundin.example", False)
    assert (found["number"], found["team"], found["assignee"]) == (heard.ticket_id, "Kundenservice", world.ada.email)
    assert (found["tags"], found["promises"], found["handovers"]) == ([], [], [])
    (thread,) = found["conversations"]
    assert thread["channel"] == {"id": world.channel, "kind": "email", "name": "Service"}
    question, receipt, reply = thread["messages"]
    assert (question["direction"], question["author"], question["delivery"]) == ("in", "Eva Kundin", "received")
    assert (question["html"], question["quoted_text"]) == ("<p>Hallo</p>", "> alt")
    assert question["attachments"][0] | {"id": 0} == {
        "id": 0, "name": "bild.jpg", "type": "image/jpeg", "size": 3, "sha256": "ab" * 32, "inline": False,
    }  # fmt: skip
    assert (receipt["automatic"], receipt["direction"]) == (True, "out")
    assert (reply["author"], reply["delivery"], reply["text"]) == ("Ada", "queued", "Sie kommt morgen.")
    events = [(each["kind"], each["actor"], each["text"]) for each in found["events"]]
    assert ("noted", "Ada", "Bitte zuerst") in events
    assert [kind for kind, _actor, _text in events] == ["opened", "noted", "replied"]


def test_a_joined_number_leads_to_the_other_ticket(world: cast.World, ada: Caller) -> None:
    old, new = cast.hear(world).ticket_id, cast.hear(world).ticket_id
    joining.join(old, into=new, by=world.ada, at=cast.MONDAY_NINE)
    found = ada.get(f"/tickets/{old}").json
    assert (found["number"], len(found["conversations"])) == (new, 2)
    assert "joined" in [event["kind"] for event in found["events"]]
    assert numbers(ada, state="joined") == [old]


def test_a_foreign_ticket_does_not_exist(world: cast.World, callers: Callers) -> None:
    number = cast.hear(world).ticket_id
    assert callers.ada.get(f"/tickets/{number}").status_code == 200
    for path in ("", "/clocks"):
        foreign, none = callers.zoe.get(f"/tickets/{number}{path}"), callers.zoe.get(f"/tickets/99999{path}")
        assert (foreign.status_code, none.status_code) == (404, 404)
        assert foreign.json["detail"].replace(str(number), "99999") == none.json["detail"]
