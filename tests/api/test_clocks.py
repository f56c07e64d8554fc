"""Every obligation with its figures and its reason."""

from __future__ import annotations

from app.desk import delivery, escalation
from channels.contract import Sent
from tests import world as cast
from tests.api.conftest import Caller
from tests.fixtures.databases import Clock


def test_a_running_clock_says_why_it_is_due(world: cast.World, ada: Caller, clock: Clock) -> None:
    heard = cast.hear(world)
    clock.set("2026-11-23T10:05:00+01:00")
    found = ada.get(f"/tickets/{heard.ticket_id}/clocks").json
    (owed,) = found.pop("obligations")
    assert found == {
        "number": heard.ticket_id,
        "oldest_unanswered_since": "2026-11-23T08:00:00Z",
        "due": "2026-11-23T12:00:00Z",
        "promise": None,
        "clocks": [],
    }
    words = owed.pop("explanation")
    assert owed == {
        "id": owed["id"],
        "conversation": cast.conversation_of(heard),
        "message": heard.message_id,
        "kind": "first",
        "channel": "email",
        "at": "2026-11-23T08:00:00Z",
        "calendar": "Servicezeit",
        "policy": "E-Mail",
        "target_min": 240,
        "due": "2026-11-23T12:00:00Z",
        "breach": "2026-11-23T12:00:00Z",
        "state": "open",
        "verdict": None,
        "elapsed_min": 65.0,
        "warn50": "2026-11-23T10:00:00Z",
        "warn75": "2026-11-23T11:00:00Z",
        "warn90": "2026-11-23T11:36:00Z",
        "fired": None,
        "answered_by": None,
        "settled_at": None,
    }
    for piece in ("„E-Mail“", "4 Std.", "Servicezeit", "Mo., 23.11.2026, 09:00 Uhr", "Mo., 23.11.2026, 13:00 Uhr"):
        assert piece in words
    assert "endet mit einer inhaltlichen Antwort" in words


def test_an_answer_counts_when_it_is_accepted(world: cast.World, ada: Caller, clock: Clock) -> None:
    heard = cast.hear(world)
    path = f"/tickets/{heard.ticket_id}"
    clock.set("2026-11-23T14:00:00+01:00")
    reply = ada.post(f"{path}/replies", {"conversation": cast.conversation_of(heard), "text": "Morgen."}).json[
        "message"
    ]
    (owed,) = ada.get(f"{path}/clocks").json["obligations"]
    assert (owed["state"], owed["verdict"], owed["answered_by"]) == ("open", None, reply)
    assert f"Nachricht {reply}" in owed["explanation"]
    delivery.claim(reply, at=clock.at)
    delivery.settle(reply, Sent(external_id="x"), at=clock.at)
    clocks = ada.get(f"{path}/clocks").json
    (owed,) = clocks["obligations"]
    assert (owed["state"], owed["verdict"], owed["elapsed_min"]) == ("met", "breached", 300.0)
    assert (clocks["due"], clocks["oldest_unanswered_since"]) == (None, None)
    late = "von Ada am Mo., 23.11.2026, 14:00 Uhr: nach 5 Std. Servicezeit, 1 Std. zu spät."
    assert f"Beantwortet mit Nachricht {reply} {late}" in owed["explanation"]


def test_a_resolved_ticket_owes_nothing(world: cast.World, ada: Caller, clock: Clock) -> None:
    number = cast.hear(world).ticket_id
    clock.set("2026-11-23T10:00:00+01:00")
    ada.post(f"/tickets/{number}/resolution")
    clock.forward(hours=3)
    (owed,) = ada.get(f"/tickets/{number}/clocks").json["obligations"]
    assert (owed["state"], owed["verdict"], owed["elapsed_min"]) == ("waived", None, 60.0)
    assert "Erlassen von Ada am Mo., 23.11.2026, 10:00 Uhr, weil das Anliegen erledigt wurde." in owed["explanation"]


def test_a_breach_shows_on_the_clock_and_among_the_notifications(world: cast.World, ada: Caller, clock: Clock) -> None:
    number = cast.hear(world).ticket_id
    clock.set("2026-11-23T13:00:00+01:00")
    for obligation_id in escalation.due(at=clock.at):
        escalation.fire(obligation_id, at=clock.at)
    (owed,) = ada.get(f"/tickets/{number}/clocks").json["obligations"]
    assert owed["fired"] == "breach"
    assert "Seit Mo., 23.11.2026, 13:00 Uhr ist sie verletzt." in owed["explanation"]
    assert ada.get(f"/tickets/{number}").json["events"][-1]["kind"] == "breached"
