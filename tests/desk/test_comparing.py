"""The same person's mail and chat message, before and after it is proven who she is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.db import db
from app.desk import channels, envelopes, errands, fetched, intake, merging, orders, suggestions
from app.desk.comparing import look
from app.errors import Refused
from app.finders import debts
from app.models import Customer, Errand, ErrandKind, Identity, Merge, Suggestion, Ticket, TicketState
from app.runs import comparing
from channels.contract import Contact, Handle
from routing.identity import Proof
from tests import world as cast

pytestmark = pytest.mark.usefixtures("core")

TUESDAY_NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 25, 9, 2, tzinfo=UTC)
KATRIN = Handle(kind="email", value="katrin.vogel@web.example", name="Katrin Vogel")
COMPLAINT = "Ich habe Ihrem Kundenservice gestern früh eine E-Mail wegen eines Umtauschs geschrieben, keine Antwort!"
DETAILS = "Meine Bestellnummer ist 100-2314, ich wohne in 89231 Neu-Ulm."
SAID = {"reason": "rief an und nannte beide Adressen"}
EXCHANGE = "Guten Tag, ich möchte das Leinenkleid umtauschen. Meine Bestellnummer ist 100-2314. Katrin Vogel"


@pytest.fixture
def page(world: cast.World) -> int:
    """The shop's Messenger page, which Ben's team answers."""
    return channels.add(
        "messenger",
        name="Facebook",
        address="4711",
        settings={"app_id": "1", "api_base": "http://127.0.0.1:9"},
        secrets={"app_secret": "a", "verify_token": "b", "page_token": "c"},
        team_id=world.social,
    )


def mail(world: cast.World, text: str = EXCHANGE, *, sender: Handle = KATRIN, at: datetime = TUESDAY_NINE) -> int:
    return cast.hear(world, cast.contact(sender=sender, text=text, subject="Umtausch", sent_at=at), at=at).ticket_id


def chat(page: int, text: str = COMPLAINT, *, at: datetime = WEDNESDAY, name: str = "Katrin Vogel") -> int:
    said = Contact(
        external_id=f"m_{text[:20]}{at:%H%M%S}",
        sender=Handle(kind="messenger", value=f"77{len(name)}", name=name, scope="4711"),
        sent_at=at,
        text=text,
        conversation_key=f"77{len(name)}",
    )
    stored = envelopes.store(
        page, [envelopes.Arrival(digest=f"{said.external_id:0<64}"[:64], size=1, source="t")], at=at
    )
    return intake.receive(said, channel_id=page, envelope_id=stored[0].id, at=at).ticket_id


def pending() -> list[tuple[int, int]]:
    db.session.expire_all()
    return [(row.ticket_id, row.other_id) for row in db.session.query(Suggestion) if row.answered_at is None]


def test_the_mail_of_yesterday_is_told_to_whoever_opens_the_chat(world: cast.World, page: int) -> None:
    owed = mail(world)
    mail(
        world,
        "Mein Gutschein geht nicht.",
        sender=Handle(kind="email", value="kv@post.example", name="Katrin Vogel"),
        at=TUESDAY_NINE + timedelta(hours=6),
    )
    here = chat(page)

    comparing.compare_new(at=WEDNESDAY + timedelta(minutes=15))

    (debt,) = debts.of(here, world.ben)
    assert (debt.number, debt.team, debt.unanswered_since) == (owed, "Kundenservice", TUESDAY_NINE)
    assert not debt.is_proven
    assert not debt.is_visible
    assert {"says_so", "fits_in_time", "same_name"} <= {reason["why"] for reason in debt.reasons}
    assert all("Leinenkleid" not in str(reason["words"]) for reason in debt.reasons)
    assert cast.ticket(here).state is TicketState.OPEN
    (back,) = debts.of(owed, world.ada)
    assert back.number == here
    assert not any(reason["words"] for reason in back.reasons)


def test_a_name_that_is_fetched_while_nobody_knew_it_is_compared_with(world: cast.World, page: int) -> None:
    owed = mail(world)
    comparing.compare_new(at=TUESDAY_NINE)
    number = chat(page, name="")
    without_name = look(number, at=WEDNESDAY)
    task = errands.claim(db.session.query(Errand).filter_by(kind=ErrandKind.PROFILE).one().id, at=WEDNESDAY)
    assert task
    assert task.handle
    fetched.named(task, replace(task.handle, name="Katrin Vogel"), at=WEDNESDAY)

    comparing.act_on(without_name, at=WEDNESDAY)
    comparing.compare_new(at=WEDNESDAY)

    assert pending() == [(number, owed)]


def test_order_number_and_postcode_prove_her_and_it_is_one_matter(world: cast.World, page: int) -> None:
    orders.put("100-2314", email="Katrin.Vogel@web.example", postcode="89231")
    owed = mail(world)
    here = chat(page)
    comparing.compare_new(at=WEDNESDAY + timedelta(minutes=15))
    assert chat(page, DETAILS, at=WEDNESDAY + timedelta(minutes=5)) == here

    comparing.compare_new(at=WEDNESDAY + timedelta(minutes=15))

    joined = cast.ticket(here)
    assert (joined.state, joined.joined_into_id) == (TicketState.JOINED, owed)
    assert cast.ticket(owed).oldest_unanswered_at == TUESDAY_NINE
    (merge,) = db.session.query(Merge)
    assert (merge.proof, merge.evidence) == ("order_and_fact", {"order": "100-2314"})
    assert pending() == []


@pytest.mark.parametrize(("number", "is_told"), [("1002314", True), ("4711882", False)])
def test_a_bare_number_counts_where_we_know_the_order(
    world: cast.World,
    page: int,
    number: str,
    is_told: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    orders.put("100-2314", email="somebody@web.example", postcode="89231")
    mail(world, f"Ich warte noch immer auf die Decke, {number} war das.")
    chat(page, f"Die Decke? {number} ist es.", name="Kvogel")

    comparing.compare_new(at=WEDNESDAY + timedelta(minutes=15))

    assert bool(pending()) is is_told


def test_an_order_number_alone_proves_nothing(world: cast.World, page: int) -> None:
    orders.put("100-2314", email="katrin.vogel@web.example", postcode="89231")
    owed = mail(world)
    here = chat(page, "Wo bleibt Bestellung 100-2314? Ich habe Ihnen gestern eine Mail geschickt.")

    comparing.compare_new(at=WEDNESDAY + timedelta(minutes=15))

    assert db.session.query(Merge).count() == 0
    assert pending() == [(here, owed)]


def test_a_namesake_with_another_matter_is_left_alone(world: cast.World, page: int) -> None:
    mail(world, "Mein Gutschein geht nicht.")
    chat(page, "Hallo, wann öffnen Sie am Samstag?")

    comparing.compare_new(at=WEDNESDAY + timedelta(minutes=15))

    assert pending() == []


def test_what_was_turned_down_is_not_suggested_again(world: cast.World, page: int) -> None:
    mail(world)
    here = chat(page)
    comparing.compare_new(at=WEDNESDAY + timedelta(minutes=15))
    (suggestion_id,) = db.session.scalars(select(Suggestion.id))
    suggestions.reject(suggestion_id, by=world.cleo, at=WEDNESDAY)
    chat(page, COMPLAINT + " Hallo?", at=WEDNESDAY + timedelta(minutes=9))

    comparing.compare_new(at=WEDNESDAY + timedelta(minutes=15))

    assert pending() == []
    assert debts.of(here, world.ben) == []
    with pytest.raises(Refused):
        suggestions.reject(suggestion_id, by=world.cleo, at=WEDNESDAY)


def test_a_suggestion_nobody_answers_ends_after_three_months(world: cast.World, page: int) -> None:
    mail(world)
    chat(page)
    comparing.compare_new(at=WEDNESDAY + timedelta(minutes=15))

    assert suggestions.expire(at=WEDNESDAY + timedelta(days=89)) == 0
    assert suggestions.expire(at=WEDNESDAY + timedelta(days=91)) == 1


def owners() -> dict[str, object]:
    """Return whose every address and ticket is, and how everybody is called."""
    db.session.expire_all()
    return {
        "identities": {row.value: row.customer_id for row in db.session.query(Identity)},
        "tickets": {row.id: row.customer_id for row in db.session.query(Ticket)},
        "names": {row.id: (row.name, row.name_key, row.language, row.group) for row in db.session.query(Customer)},
    }


def test_undoing_a_merge_restores_both_people_exactly(world: cast.World, page: int) -> None:
    by_mail, by_chat = cast.ticket(mail(world)).customer_id, cast.ticket(chat(page, name="K. Vogel")).customer_id
    before = owners()
    merge_id = merging.merge(
        by_mail, by_chat, proof=Proof.COLLEAGUE, evidence=SAID, taken=["name"], by=world.cleo, at=WEDNESDAY
    )
    assert owners() != before

    merging.undo(merge_id, by=world.cleo, at=WEDNESDAY)

    assert owners() == before
    with pytest.raises(Refused):
        merging.undo(merge_id, by=world.cleo, at=WEDNESDAY)


@pytest.mark.parametrize("first", [0, 1])
def test_merges_of_merges_are_undone_in_any_order(world: cast.World, page: int, first: int) -> None:
    people = [
        cast.ticket(mail(world)).customer_id,
        cast.ticket(chat(page, name="K. Vogel")).customer_id,
        cast.ticket(chat(page, name="Kathrin Vogel", at=WEDNESDAY + timedelta(minutes=1))).customer_id,
    ]
    before = owners()
    one = merging.merge(people[0], people[1], proof=Proof.COLLEAGUE, evidence=SAID, by=world.cleo, at=WEDNESDAY)
    other = merging.merge(people[2], people[0], proof=Proof.COLLEAGUE, evidence=SAID, by=world.cleo, at=WEDNESDAY)

    for merge_id in ((one, other), (other, one))[first]:
        merging.undo(merge_id, by=world.cleo, at=WEDNESDAY)

    assert owners() == before


def test_who_was_absorbed_cannot_be_merged_again(world: cast.World, page: int) -> None:
    one, other = cast.ticket(mail(world)).customer_id, cast.ticket(chat(page)).customer_id
    merging.merge(one, other, proof=Proof.COLLEAGUE, evidence=SAID, by=world.cleo, at=WEDNESDAY)

    with pytest.raises(Refused):
        merging.merge(other, one, proof=Proof.COLLEAGUE, evidence=SAID, by=world.cleo, at=WEDNESDAY)
