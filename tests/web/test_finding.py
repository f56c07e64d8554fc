"""Finding people by whatever somebody has of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from app.desk import assignment, channels, envelopes, intake, orders
from app.finders.whereabouts import wanted
from app.runs import comparing
from channels.contract import Contact, Handle
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.web.entering import FRAGMENT, enter

NINE = cast.MONDAY_NINE
TODAY = date(2026, 11, 25)


@pytest.fixture
def world(app: object, clock: Clock) -> cast.World:
    clock.set((NINE + timedelta(days=2)).isoformat())
    return cast.build()


@pytest.fixture
def katrin(world: cast.World) -> int:
    """Dr. Katrin Müller-Vogel, who wrote on Monday of her order; she is @kvogel on X."""
    sender = Handle(kind="email", value="katrin.vogel@web.example", name="Dr. Katrin Müller-Vogel")
    heard = cast.contact(sender=sender, text="Wo bleibt Bestellung 100-2314?", sent_at=NINE)
    number = cast.hear(world, heard, at=NINE).ticket_id
    comparing.compare_new(at=NINE)
    orders.put("100-2314", email=sender.value, customer_reference="K-7788")
    return cast.ticket(number).customer_id


def found(client: FlaskClient, words: str) -> str:
    return client.get("/search/hits", query_string={"q": words}, headers=FRAGMENT).text


@pytest.mark.parametrize(
    "words",
    [
        "vogel",
        "Katrin",
        "mueller katrin",
        "VOGEL, K",
        "katrin.vogel@web.example",
        "katrin.vogel@",
        "100-2314",
        "1002314",
        "K-7788",
        "#10001",
        "10001",
        "23.11.2026",
        "23.11.",
        "2026-11-23",
        "vogel 23.11.",
    ],
)
def test_one_person_is_found_by(client: FlaskClient, world: cast.World, katrin: int, words: str) -> None:
    assert f'href="/customers/{katrin}"' in found(enter(client, world.ada), words)
    assert "/customers/" not in found(enter(client, world.ben), words)


@pytest.mark.parametrize("words", ["Vogler", "vogel 22.11.", "24.11.2026", "31.2.2026", "100-2315", "k"])
def test_nobody_is_found_by(client: FlaskClient, world: cast.World, katrin: int, words: str) -> None:
    assert "/customers/" not in found(enter(client, world.ada), words)


def tweeted(world: cast.World) -> int:
    """Let somebody write on X who is @kvogel there, and return the ticket."""
    account = channels.add(
        "x",
        name="X",
        address="99",
        settings={"username": "nordlicht", "api_base": "http://127.0.0.1:9"},
        secrets={"consumer_key": "a", "consumer_secret": "b", "access_token": "c", "access_secret": "d"},
        team_id=world.care,
    )
    said = Contact(
        external_id="x1",
        sender=Handle(kind="x", value="12345", name="Kati"),
        sent_at=NINE,
        text="Hallo?",
        conversation_key="x1",
        details={"username": "kvogel"},
    )
    stored = envelopes.store(account, [envelopes.Arrival(digest="a" * 64, size=1, source="t")], at=NINE)
    return intake.receive(said, channel_id=account, envelope_id=stored[0].id, at=NINE).ticket_id


@pytest.mark.parametrize("words", ["@KVogel", "@kvog"])
def test_a_name_on_a_platform_finds_its_person(client: FlaskClient, world: cast.World, words: str) -> None:
    number = tweeted(world)

    assert f'href="/customers/{cast.ticket(number).customer_id}"' in found(enter(client, world.ada), words)


def test_who_was_merged_is_found_as_who_they_are(client: FlaskClient, world: cast.World, katrin: int) -> None:
    other = cast.ticket(cast.hear(world, text="Ich bin auch Katrin.").ticket_id).customer_id
    ada = enter(client, world.ada)
    ada.post(f"/customers/{other}/merge", data={"other": katrin, "reason": "sagt sie selbst"})

    page = found(ada, "müller vogel")

    assert f'href="/customers/{other}"' in page
    assert f'href="/customers/{katrin}"' not in page


def test_a_day_without_its_year_is_the_last_such_day() -> None:
    assert wanted("Vogel 24.12.", today=TODAY).on == date(2025, 12, 24)
    assert wanted("25.11.", today=TODAY).on == TODAY
    assert wanted("29.2.", today=TODAY).on is None
    assert wanted("5.1.26 vogel", today=TODAY) == wanted("vogel 2026-01-05", today=TODAY)
    assert wanted("0151.555.01", today=TODAY).on is None


def test_whose_name_on_a_platform_somebody_gives_is_suspected(client: FlaskClient, world: cast.World) -> None:
    written = tweeted(world)
    mailed = cast.hear(world, text="Auf X heiße ich @kvogel.").ticket_id

    page = enter(client, world.ada).get(f"/customers/{cast.ticket(mailed).customer_id}").text

    assert f'href="/customers/{cast.ticket(written).customer_id}"' in page
    assert "nennt den Namen der anderen Person auf der Plattform" in page


@pytest.mark.parametrize("words", ["777-1234", "#10001", "10001"])
def test_what_stands_in_a_matter_one_may_not_see_finds_nobody(
    client: FlaskClient, world: cast.World, words: str
) -> None:
    hidden = cast.hear(world, text="Wo bleibt Bestellung 777-1234?").ticket_id
    seen = cast.hear(world, text="Haben Sie samstags offen?").ticket_id
    comparing.compare_new(at=NINE)
    assignment.assign(seen, team_id=world.social, by=world.max, at=NINE)
    assert hidden == 10001

    shown = found(enter(client, world.ben), words)

    assert "/customers/" not in shown
    assert "/tickets/" not in shown
    assert "/customers/" in found(enter(client, world.ben), "Eva Kundin")
