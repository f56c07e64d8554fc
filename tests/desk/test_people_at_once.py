"""Yes and no, one person and two, a merge and its undo: said at the same instant, one of them holds and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.access import owner_of
from app.db import db
from app.desk import accepting, comparing, distinctions, joining, merging, proof_links, proofs, suggestions, unmerging
from app.errors import NotFound, Refused
from app.models import Distinction, Event, Identity, Merge, Message, ProofLink, Suggestion, SuggestionState, TicketState
from app.runs import comparing as rounds
from channels.contract import Handle
from routing.identity import Proof
from tests import world as cast
from tests.desk.crossing import Killed, crossed, killed
from tests.desk.pairs import LATER, write_twice
from tests.world import World

NINE = cast.MONDAY_NINE
SAID = {"reason": "nannte am Telefon beide Adressen"}
ANYWHERE = ["", "INSERT INTO merge", "INSERT INTO distinction", "UPDATE proof_link"]


def writes(world: World, name: str) -> int:
    """Let somebody write for the first time and return who they are."""
    sender = Handle(kind="email", value=f"{name}@web.example", name=name)
    return cast.ticket(cast.hear(world, sender=sender, text="Guten Tag.").ticket_id).customer_id


def merged(world: World, kept: int, absorbed: int) -> int:
    return merging.merge(kept, absorbed, proof=Proof.COLLEAGUE, evidence=SAID, by=world.cleo, at=NINE)


def proven(one: int, other: int) -> int | None:
    return proofs.join(one, other, proof=Proof.ORDER_AND_FACT, evidence={"order": "1"}, at=NINE)


def standing(row: type[Merge | Distinction]) -> int:
    db.session.rollback()
    found = db.session.query(row)
    return (found.filter_by(undone_at=None) if row is Merge else found).count()


@pytest.fixture
def asked(world: World) -> tuple[str, int]:
    """A link on its way to Katrin, and the ticket it asks about."""
    writes(world, "katrin")
    number = cast.hear(world, text="Wo bleibt meine Lampe?").ticket_id
    link_id = proof_links.send(number, address="katrin@web.example", by=world.ada, at=NINE)
    message = db.session.get_one(Message, db.session.get_one(ProofLink, link_id).message_id)
    return proof_links.written(message.id, message.text, base_url="").partition("/proof/")[2].split()[0], number


@pytest.mark.parametrize("before", ANYWHERE)
@pytest.mark.parametrize("first", ["yes", "no"])
def test_yes_and_no_on_one_link_leave_one_answer(core: Flask, asked: tuple[str, int], before: str, first: str) -> None:
    secret, number = asked

    def yes() -> None:
        proof_links.confirm(secret, at=NINE)

    def no() -> None:
        proof_links.deny(secret, at=NINE)

    both = crossed(core, *((yes, no) if first == "yes" else (no, yes)), before=before)

    assert [type(each.exception()) for each in both].count(NotFound) == 1
    link = db.session.query(ProofLink).populate_existing().one()
    assert (standing(Merge), standing(Distinction)) == ((1, 0) if link.is_confirmed else (0, 1))
    denied = db.session.query(Event).filter_by(kind="proof_denied", ticket_id=number).count()
    assert denied == (0 if link.is_confirmed else 1)


@pytest.mark.parametrize("before", ["", "INSERT INTO distinction"])
def test_nobody_says_two_of_whom_a_proof_has_just_made_one(core: Flask, world: World, before: str) -> None:
    one, other = writes(world, "one"), writes(world, "other")

    said, _ = crossed(
        core,
        lambda: distinctions.tell_apart(one, other, by=world.cleo, at=LATER),
        lambda: proven(one, other),
        before=before,
    )

    assert owner_of(other) == one
    assert isinstance(said.exception(), Refused) == (standing(Distinction) == 0)


@pytest.mark.parametrize("begins", ["proof", "word"])
def test_a_proof_asks_again_what_was_turned_down_as_it_came(core: Flask, world: World, begins: str) -> None:
    first, second = write_twice(world)
    one, other = cast.ticket(first).customer_id, cast.ticket(second).customer_id

    def prove() -> None:
        proven(one, other)

    def say() -> None:
        distinctions.tell_apart(one, other, by=world.cleo, at=LATER)

    crossed(core, *((prove, say) if begins == "proof" else (say, prove)), before="INSERT INTO")

    assert owner_of(other) == one
    assert {row.state for row in db.session.query(Suggestion).populate_existing()} == {SuggestionState.PENDING}


def test_a_proof_follows_a_merge_that_was_quicker(core: Flask, world: World) -> None:
    one, other, third = (writes(world, name) for name in ("one", "other", "third"))

    crossed(core, lambda: proven(one, other), lambda: merged(world, third, other))

    assert owner_of(one) == owner_of(other) == owner_of(third)


def test_a_merge_is_undone_though_its_person_goes_on_to_another_meanwhile(core: Flask, world: World) -> None:
    kept, absorbed, third = (writes(world, name) for name in ("kept", "absorbed", "third"))
    merge_id = merged(world, kept, absorbed)

    undone, onward = crossed(
        core,
        lambda: merging.undo(merge_id, by=world.cleo, at=LATER),
        lambda: merged(world, third, kept),
        before="FROM customer",
    )

    assert (undone.exception(), onward.exception()) == (None, None)
    assert (owner_of(kept), owner_of(absorbed)) == (third, absorbed)
    [address] = db.session.query(Identity).filter_by(value="absorbed@web.example")
    assert address.customer_id == absorbed


def test_two_who_undo_the_same_merge_undo_it_once(core: Flask, world: World) -> None:
    kept, absorbed = writes(world, "kept"), writes(world, "absorbed")
    merge_id = merged(world, kept, absorbed)

    def undo() -> None:
        merging.undo(merge_id, by=world.cleo, at=LATER)

    both = crossed(core, undo, undo, before="UPDATE")

    assert [type(each.exception()) for each in both].count(Refused) == 1
    assert db.session.query(Event).filter_by(kind="person_unmerged").count() == 1


def test_of_a_suggestion_one_yes_or_one_no_holds(core: Flask, world: World) -> None:
    first, second = write_twice(world)
    found = db.session.query(Suggestion).one().id

    yes, no = crossed(
        core,
        lambda: accepting.accept(second, found, by=world.cleo, at=LATER),
        lambda: suggestions.reject(found, by=world.ada, at=LATER),
    )

    assert (type(yes.exception()), no.exception()) == (Refused, None)
    assert cast.ticket(second).state is not TicketState.JOINED
    assert db.session.query(Event).filter_by(kind="joined", ticket_id=first).count() == 0


def test_a_no_outlives_the_join_of_another_matter(core: Flask, world: World) -> None:
    first, second = write_twice(world)
    third = cast.hear(world, sender=Handle(kind="email", value="max@web.example", name="Max"), text="Hallo.").ticket_id
    found = db.session.query(Suggestion).one().id

    crossed(
        core,
        lambda: joining.join(second, into=third, by=world.cleo, at=LATER),
        lambda: suggestions.reject(found, by=world.ada, at=LATER),
        before="UPDATE suggestion SET",
    )

    kinds = [row.kind for row in db.session.query(Event).filter_by(ticket_id=first)]
    state = db.session.query(Suggestion).populate_existing().one().state
    assert (state is SuggestionState.REJECTED) == ("suggestion_rejected" in kinds)


def test_what_was_turned_down_since_the_look_is_not_joined_by_itself(world: World) -> None:
    first, second = write_twice(world)
    proven(cast.ticket(first).customer_id, cast.ticket(second).customer_id)
    found = comparing.look(second, at=LATER)
    assert found.joins_into == first
    suggestions.reject(db.session.query(Suggestion).one().id, by=world.ada, at=LATER)

    rounds.act_on(found, at=LATER)

    assert cast.ticket(second).state is not TicketState.JOINED


def test_whose_merge_was_taken_back_since_the_look_is_not_joined_by_itself(world: World) -> None:
    first, second = write_twice(world)
    merge_id = proven(cast.ticket(first).customer_id, cast.ticket(second).customer_id)
    found = comparing.look(second, at=LATER)
    assert merge_id
    merging.undo(merge_id, by=world.cleo, at=LATER)

    rounds.act_on(found, at=LATER)

    assert cast.ticket(second).state is not TicketState.JOINED
    assert {row.is_proven for row in db.session.query(Suggestion).populate_existing()} == {False}


def test_of_whom_somebody_said_two_since_the_look_nothing_is_suggested(world: World) -> None:
    first = cast.hear(world, text="Wo bleibt Bestellung 100-2314? Blaue Lampe.").ticket_id
    rounds.compare_new(at=NINE)
    sender = Handle(kind="email", value="eva.k@post.example", name="Eva Kundin")
    at = NINE + timedelta(hours=1)
    words = "Ich habe Ihnen heute schon eine E-Mail geschrieben."
    second = cast.hear(world, cast.contact(sender=sender, sent_at=at, text=words), at=at).ticket_id
    found = comparing.look(second, at=at)
    assert found.likely
    pair = sorted((cast.ticket(first).customer_id, cast.ticket(second).customer_id))
    distinctions.tell_apart(*pair, by=world.cleo, at=at)

    rounds.act_on(found, at=at)
    rounds.compare_new(at=at)

    assert db.session.query(Suggestion).filter_by(state=SuggestionState.PENDING).count() == 0


def test_a_merge_is_undone_with_what_it_had_joined_or_not_at_all(world: World) -> None:
    first, second = write_twice(world)
    merge_id = proven(cast.ticket(first).customer_id, cast.ticket(second).customer_id)
    rounds.compare_new(at=LATER)
    assert cast.ticket(second).state is TicketState.JOINED
    assert merge_id

    with killed(before="UPDATE conversation SET ticket_id"), pytest.raises(Killed):
        unmerging.undo(merge_id, by=world.cleo, at=LATER)
    assert standing(Merge) == 1

    assert unmerging.undo(merge_id, by=world.cleo, at=LATER) == [second]
    assert cast.ticket(second).state is not TicketState.JOINED
