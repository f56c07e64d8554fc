"""Asking the owner of an address whether they wrote: the mail, the page behind the link, and what it proves."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.desk import delivery, orders, proof_links
from app.models import Distinction, Identity, Merge, Message, Notification, ProofLink, TicketState
from app.runs import comparing
from channels.contract import Handle
from tests import world as cast
from tests.fixtures.databases import Clock

LATER = cast.MONDAY_NINE + timedelta(hours=1)
ASKED = LATER + timedelta(minutes=1)
OTHER = Handle(kind="email", value="eva.k@post.example", name="Eva K. Kundin")
TEXT = "Wo bleibt Bestellung 100-2314, die blaue Lampe aus dem Herbstkatalog?"
BASE = "https://hilfe.nordlicht.example"


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set(ASKED.isoformat())
    return cast.build()


@pytest.fixture
def pair(world: cast.World) -> tuple[int, int]:
    """Eva's ticket, and a younger one of somebody who wrote of the same order."""
    first = cast.hear(world, text=TEXT).ticket_id
    second = cast.hear(world, cast.contact(sender=OTHER, sent_at=LATER, text=TEXT), at=LATER).ticket_id
    comparing.compare_new(at=LATER)
    return first, second


def ask(client: FlaskClient, number: int) -> int:
    """Press the button in the banner and return the id of the message that went out."""
    page = client.get(f"/tickets/{number}").text
    path = re.search(rf'action="(/tickets/{number}/suggestions/\d+/proof)', page)
    assert path is not None
    assert client.post(path[1]).status_code == 303
    return db.session.scalars(db.select(ProofLink.message_id).order_by(ProofLink.id.desc()).limit(1)).one() or 0


def link_in(message_id: int) -> str:
    """Return the path behind the link, as the mail that leaves has it."""
    parcel = delivery.claim(message_id, at=ASKED)
    assert parcel is not None
    text = proof_links.written(message_id, parcel.outgoing.text, base_url=BASE)
    found = re.search(rf"{BASE}(/proof/\S+)", text)
    assert found is not None
    return found[1]


def test_the_mail_goes_to_the_known_address_and_tells_nothing(ada: FlaskClient, pair: tuple[int, int]) -> None:
    before = cast.ticket(pair[0]).due_at

    message = cast.message(ask(ada, pair[1]))

    assert db.session.scalars(db.select(Identity.value).where(Identity.customer_id == 1)).one() == "eva@kundin.example"
    assert message.is_automatic
    assert message.conversation_id == 1
    assert "100-2314" not in message.text
    assert "Kundin" not in message.text
    assert "/proof/" not in message.text
    assert cast.ticket(pair[0]).due_at == before
    told = ada.get(f"/tickets/{pair[1]}").text
    assert "Bestätigungslink gesendet:" in told
    assert "e…@kundin.example" in told


def test_yes_makes_one_person_and_one_matter(ada: FlaskClient, app: Flask, pair: tuple[int, int]) -> None:
    path = link_in(ask(ada, pair[1]))
    stranger = app.test_client()

    shown = stranger.get(path)
    assert shown.status_code == 200
    assert "Eva" not in shown.text
    assert "100-2314" not in shown.text
    assert db.session.query(Merge).count() == 0, "a scanner that looks behind the link proves nothing"

    assert "Wir bearbeiten jetzt beides zusammen." in stranger.post(path, data={"answer": "yes"}).text
    comparing.compare_new(at=ASKED)

    merge = db.session.query(Merge).one()
    assert merge.proof == "one_click"
    assert cast.ticket(pair[1]).customer_id == cast.ticket(pair[0]).customer_id
    assert cast.ticket(pair[1]).state is TicketState.JOINED
    owned = db.session.scalars(db.select(Identity).where(Identity.value == "eva@kundin.example")).one()
    assert (owned.is_verified, owned.evidence) == (True, "one_click")


def test_taking_the_merge_back_parts_what_it_had_joined(ada: FlaskClient, app: Flask, pair: tuple[int, int]) -> None:
    before = {number: (cast.ticket(number).customer_id, cast.ticket(number).due_at) for number in pair}
    app.test_client().post(link_in(ask(ada, pair[1])), data={"answer": "yes"})
    comparing.compare_new(at=ASKED)
    assert cast.ticket(pair[1]).joined_into_id == pair[0]
    merge_id, kept_id = db.session.execute(db.select(Merge.id, Merge.kept_id)).one()

    assert ada.post(f"/customers/{kept_id}/merges/{merge_id}/undo").status_code == 303
    comparing.compare_new(at=ASKED)

    assert cast.ticket(pair[1]).joined_into_id is None
    after = {number: (cast.ticket(number).customer_id, cast.ticket(number).due_at) for number in pair}
    assert after == before


def test_no_is_remembered_and_told_to_whoever_answers(ada: FlaskClient, app: Flask, pair: tuple[int, int]) -> None:
    path = link_in(ask(ada, pair[1]))

    assert "Wir sagen niemandem etwas über Sie." in app.test_client().post(path, data={"answer": "no"}).text

    assert db.session.query(Merge).count() == 0
    assert db.session.query(Distinction).one().by_id is None
    told = db.session.query(Notification).filter_by(kind="proof_denied").all()
    assert {each.ticket_id for each in told} == {pair[1]}
    assert "Nicht dieselbe Person:" in ada.get(f"/tickets/{pair[1]}").text


def test_a_link_answers_once_and_for_a_week(ada: FlaskClient, app: Flask, pair: tuple[int, int], clock: Clock) -> None:
    path = link_in(ask(ada, pair[1]))
    stranger = app.test_client()
    assert stranger.get("/proof/forged").status_code == 410
    clock.set((ASKED + timedelta(days=7, minutes=1)).isoformat())
    assert stranger.get(path).status_code == 410
    assert stranger.post(path, data={"answer": "yes"}).status_code == 410
    clock.set((ASKED + timedelta(days=6)).isoformat())
    assert stranger.post(path, data={"answer": "yes"}).status_code == 200
    assert stranger.post(path, data={"answer": "no"}).status_code == 410
    assert db.session.query(Distinction).count() == 0


def test_nobody_is_asked_twice_at_once(ada: FlaskClient, pair: tuple[int, int]) -> None:
    ask(ada, pair[1])
    page = ada.get(f"/tickets/{pair[1]}").text
    path = re.search(r'action="(/tickets/\d+/suggestions/\d+/proof)', page)
    assert path is not None
    assert ada.post(path[1]).status_code == 422
    assert db.session.query(ProofLink).count() == 1


def test_the_address_of_an_order_is_asked_though_nobody_has_written_from_it(
    ada: FlaskClient, app: Flask, pair: tuple[int, int]
) -> None:
    orders.put("100-2314", email="katrin@web.example", name="Katrin Vogel", postcode="89231")
    customer = cast.ticket(pair[1]).customer_id
    assert "Bestätigungslink an die Adresse der Bestellung" in ada.get(f"/customers/{customer}").text

    assert ada.post(f"/customers/{customer}/proof", data={"order": "100-2314"}).status_code == 303
    message_id = db.session.scalars(db.select(ProofLink.message_id)).one()
    assert message_id is not None
    own = cast.ticket(db.session.get_one(Message, message_id).conversation_id + 10_000)
    assert own.state is TicketState.RESOLVED
    app.test_client().post(link_in(message_id), data={"answer": "yes"})

    owner = db.session.scalars(db.select(Identity).where(Identity.value == "katrin@web.example")).one()
    assert cast.ticket(pair[1]).customer_id == owner.customer_id


def test_a_form_without_its_token_answers_nothing(ada: FlaskClient, app: Flask, pair: tuple[int, int]) -> None:
    path = link_in(ask(ada, pair[1]))
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert app.test_client().post(path, data={"answer": "yes"}).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert db.session.query(Merge).count() == 0
