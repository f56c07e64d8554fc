"""What could not be read: seen by leads, downloaded as it came, tried again."""

from __future__ import annotations

from flask import current_app
from flask.testing import FlaskClient

from app import blobs
from app.db import db
from app.desk import envelopes
from app.models import Envelope, EnvelopeState, Event
from app.runs import intake
from tests import world as cast
from tests.web.entering import enter

RAW = b"\xff\xfe kein Kopf, kein Text"


def park(world: cast.World, content: bytes = RAW) -> int:
    digest = blobs.at(current_app.config["FADEN"].blobs_url).put(content)
    arrival = envelopes.Arrival(digest=digest, size=len(content), source="IMAP INBOX 7/42")
    stored = envelopes.store(world.channel, [arrival], at=cast.MONDAY_NINE)
    envelopes.park(stored[0].id, reason="Die Mail hat keinen Kopf.", at=cast.MONDAY_NINE)
    return stored[0].id


def state_of(envelope_id: int) -> EnvelopeState:
    db.session.expire_all()
    return db.session.get_one(Envelope, envelope_id).state


def test_a_parked_mail_stands_there_with_its_reason(world: cast.World, client: FlaskClient) -> None:
    park(world)
    page = enter(client, world.cleo).get("/parked").text
    assert "Die Mail hat keinen Kopf." in page
    assert "IMAP INBOX 7/42" in page


def test_the_original_is_saved_as_it_came(world: cast.World, client: FlaskClient) -> None:
    envelope = park(world)
    answer = enter(client, world.cleo).get(f"/parked/{envelope}/raw")
    assert answer.data == RAW
    assert answer.headers["Content-Disposition"] == f"attachment; filename=faden-{envelope}.eml"


def test_a_small_call_of_a_platform_is_saved_as_it_came(world: cast.World, client: FlaskClient) -> None:
    """It lies in its row and not in the blob store."""
    stored = envelopes.store(world.channel, [intake.arrival(b'{"object": 7}', source="Webhook")], at=cast.MONDAY_NINE)
    envelopes.park(stored[0].id, reason="Das ist nicht zu lesen.", at=cast.MONDAY_NINE)
    answer = enter(client, world.cleo).get(f"/parked/{stored[0].id}/raw")
    assert answer.data == b'{"object": 7}'
    assert answer.headers["Content-Disposition"] == f"attachment; filename=faden-{stored[0].id}.json"


def test_trying_again_gives_it_back_to_the_filing_once(world: cast.World, client: FlaskClient) -> None:
    envelope = park(world)
    enter(client, world.cleo)
    client.post(f"/parked/{envelope}/retry")
    assert state_of(envelope) is EnvelopeState.STORED
    assert "wird gleich noch einmal gelesen" in client.get("/parked").text
    client.post(f"/parked/{envelope}/retry")
    assert "Jemand war schneller" in client.get("/parked").text
    assert db.session.query(Event).filter_by(kind="unparked", actor_id=world.cleo.id).count() == 1


def test_all_can_be_tried_again_at_once(world: cast.World, client: FlaskClient) -> None:
    both = [park(world), park(world, b"noch eine")]
    enter(client, world.cleo).post("/parked/retry")
    assert [state_of(envelope) for envelope in both] == [EnvelopeState.STORED] * 2


def test_when_nothing_is_parked_the_page_says_so(world: cast.World, client: FlaskClient) -> None:
    assert "Nichts geparkt" in enter(client, world.cleo).get("/parked").text


def test_an_agent_sees_nothing_of_it(world: cast.World, client: FlaskClient) -> None:
    envelope = park(world)
    enter(client, world.ada)
    answers = [
        client.get("/parked"),
        client.get(f"/parked/{envelope}/raw"),
        client.post(f"/parked/{envelope}/retry"),
        client.post("/parked/retry"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert state_of(envelope) is EnvelopeState.PARKED
