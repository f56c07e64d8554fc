"""Common names, numbers that everybody names and texts without end cost no more than others, and hide nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from app.db import db, transaction
from app.desk import aims, comparing, marks, phone_notes, resemblance
from app.models import (
    CallOutcome,
    Conversation,
    Customer,
    Direction,
    Identity,
    Message,
    MessageClass,
    MessageState,
    Reference,
    Suggestion,
    Ticket,
)
from app.runs import comparing as runs
from channels.contract import Handle
from routing.claims import name_key
from tests import world as cast
from tests.world import HOUR, MONDAY_NINE

MANY = 500
MOST_STATEMENTS = 31
NAME = "Katrin Müller"
NOW = MONDAY_NINE + 5 * HOUR


@pytest.fixture
def shop(core: object) -> cast.World:
    return cast.build()


def crowd_of_namesakes(world: cast.World, text: str) -> None:
    """Write five hundred people of one name, each with an open ticket that says the same."""
    ids = range(1001, 1001 + MANY)
    at = {"created_at": MONDAY_NINE}
    with transaction():
        _write(Customer, [{"id": n, "name": NAME, "name_key": name_key(NAME), **at} for n in ids])
        kinds = {"kind": "email", "name": NAME, **at}
        _write(Identity, [{"id": n, "customer_id": n, "value": f"k{n}@post.example", **kinds} for n in ids])
        shown = {"preview_at": MONDAY_NINE, "updated_at": MONDAY_NINE, "compared_at": MONDAY_NINE, **at}
        _write(Ticket, [{"id": 20_000 + n, "customer_id": n, "team_id": world.care, **shown} for n in ids])
        place = {"channel_id": world.channel, **at}
        rows = [
            {"id": n, "ticket_id": 20_000 + n, "home_ticket_id": 20_000 + n, "identity_id": n, **place} for n in ids
        ]
        _write(Conversation, rows)
        said: dict[str, Any] = {
            "channel_id": world.channel,
            "direction": Direction.IN,
            "state": MessageState.RECEIVED,
            "message_class": MessageClass.CONTACT,
            "text": text,
            "sent_at": MONDAY_NINE,
            "stored_at": MONDAY_NINE,
        }
        _write(Message, [{"id": n, "conversation_id": n, "external_id": f"k{n}", **said} for n in ids])
        _write(Reference, [{"conversation_id": n, "message_id": n, "value": "NL204711"} for n in ids])


def _write(table: Any, rows: list[dict[str, Any]]) -> None:
    db.session.execute(insert(table), rows)


def write(
    world: cast.World, text: str, *, address: str = "neu@post.example", minutes: int = 0, name: str = NAME
) -> int:
    sender = Handle(kind="email", value=address, name=name)
    at = NOW + timedelta(minutes=minutes)
    return cast.hear(world, sender=sender, text=text, subject="", at=at).ticket_id


def candidates(number: int) -> list[resemblance.Candidate]:
    known = resemblance.heard(number, zone=aims.newest_hours(None).zone)
    assert known is not None
    return resemblance.candidates(db.session.get_one(Ticket, number), known, at=NOW + HOUR)


def counted(number: int) -> int:
    """Return how many statements one look takes."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        comparing.look(number, at=NOW + HOUR)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_among_five_hundred_of_one_name_the_one_who_is_meant_is_found(shop: cast.World) -> None:
    crowd_of_namesakes(shop, "Meine Lampe flackert.")
    mail = write(shop, "Mein Leinenkleid passt nicht.", address="katrin@web.example")
    runs.compare_new(at=NOW + HOUR)
    here = write(shop, "Schon zweimal geschrieben! Meine Adresse ist katrin@web.example", minutes=30)

    runs.compare_new(at=NOW + HOUR)

    assert len(candidates(here)) <= resemblance.MOST_CANDIDATES
    suggested = db.session.execute(select(Suggestion.ticket_id, Suggestion.other_id)).all()
    assert [tuple(pair) for pair in suggested] == [(here, mail)]


def test_a_number_that_everybody_names_leads_to_nobody(shop: cast.World) -> None:
    crowd_of_namesakes(shop, "Es geht um Bestellung NL-204711.")
    here = write(shop, "Bestellung NL-204711, wie im Rundschreiben.", name="Otto Kunde")

    assert candidates(here) == []


def test_a_look_takes_no_statement_for_each_of_its_candidates(shop: cast.World) -> None:
    crowd_of_namesakes(shop, "Meine Lampe flackert.")

    assert counted(write(shop, "Wann kommt meine Lampe?")) <= MOST_STATEMENTS


def test_of_a_text_of_nothing_but_numbers_only_a_few_are_kept(shop: cast.World) -> None:
    said = (f"Bestellung NL-{300_000 + n}, m{n}@post.example @name{n} 0151 {20_000_000 + n}" for n in range(20_000))
    here = write(shop, " ".join(said))

    runs.compare_new(at=NOW + HOUR)

    kept = db.session.scalars(select(Reference.value).join(Conversation).where(Conversation.ticket_id == here)).all()
    assert 0 < len(kept) <= marks.MOST
    assert db.session.get_one(Ticket, here, populate_existing=True).compared_at is not None


def test_a_call_without_words_waits_for_nothing(shop: cast.World) -> None:
    said = phone_notes.Said(number="0151 20926523", is_outgoing=False, outcome=CallOutcome.VOICEMAIL, text="")
    here = phone_notes.note(said, ticket_id=None, by=shop.ada, at=NOW).ticket_id

    runs.compare_new(at=NOW + HOUR)

    assert comparing.uncompared() == []
    assert db.session.get_one(Ticket, here, populate_existing=True).compared_at is not None
