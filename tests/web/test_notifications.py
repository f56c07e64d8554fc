"""The bell and the page behind it: what I was told, what of it I have read, and nobody else's."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access import Person
from app.db import db, transaction
from app.desk import wishes
from app.desk.telling import tell
from app.models import Agent, Notification, Ticket, Via
from tests import world as cast
from tests.web.entering import enter


@pytest.fixture
def world(app: Flask) -> cast.World:
    return cast.build()


@pytest.fixture
def ada(app: Flask, world: cast.World) -> FlaskClient:
    return enter(app.test_client(), world.ada)


def told(world: cast.World, person: Person, *, kind: str = "breached", number: int = 0) -> int:
    """Tell a person of a ticket and return the ticket."""
    number = number or cast.hear(world).ticket_id
    with transaction() as afterwards:
        tell(
            [db.session.get_one(Agent, person.id)],
            key=f"{kind}:{number}",
            kind=kind,
            ticket=db.session.get_one(Ticket, number),
            words=lambda _language: (f"Nachricht zu {number}", "Eva wartet seit gestern."),
            at=cast.MONDAY_NINE,
            afterwards=afterwards,
        )
    return number


def unread(person: Person) -> int:
    db.session.expire_all()
    rows = select(Notification).where(
        Notification.agent_id == person.id, Notification.via == Via.INBOX, Notification.read_at.is_(None)
    )
    return len(db.session.scalars(rows).all())


def test_the_page_shows_what_one_was_told_and_nothing_of_others(world: cast.World, ada: FlaskClient) -> None:
    mine, theirs = told(world, world.ada), told(world, world.cleo)
    page = ada.get("/notifications").text
    assert f"Nachricht zu {mine}" in page
    assert f"Nachricht zu {theirs}" not in page


def test_an_empty_page_says_what_will_stand_there(world: cast.World, ada: FlaskClient) -> None:
    assert "Noch nichts zu melden" in ada.get("/notifications").text


def test_the_bell_counts_what_is_unread(world: cast.World, ada: FlaskClient) -> None:
    told(world, world.ada)
    told(world, world.ada)
    assert '<b class="count hot">2</b>' in ada.get("/notifications/bell").text


def test_following_a_word_reads_it_and_leads_to_the_ticket(world: cast.World, ada: FlaskClient) -> None:
    number = told(world, world.ada)
    (word,) = db.session.scalars(select(Notification.id).where(Notification.via == Via.INBOX))
    assert ada.get(f"/notifications/{word}").location == f"/tickets/{number}"
    assert unread(world.ada) == 0


def test_looking_at_a_ticket_reads_what_was_told_about_it(world: cast.World, ada: FlaskClient) -> None:
    number = told(world, world.ada)
    told(world, world.ada, kind="warned", number=number)
    told(world, world.ada)
    assert ada.post("/notifications/seen", data={"ticket": number}).status_code == 204
    assert unread(world.ada) == 1


def test_nobody_reads_for_somebody_else(world: cast.World, ada: FlaskClient) -> None:
    number = told(world, world.cleo)
    (word,) = db.session.scalars(select(Notification.id).where(Notification.via == Via.INBOX))
    ada.get(f"/notifications/{word}")
    ada.post("/notifications/seen", data={"ticket": number})
    ada.post("/notifications/read", data={"until": word + 10})
    assert unread(world.cleo) == 1


def test_all_are_read_at_once_but_not_what_came_meanwhile(world: cast.World, ada: FlaskClient) -> None:
    told(world, world.ada)
    newest = max(db.session.scalars(select(Notification.id)))
    told(world, world.ada)
    ada.post("/notifications/read", data={"until": newest})
    assert unread(world.ada) == 1


def test_what_was_read_by_mistake_is_unread_again(world: cast.World, ada: FlaskClient) -> None:
    told(world, world.ada)
    (word,) = db.session.scalars(select(Notification.id).where(Notification.via == Via.INBOX))
    ada.post(f"/notifications/{word}/read")
    ada.post(f"/notifications/{word}/unread")
    assert unread(world.ada) == 1


def test_mails_that_are_not_wanted_are_not_written_but_the_inbox_keeps_them(
    world: cast.World, ada: FlaskClient
) -> None:
    ada.post("/account/told", data={"mail": ["promises"], "push": []})
    told(world, world.ada)
    told(world, world.ada, kind="promise_warned")
    rows = select(Notification.kind, Notification.via).where(Notification.agent_id == world.ada.id)
    assert sorted(db.session.execute(rows)) == [
        ("breached", Via.INBOX),
        ("promise_warned", Via.INBOX),
        ("promise_warned", Via.MAIL),
    ]


def test_the_account_page_shows_what_was_chosen(world: cast.World, ada: FlaskClient) -> None:
    wishes.choose(world.ada.id, {Via.MAIL: ["promises"], Via.PUSH: []})
    page = ada.get("/account").text
    assert 'name="mail" value="promises" checked' in page
    assert 'name="mail" value="deadlines" checked' not in page
