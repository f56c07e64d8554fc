"""The telephone in the browser: the card of a ringing call, and the form of a phone note."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.desk import joining
from app.models import Call, CallOutcome, Conversation, Identity, Message, Promise, Ticket
from channels.contract import Handle
from tests import world as cast
from tests.desk import ringing
from tests.desk.ringing import EVA, Phone
from tests.fixtures.databases import Clock
from tests.web.entering import FRAGMENT, enter
from tests.world import HOUR, MONDAY_NINE

TEN = MONDAY_NINE + HOUR
OTTO = Handle(kind="email", value="otto@kunde.example", name="Otto Kunde")


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set(TEN.isoformat())
    return cast.build()


@pytest.fixture
def channel(world: cast.World) -> int:
    return ringing.install(world)


def note_form(**values: str) -> dict[str, str]:
    known = {"direction": "out", "outcome": "reached", "number": EVA, "text": "Lampe kommt.", "promise": ""}
    return {**known, **values}


def test_a_ring_shows_the_caller_and_what_they_wait_for(world: cast.World, channel: int, client: FlaskClient) -> None:
    number = cast.hear(world).ticket_id
    enter(client, world.ada).post(f"/tickets/{number}/calls", data=note_form(outcome="not_reached", text=""))
    phone = Phone(channel, at=TEN)
    call = phone.play(phone.ring())
    assert call is not None

    card = client.get(f"/calls/{call.id}").text

    assert "Eva Kundin" in card
    assert "Nummer stimmt überein, Identität nicht geprüft" in card
    assert f"/tickets/{number}/call?call={call.id}" in card
    assert "noch 3 Std." in card
    assert f"/calls/{call.id}/note" in card


def test_several_people_with_one_number_are_all_shown(world: cast.World, channel: int, client: FlaskClient) -> None:
    for kind, name in (("phone", "Eva Kundin"), ("whatsapp", "Otto Kunde")):
        cast.hear(world, sender=Handle(kind=kind, value=EVA, name=name))
    phone = Phone(channel, at=TEN)
    call = phone.play(phone.ring())
    assert call is not None

    card = enter(client, world.ada).get(f"/calls/{call.id}").text

    assert "Eva Kundin oder Otto Kunde" in card
    assert "Mehrere haben diese Nummer, Identität nicht geprüft" in card


def test_an_unknown_number_says_so(world: cast.World, channel: int, client: FlaskClient) -> None:
    phone = Phone(channel, at=TEN)
    call = phone.play(phone.ring())
    assert call is not None

    card = enter(client, world.ada).get(f"/calls/{call.id}").text

    assert "Unbekannte Nummer" in card
    assert "01515 5501001" in card


def test_who_answered_is_told_and_the_card_goes_with_the_call(
    world: cast.World, channel: int, client: FlaskClient
) -> None:
    phone = Phone(channel, at=TEN)
    call = phone.play(phone.ring(), phone.answer())
    assert call is not None
    enter(client, world.cleo)
    assert "Ada spricht" in client.get(f"/calls/{call.id}").text

    phone.play(phone.hangup())

    assert "data-call" not in client.get(f"/calls/{call.id}").text


def test_a_missed_call_stays_until_somebody_has_seen_it(world: cast.World, channel: int, client: FlaskClient) -> None:
    phone = Phone(channel, at=TEN)
    call = phone.play(phone.ring(), phone.hangup("cancel"))
    assert call is not None

    card = enter(client, world.ada).get(f"/calls/{call.id}").text

    assert "Verpasst, 10:00" in card
    assert "data-call-away" in card


def test_nobody_else_learns_who_calls(world: cast.World, channel: int, client: FlaskClient) -> None:
    phone = Phone(channel, at=TEN)
    call = phone.play(phone.ring())
    assert call is not None

    assert enter(client, world.ben).get(f"/calls/{call.id}", headers=FRAGMENT).status_code == 404
    assert "data-call" not in client.get("/calls").text


def test_a_page_that_is_opened_during_a_call_shows_it(world: cast.World, channel: int, client: FlaskClient) -> None:
    phone = Phone(channel, at=TEN)
    phone.play(phone.ring(agents=("w0",)))

    assert "data-call" in enter(client, world.ada).get("/calls").text
    assert "data-call" not in enter(client, world.cleo).get("/calls").text


def test_a_note_is_written_and_the_ticket_shown(world: cast.World, channel: int, client: FlaskClient) -> None:
    number = cast.hear(world).ticket_id

    answer = enter(client, world.ada).post(f"/tickets/{number}/calls", data=note_form())

    assert (answer.status_code, answer.location) == (303, f"/tickets/{number}?view=next")
    assert db.session.query(Call).one().outcome is CallOutcome.REACHED
    assert cast.ticket(number).due_at is None


def test_the_form_knows_the_number_and_what_is_usually_promised(
    world: cast.World, channel: int, client: FlaskClient
) -> None:
    number = cast.hear(world).ticket_id
    enter(client, world.ada).post(f"/tickets/{number}/calls", data=note_form(outcome="not_reached"))

    form = client.get(f"/tickets/{number}/call", headers=FRAGMENT).text

    assert "01515 5501001" in form
    assert "heute, 17:00 Uhr" in form
    assert "morgen, 09:00 Uhr" in form
    assert "Bestätigung an Eva Kundin, eva@kundin.example" in form


def test_a_promise_of_another_instant_is_local_time(world: cast.World, channel: int, client: FlaskClient) -> None:
    number = cast.hear(world).ticket_id

    enter(client, world.ada).post(
        f"/tickets/{number}/calls", data=note_form(promise="other", promise_other="2026-11-24T10:30")
    )

    assert db.session.query(Promise).one().due_at == MONDAY_NINE + timedelta(days=1, hours=1, minutes=30)


def test_one_key_confirms_in_writing(world: cast.World, channel: int, client: FlaskClient) -> None:
    number = cast.hear(world).ticket_id

    enter(client, world.ada).post(
        f"/tickets/{number}/calls",
        data=note_form(confirm="1", confirm_to=mail_of("eva"), promise=(TEN + 3 * HOUR).isoformat()),
    )

    mail = db.session.query(Message).filter_by(state="queued", message_class="substantive").one()
    assert "wie am Telefon besprochen:\n\nLampe kommt." in mail.text
    assert "Wir melden uns bis Mo., 23.11.2026, 13:00 Uhr." in mail.text
    assert mail.text.endswith("Ada")
    assert db.session.query(Promise).one().state == "open"


def mail_of(name: str) -> str:
    """Return the id of somebody's mail address as the form sends it."""
    found = db.session.query(Identity).filter(Identity.kind == "email", Identity.value.like(f"{name}@%")).one()
    return str(found.id)


def mails() -> list[tuple[str, str]]:
    """Return what is queued as mail: whom it goes to and what it says."""
    db.session.expire_all()
    queued = db.session.query(Message).filter_by(state="queued", message_class="substantive", kind="message")
    return [(whom(message), message.text) for message in queued.order_by(Message.id)]


def whom(message: Message) -> str:
    talk = db.session.get_one(Conversation, message.conversation_id)
    return db.session.get_one(Identity, talk.identity_id).value


@pytest.fixture
def shared(world: cast.World, channel: int) -> int:
    """A ticket of Eva's that Otto's was joined into."""
    eva = cast.hear(world).ticket_id
    otto = cast.hear(world, sender=OTTO, subject="Andere Lampe", at=MONDAY_NINE + HOUR / 2)
    joining.join(otto.ticket_id, into=eva, by=world.max, at=TEN)
    return eva


def test_on_a_shared_ticket_nobody_is_chosen_for_the_agent(world: cast.World, shared: int, client: FlaskClient) -> None:
    form = enter(client, world.ada).get(f"/tickets/{shared}/call", headers=FRAGMENT).text
    answer = client.post(f"/tickets/{shared}/calls", data=note_form(confirm="1"), headers=FRAGMENT)

    assert "Eva Kundin, eva@kundin.example" in form
    assert "Otto Kunde, otto@kunde.example" in form
    assert 'type="hidden" name="confirm_to"' not in form
    assert (answer.status_code, "Bitte wählen Sie, an wen" in answer.text) == (422, True)
    assert (mails(), db.session.query(Call).count()) == ([], 0)


def test_the_confirmation_goes_to_whoever_has_the_number_and_to_nobody_else(
    world: cast.World, shared: int, client: FlaskClient
) -> None:
    enter(client, world.ada).post(f"/tickets/{shared}/calls", data=note_form(confirm="1", confirm_to=mail_of("eva")))

    refused = client.post(
        f"/tickets/{shared}/calls",
        data=note_form(text="Evas Kontonummer", confirm="1", confirm_to=mail_of("otto")),
        headers=FRAGMENT,
    )

    assert refused.status_code == 422
    assert "otto@kunde.example" not in refused.text
    assert [address for address, _ in mails()] == ["eva@kundin.example"]


def test_whoever_calls_without_an_address_of_their_own_is_confirmed_nothing(
    world: cast.World, shared: int, client: FlaskClient
) -> None:
    cast.hear(world, sender=Handle(kind="phone", value=EVA, name="Karl Fahrer"))

    answer = enter(client, world.ada).post(
        f"/tickets/{shared}/calls", data=note_form(confirm="1", confirm_to=mail_of("otto")), headers=FRAGMENT
    )

    assert "Es ist keine E-Mail-Adresse bekannt" in answer.text
    assert mails() == []


def test_a_number_noted_on_a_shared_ticket_is_not_guessed_to_be_its_first_customer_s(
    world: cast.World, shared: int, client: FlaskClient
) -> None:
    enter(client, world.ada).post(f"/tickets/{shared}/calls", data=note_form())

    owner = db.session.query(Identity).filter_by(kind="phone").one().customer_id

    assert owner not in {each.customer_id for each in db.session.query(Identity).filter_by(kind="email")}


def test_a_confirmation_that_is_refused_leaves_one_note_however_often_it_is_tried(
    world: cast.World, channel: int, client: FlaskClient
) -> None:
    number = cast.hear(world).ticket_id
    filled = note_form(confirm="1", confirm_to=mail_of("eva"), confirmation="x" * 200_001)
    first = enter(client, world.ada).post(f"/tickets/{number}/calls", data=filled, headers=FRAGMENT)
    call = db.session.query(Call).one().id

    again = {**filled, "call": str(call), "text": "Lampe kommt morgen.", "confirmation": ""}
    client.post(f"/tickets/{number}/calls", data=again, headers=FRAGMENT)

    assert first.status_code == 422
    assert "Die Notiz ist gespeichert" in first.text
    assert f'name="call" value="{call}"' in first.text
    assert [message.text for message in ringing.told()] == ["Lampe kommt morgen."]
    assert len(mails()) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"number": "keine"}, "ist keine Telefonnummer"),
        ({"promise": "2020-01-01T00:00:00+00:00"}, "muss in der Zukunft liegen"),
        ({"promise": "other"}, "Bitte geben Sie an, bis wann"),
        ({"confirm": "1", "outcome": "voicemail"}, "Bestätigen lässt sich nur, was besprochen wurde"),
    ],
)
def test_what_does_not_fit_is_said_beside_what_was_typed(
    world: cast.World, channel: int, client: FlaskClient, changed: dict[str, str], words: str
) -> None:
    number = cast.hear(world).ticket_id

    answer = enter(client, world.ada).post(f"/tickets/{number}/calls", data=note_form(**changed), headers=FRAGMENT)

    assert answer.status_code == 422
    assert words in answer.text
    assert "Lampe kommt." in answer.text
    assert db.session.query(Call).count() == 0


def test_a_stranger_s_call_becomes_a_new_ticket(world: cast.World, channel: int, client: FlaskClient) -> None:
    phone = Phone(channel, at=TEN)
    call = phone.play(phone.ring(), phone.answer())
    assert call is not None

    answer = enter(client, world.ada).post(
        f"/calls/{call.id}/note",
        data=note_form(call=str(call.id), direction="in", beside="1"),
        headers={"HX-Request": "true"},
    )

    ticket = db.session.query(Ticket).one()
    assert answer.headers["HX-Redirect"].startswith(f"/tickets/{ticket.id}")
    assert (ticket.preview, ticket.assignee_id) == ("Lampe kommt.", world.ada.id)


def test_nobody_writes_on_a_ticket_they_may_not_see(world: cast.World, channel: int, client: FlaskClient) -> None:
    number = cast.hear(world).ticket_id

    assert enter(client, world.ben).post(f"/tickets/{number}/calls", data=note_form()).status_code == 404


@pytest.mark.parametrize("typed", ["0151 555 01001", "+49 151 55501001", "0049 151 55501001"])
def test_a_number_finds_its_matter_however_it_is_written(
    world: cast.World, channel: int, client: FlaskClient, typed: str
) -> None:
    number = cast.hear(world).ticket_id
    enter(client, world.ada).post(f"/tickets/{number}/calls", data=note_form())

    found = client.get("/search", query_string={"q": typed}).text

    assert f"/tickets/{number}" in found


def test_the_head_of_the_ticket_says_that_a_promise_is_due_first(
    world: cast.World, channel: int, client: FlaskClient
) -> None:
    number = cast.hear(world).ticket_id
    enter(client, world.ada).post(
        f"/tickets/{number}/calls", data=note_form(promise=(TEN + HOUR).isoformat(), outcome="not_reached")
    )

    page = client.get(f"/tickets/{number}").text

    assert "Zusage</span>" in page
    assert "fällig heute, 11:00 Uhr" in page
