"""„Wer ist das?“: who somebody is, why we think so, and making one person of two."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.desk import assignment, merging, orders
from app.models import Customer, Distinction, Merge
from app.runs import comparing
from channels.contract import Handle
from routing.identity import Proof
from tests import world as cast
from tests.desk.pairs import LATER, OTHER, SAID, write_twice
from tests.fixtures.databases import Clock
from tests.web.entering import FRAGMENT, enter


@pytest.fixture
def world(app: object, clock: Clock) -> cast.World:
    clock.set((LATER + timedelta(minutes=1)).isoformat())
    return cast.build()


@pytest.fixture
def pair(world: cast.World) -> tuple[int, int]:
    """The tickets of Eva's mail and of one from another address of hers, about the same order."""
    return write_twice(world)


def owner(number: int) -> int:
    return cast.ticket(number).customer_id


def page(client: FlaskClient, customer: int) -> str:
    answer = client.get(f"/customers/{customer}")
    assert answer.status_code == 200
    return answer.text


def merge(client: FlaskClient, kept: int, other: int, **chosen: str) -> int:
    form = {"other": other, "reason": "rief an und nannte beide Adressen", **chosen}
    return client.post(f"/customers/{kept}/merge", data=form).status_code


def test_the_page_tells_addresses_with_their_evidence_and_matters(ada: FlaskClient, pair: tuple[int, int]) -> None:
    shown = page(ada, owner(pair[0]))

    assert "eva@kundin.example" in shown
    assert "Hat uns von hier geschrieben" in shown
    assert "nicht bestätigt" in shown
    assert f"/tickets/{pair[0]}" in shown
    assert f'href="/customers/{owner(pair[0])}"' in ada.get(f"/tickets/{pair[0]}").text


def test_who_may_be_the_same_is_told_with_the_reasons(ada: FlaskClient, pair: tuple[int, int]) -> None:
    shown = page(ada, owner(pair[1])).partition("Vielleicht dieselbe Person")[2]

    assert "vermutet" in shown
    assert "gleiche Bestell- oder Sendungsnummer" in shown
    assert "gleicher Name" in shown


def test_a_name_alone_is_only_maybe(ada: FlaskClient, world: cast.World) -> None:
    one = owner(cast.hear(world, text="Guten Tag, haben Sie samstags offen?").ticket_id)
    sender = Handle(kind="email", value="other@post.example", name="Eva Kundin")
    cast.hear(world, cast.contact(sender=sender, text="Mein Gutschein geht nicht."))

    shown = page(ada, one).partition("Vielleicht dieselbe Person")[2].partition("</section>")[0]

    assert "vielleicht verwandt" in shown
    assert "vermutet" not in shown


def test_a_person_one_may_not_see_does_not_exist(client: FlaskClient, world: cast.World, pair: tuple[int, int]) -> None:
    ben = enter(client, world.ben)

    assert ben.get(f"/customers/{owner(pair[0])}").status_code == 404
    assert ben.get("/customers/999999").status_code == 404
    assert ben.post(f"/customers/{owner(pair[0])}/merge", data={"other": owner(pair[1])}).status_code == 404


def test_of_matters_of_other_teams_only_the_number_is_told(
    client: FlaskClient, world: cast.World, pair: tuple[int, int]
) -> None:
    customer = owner(pair[0])
    text = "Die grüne Vase ist zerbrochen."
    hidden = cast.hear(world, cast.contact(subject="Grüne Vase", text=text)).ticket_id
    assignment.assign(hidden, team_id=world.social, by=world.max, at=LATER)

    shown = page(enter(client, world.ada), customer)

    assert "Ein weiteres Anliegen liegt bei einem anderen Team." in shown
    assert "Vase" not in shown


def test_two_are_merged_field_by_field_and_undone(ada: FlaskClient, world: cast.World, pair: tuple[int, int]) -> None:
    kept, other = owner(pair[0]), owner(pair[1])
    from app.db import db, transaction

    with transaction():
        db.session.get_one(Customer, other).name = "Eva Maria Kundin"
    form = ada.get(f"/customers/{kept}/merge?other={other}", headers=FRAGMENT).text
    assert "Eva Maria Kundin" in form

    assert merge(ada, kept, other, name="other") == 303

    shown = page(ada, kept)
    assert "eva.k@post.example" in shown
    assert "Ada steht dafür ein: rief an und nannte beide Adressen" in shown
    assert owner(pair[1]) == kept
    assert db.session.get_one(Customer, kept).name == "Eva Maria Kundin"

    assert ada.post(f"/customers/{kept}/merge/undo", data={"other": other}).status_code == 303
    assert owner(pair[1]) == other
    assert db.session.get_one(Customer, kept).name == "Eva Kundin"
    assert "rückgängig gemacht" in page(ada, kept)


def test_a_merge_wants_its_reason_and_keeps_what_was_chosen(ada: FlaskClient, pair: tuple[int, int]) -> None:
    kept, other = owner(pair[0]), owner(pair[1])

    answer = ada.post(f"/customers/{kept}/merge", data={"other": other, "reason": " "}, headers=FRAGMENT)

    assert answer.status_code == 422
    assert "Bitte sagen Sie in einer Zeile, woran Sie das erkennen." in answer.text
    assert answer.headers["HX-Retarget"] == "#sheet"


def test_a_merge_is_undone_from_the_history_long_after(
    ada: FlaskClient, world: cast.World, pair: tuple[int, int], clock: Clock
) -> None:
    kept, other = owner(pair[0]), owner(pair[1])
    merge(ada, kept, other)
    clock.set((LATER + timedelta(days=20)).isoformat())

    path = re.search(rf'action="(/customers/{kept}/merges/\d+/undo)"', page(ada, kept))
    assert path is not None
    assert ada.post(path[1]).status_code == 303

    assert owner(pair[1]) == other
    assert ada.post(path[1], headers={"HX-Request": "true"}).status_code in {404, 409}


def test_an_absorbed_customers_page_leads_to_the_kept_one(ada: FlaskClient, pair: tuple[int, int]) -> None:
    kept, other = owner(pair[0]), owner(pair[1])
    merge(ada, kept, other)

    answer = ada.get(f"/customers/{other}")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/customers/{kept}")


def test_two_people_are_remembered_and_asked_about_again(ada: FlaskClient, pair: tuple[int, int]) -> None:
    one, other = owner(pair[0]), owner(pair[1])

    assert ada.post(f"/customers/{one}/distinctions", data={"other": other}).status_code == 303
    told = page(ada, one)
    assert "Vielleicht dieselbe Person" not in told
    assert "nicht dieselbe wie Eva Kundin, sagt Ada" in told
    assert 'class="debt"' not in ada.get(f"/tickets/{pair[1]}").text

    assert ada.post(f"/customers/{one}/distinctions/undo", data={"other": other}).status_code == 303
    assert "Vielleicht dieselbe Person" in page(ada, one)
    assert 'class="debt"' in ada.get(f"/tickets/{pair[1]}").text


def test_two_people_are_not_suggested_again_but_a_proof_joins_them(
    ada: FlaskClient, world: cast.World, pair: tuple[int, int]
) -> None:
    from app.db import db

    one, other = owner(pair[0]), owner(pair[1])
    ada.post(f"/customers/{one}/distinctions", data={"other": other})
    orders.put("100-2314", email="eva@kundin.example", postcode="89231")
    at = LATER + timedelta(minutes=5)
    cast.hear(world, cast.contact(sender=OTHER, text=f"{SAID} Noch jemand da?", sent_at=at), at=at)
    comparing.compare_new(at=at)
    assert "Vielleicht dieselbe Person" not in page(ada, one)

    text = "Bestellung 100-2314, ich wohne in 89231 Neu-Ulm."
    cast.hear(world, cast.contact(sender=OTHER, text=text, sent_at=at), at=at)
    comparing.compare_new(at=at)

    assert owner(pair[1]) == one
    assert [row.proof for row in db.session.query(Merge)] == [Proof.ORDER_AND_FACT]
    assert db.session.query(Distinction).count() == 1


def test_the_other_person_is_found_by_words(ada: FlaskClient, pair: tuple[int, int]) -> None:
    one, other = owner(pair[0]), owner(pair[1])

    shown = ada.get(f"/customers/{one}/merge/hits", query_string={"q": "kundin eva"}, headers=FRAGMENT).text

    assert f"/customers/{one}/merge?other={other}" in shown
    assert f"other={one}" not in shown


def test_nobody_is_merged_with_themselves(ada: FlaskClient, pair: tuple[int, int]) -> None:
    one = owner(pair[0])
    assert ada.get(f"/customers/{one}/merge?other={one}").status_code == 404


def test_orders_by_their_address_are_told(ada: FlaskClient, pair: tuple[int, int]) -> None:
    orders.put("100-2314", email="eva@kundin.example", customer_reference="K-77")

    shown = page(ada, owner(pair[0]))

    assert "100-2314" in shown
    assert "Kundennr. K-77" in shown


def test_a_colleagues_word_stays_with_the_merge(world: cast.World, pair: tuple[int, int]) -> None:
    from app.db import db

    evidence = {"reason": "  am   Telefon "}
    merging.merge(owner(pair[0]), owner(pair[1]), proof=Proof.COLLEAGUE, evidence=evidence, by=world.cleo, at=LATER)
    assert [row.evidence for row in db.session.query(Merge)] == [{"reason": "am Telefon"}]


def test_a_name_one_may_not_see_again_is_left_out_of_the_history(
    client: FlaskClient, world: cast.World, pair: tuple[int, int]
) -> None:
    kept, other = owner(pair[0]), owner(pair[1])
    sender = Handle(kind="email", value="secret@post.example", name="Sibylle Geheim")
    hidden = cast.hear(world, cast.contact(sender=sender, text="Guten Tag.")).ticket_id
    stranger = owner(hidden)
    assignment.assign(hidden, team_id=world.social, by=world.max, at=LATER)
    evidence = {"reason": "rief an"}
    merge_id = merging.merge(kept, stranger, proof=Proof.COLLEAGUE, evidence=evidence, by=world.max, at=LATER)
    merging.undo(merge_id, by=world.max, at=LATER)
    ada = enter(client, world.ada)
    ada.post(f"/customers/{kept}/distinctions", data={"other": other})

    told = page(ada, kept)

    assert "Sibylle" not in told
    assert "dieselbe wie eine andere Person" in told
    assert "nicht dieselbe wie Eva Kundin" in told
