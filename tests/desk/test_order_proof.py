"""When the number of an order and a second fact prove who writes, and when they do not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.db import db
from app.desk import channels, envelopes, intake, orders
from app.models import Merge
from app.runs import comparing
from channels.contract import Contact, Handle
from tests import world as cast

pytestmark = pytest.mark.usefixtures("core")

NINE = cast.MONDAY_NINE
KATRIN = Handle(kind="email", value="katrin.vogel@web.example", name="Katrin Vogel")
PLACE = "89231 Neu-Ulm"


@pytest.fixture
def katrin(world: cast.World) -> int:
    """Katrin Vogel, who ordered, and wrote about something else."""
    orders.put("100-2314", email=KATRIN.value, name="Katrin Vogel", postcode="89231", amount_cents=12990)
    return cast.ticket(cast.hear(world, sender=KATRIN, text="Mein Gutschein geht nicht.").ticket_id).customer_id


@pytest.fixture
def page(world: cast.World) -> int:
    """The shop's Facebook page."""
    return channels.add(
        "messenger",
        name="Facebook",
        address="4711",
        settings={"app_id": "1", "api_base": "http://127.0.0.1:9"},
        secrets={"app_secret": "a", "verify_token": "b", "page_token": "c"},
        team_id=world.care,
    )


def says(page: int, *texts: str, name: str = "Katrin Vogel", **more: Any) -> int:
    """Let somebody on Facebook write, compare after each message, and return whose the ticket is then."""
    ticket = 0
    for n, text in enumerate(texts):
        at = NINE + timedelta(minutes=n + 1)
        said = Contact(
            external_id=f"m{n}",
            sender=Handle(kind="messenger", value="777", name=name, scope="4711"),
            sent_at=at,
            text=text,
            conversation_key="777",
            **more,
        )
        stored = envelopes.store(page, [envelopes.Arrival(digest=f"{n}" * 64, size=1, source="t")], at=at)
        ticket = intake.receive(said, channel_id=page, envelope_id=stored[0].id, at=at).ticket_id
        comparing.compare_new(at=at)
    return cast.ticket(ticket).customer_id


@pytest.mark.parametrize("name", ["Katrin Vogel", "Vogel, Katrin", "Katrin Anna Vogel"])
def test_the_buyers_name_the_number_and_the_postcode_prove(katrin: int, page: int, name: str) -> None:
    assert says(page, f"Bestellung 100-2314, {PLACE}.", name=name) == katrin


@pytest.mark.parametrize("name", ["Katrin Vogel", "kvogel"])
def test_the_number_and_what_was_paid_prove(katrin: int, page: int, name: str) -> None:
    assert says(page, "Bestellung 100-2314 über 129,90 €, mit 4,95 € Versand.", name=name) == katrin


def test_number_and_fact_may_come_one_after_the_other(katrin: int, page: int) -> None:
    assert says(page, "Wo ist Bestellung 100-2314?", f"Ich wohne in {PLACE}.") == katrin


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Jonas Vogel", f"Meine Frau hat Bestellung 100-2314, wir wohnen in {PLACE}."),
        ("Jonas Vogel", f"Bestellung 100-2314, {PLACE}."),
        ("Katrin Meyer", f"Bestellung 100-2314, {PLACE}."),
        ("Katrin Vogel", f"Bestellung 100-2314 einer Nachbarin in {PLACE} liegt bei mir."),
        ("kvogel", f"Bestellung 100-2314, {PLACE}."),
        ("", f"Bestellung 100-2314, {PLACE}."),
        ("Jonas Vogel", "Bestellung 100-2314 über 129,90 €."),
        ("Jonas", "Bestellung 100-2314 über 129,90 €."),
        ("", "Bestellung 100-2314 über 129,90 €."),
        ("kvogel", "Meine Schwiegermutter hat Bestellung 100-2314 über 129,90 € bekommen."),
        ("kvogel", "Meine Verlobte: Bestellung 100-2314 über 129,90 €."),
        ("kvogel", "Im Auftrag einer Mandantin: Bestellung 100-2314 über 129,90 €."),
        ("kvogel", "Bestellung 100-2314 über 129,90 €, für Oma bestellt."),
        ("Katrin Vogel", "Bestellung 100-2314, 89231 Neu-Ulm, 89232 Neu-Ulm"),
        ("Katrin Vogel", "Bestellung 100-2314: 129,90 €, 119,90 € oder 139,90 €?"),
    ],
)
def test_families_neighbours_and_guesses_prove_nothing(katrin: int, page: int, name: str, text: str) -> None:
    assert says(page, text, name=name) != katrin
    assert db.session.query(Merge).count() == 0


def test_a_guess_a_message_proves_nothing_either(katrin: int, page: int) -> None:
    guesses = [f"Bestellung 100-2314, {89225 + n} Neu-Ulm" for n in range(9)]
    assert says(page, *guesses) != katrin


def test_what_stands_in_public_proves_nothing(katrin: int, page: int) -> None:
    assert says(page, f"Bestellung 100-2314, {PLACE}.", is_public=True) != katrin


@pytest.mark.parametrize("name", ["ZahlPal", "", "Katrin", "Paketdienst Nord"])
def test_who_writes_by_mail_what_was_paid_needs_the_buyers_name(katrin: int, world: cast.World, name: str) -> None:
    assert mails(world, "Bestellung 100-2314, Betrag 129,90 €. Bitte antworten Sie bis Freitag.", name=name) != katrin
    assert db.session.query(Merge).count() == 0


def test_what_was_paid_and_the_buyers_name_prove_by_mail_too(katrin: int, world: cast.World) -> None:
    assert mails(world, "Bestellung 100-2314, Betrag 129,90 €.", name="Katrin Vogel") == katrin


def test_who_names_the_orders_of_several_buyers_is_none_of_them(katrin: int, page: int) -> None:
    orders.put("100-2315", email="otto.zahn@web.example", name="Otto Zahn", amount_cents=4995)
    assert says(page, "Bestellung 100-2315 ist da.", "Bestellung 100-2314 über 129,90 €.", name="kvogel") != katrin


def mails(world: cast.World, text: str, *, name: str) -> int:
    """Let somebody write from an address of their own, compare, and return whose the ticket is then."""
    sender = Handle(kind="email", value="service@zahlung.example", name=name)
    ticket = cast.hear(world, cast.contact(sender=sender, text=text)).ticket_id
    comparing.compare_new(at=NINE)
    return cast.ticket(ticket).customer_id
