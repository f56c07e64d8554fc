"""What everybody sets for themselves, and the way back in after a forgotten password."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import clock as business
from app import signin
from app.db import db
from app.desk import notices, passwords, people
from app.models import Agent, Notification
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import enter, secret_of

OLD, NEW = "ein ganzer Satz ist gut", "noch ein Satz, noch besser"
ADA = "ada@nordlicht.example"


@pytest.fixture
def world(app: Flask, clock: Clock) -> cast.World:
    clock.set(cast.MONDAY_NINE)
    world = cast.build()
    signin.set_password(world.ada.id, OLD)
    return world


def can_log_in(password: str) -> bool:
    return signin.log_in(ADA, password, address="", browser="", at=business.now()) is not None


def link_in_the_mail() -> str:
    """Return the link of the newest mail to one of us, as its recipient gets it."""
    newest = db.session.query(Notification.id).order_by(Notification.id.desc()).limit(1).scalar()
    notice = notices.claim(newest, base_url="https://support.nordlicht.example", at=business.now())
    assert notice is not None
    assert notice.outgoing.recipient.value == ADA
    found = re.search(r"https://support\.nordlicht\.example(/password/\S+)", notice.outgoing.text)
    assert found
    return found[1]


def test_a_forgotten_password_is_set_anew_through_a_link(world: cast.World, client: FlaskClient) -> None:
    answer = client.post("/password", data={"email": ADA.upper()})
    assert "ist ein Link dorthin unterwegs" in answer.text
    link = link_in_the_mail()
    assert client.get(link).status_code == 200
    assert client.post(link, data={"password": NEW}).headers["Location"] == "/login"
    assert (can_log_in(OLD), can_log_in(NEW)) == (False, True)


def test_a_link_works_once(world: cast.World, client: FlaskClient) -> None:
    client.post("/password", data={"email": ADA})
    link = link_in_the_mail()
    client.post(link, data={"password": NEW})
    again = client.post(link, data={"password": "und noch ein ganz anderer"})
    assert again.status_code == 410
    assert "Der Link gilt nicht mehr" in again.text
    assert can_log_in(NEW)


def test_a_link_works_for_an_hour(world: cast.World, client: FlaskClient, clock: Clock) -> None:
    client.post("/password", data={"email": ADA})
    link = link_in_the_mail()
    clock.forward(minutes=59)
    assert client.get(link).status_code == 200
    clock.forward(minutes=2)
    assert client.get(link).status_code == 410


def test_a_link_dies_when_the_password_changes_otherwise(world: cast.World, client: FlaskClient) -> None:
    client.post("/password", data={"email": ADA})
    link = link_in_the_mail()
    signin.set_password(world.ada.id, NEW)
    assert client.get(link).status_code == 410


def test_a_forged_link_opens_nothing(world: cast.World, client: FlaskClient) -> None:
    client.post("/password", data={"email": ADA})
    id_, issued, signature = link_in_the_mail().removeprefix("/password/").split(".")
    forged = [
        f"{world.max.id}.{issued}.{signature}",
        f"{id_}.{int(issued) + 60}.{signature}",
        f"{id_}.{issued}.{signature[:-1]}",
        f"{id_}.{issued}.",
        f"{id_}.{issued}.ü",
        "9" * 40,
        "..",
        "²." + issued + "." + signature,
    ]
    assert {token: client.get(f"/password/{token}").status_code for token in forged} == dict.fromkeys(forged, 410)


def test_the_database_never_holds_the_link(world: cast.World, client: FlaskClient) -> None:
    client.post("/password", data={"email": ADA})
    assert "/password/" not in db.session.query(Notification.text).scalar()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(world: cast.World, client: FlaskClient) -> None:
    unknown = client.post("/password", data={"email": "wer@nordlicht.example"})
    assert "ist ein Link dorthin unterwegs" in unknown.text
    assert db.session.query(Notification).count() == 0


def test_nobody_can_make_us_send_mails_without_end(world: cast.World, client: FlaskClient) -> None:
    answers = [client.post("/password", data={"email": ADA}).status_code for _attempt in range(6)]
    assert answers == [200] * 5 + [429]
    assert db.session.query(Notification).count() == 1


def test_too_short_a_password_is_refused_beside_its_field(world: cast.World, client: FlaskClient) -> None:
    client.post("/password", data={"email": ADA})
    answer = client.post(link_in_the_mail(), data={"password": "kurz"})
    assert answer.status_code == 422
    assert "mindestens 10 Zeichen" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_somebody_who_has_left_gets_no_link(world: cast.World, client: FlaskClient) -> None:
    people.deactivate(world.ada.id, by=world.max, at=cast.MONDAY_NINE)
    passwords.send_link(ADA, at=business.now())
    assert db.session.query(Notification).count() == 0


def test_a_new_password_ends_every_other_browser(world: cast.World, app: Flask, client: FlaskClient) -> None:
    other = enter(app.test_client(), world.ada)
    enter(client, world.ada)
    client.post("/account/password", data={"present": OLD, "password": NEW})
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    assert can_log_in(NEW)


def test_changing_a_password_needs_the_present_one(world: cast.World, client: FlaskClient) -> None:
    answer = enter(client, world.ada).post("/account/password", data={"present": "geraten", "password": NEW})
    assert answer.status_code == 422
    assert "Das ist nicht Ihr jetziges Kennwort." in answer.text
    assert can_log_in(OLD)


def test_a_browser_can_be_logged_out_from_another_one(world: cast.World, app: Flask, client: FlaskClient) -> None:
    other = enter(app.test_client(), world.ada)
    enter(client, world.ada)
    ends = re.findall(r"/account/sign-ins/(\d+)/end", client.get("/account").text)
    assert len(ends) == 1
    client.post(f"/account/sign-ins/{ends[0]}/end")
    assert (client.get("/account").status_code, other.get("/account").status_code) == (200, 303)


def test_nobody_can_log_out_somebody_else(world: cast.World, app: Flask, client: FlaskClient) -> None:
    bens = enter(app.test_client(), world.ben)
    theirs = signin.person_of(bens.get_cookie("faden").value, at=business.now())  # type: ignore[union-attr]
    assert theirs is not None
    enter(client, world.ada).post(f"/account/sign-ins/{theirs.sign_in_id}/end")
    assert bens.get("/account").status_code == 200


def test_all_others_can_be_logged_out_at_once(world: cast.World, client: FlaskClient) -> None:
    for _browser in range(3):
        secret_of(world.ada)
    enter(client, world.ada).post("/account/sign-ins/end")
    assert len(signin.sign_ins(world.ada.id)) == 1


def test_the_language_follows_the_person_and_the_browser(world: cast.World, client: FlaskClient) -> None:
    enter(client, world.ada).post("/language", data={"language": "en", "next": "/account"})
    assert db.session.get_one(Agent, world.ada.id).language == "en"
    assert '<html lang="en"' in client.get("/account").text
    client.delete_cookie("faden")
    assert '<html lang="en"' in client.get("/login", headers={"Accept-Language": "de"}).text


def test_without_any_wish_the_pages_are_german(client: FlaskClient) -> None:
    assert '<html lang="de"' in client.get("/login", headers={"Accept-Language": "fr"}).text


def test_a_session_is_shown_with_a_browser_one_recognises(world: cast.World, client: FlaskClient) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
    signin.log_in(ADA, OLD, address="192.0.2.7", browser=agent, at=business.now() - timedelta(hours=1))
    page = enter(client, world.ada).get("/account").text
    assert "Firefox, Linux" in page
    assert "192.0.2.7" in page
