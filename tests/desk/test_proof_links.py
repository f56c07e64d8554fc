"""What asking for a proof leaves behind: nothing that a deadline, a log or a list would stumble over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.access import owner_of
from app.db import db
from app.desk import distinctions, merging, orders, proof_links
from app.finders import debts
from app.models import Conversation, Message, ProofLink, TicketState
from app.runs import comparing
from channels.contract import Handle
from routing.identity import Proof
from tests import world as cast
from tests.desk.holding import differences

pytestmark = pytest.mark.usefixtures("core")

NINE = cast.MONDAY_NINE
OWNER = Handle(kind="email", value="katrin@web.example", name="Katrin Vogel")


@pytest.fixture
def asked(world: cast.World) -> tuple[int, int, str]:
    """Eva's ticket of somebody else's order, the matter the question lies under, and the question's Message-ID."""
    orders.put("100-2314", email=OWNER.value, name=OWNER.name)
    number = cast.hear(world, text="Wo bleibt Bestellung 100-2314?").ticket_id
    comparing.compare_new(at=NINE)
    link_id = proof_links.send_for_order(number, "100-2314", by=world.ada, at=NINE)
    message = db.session.get_one(Message, db.session.get_one(ProofLink, link_id).message_id)
    return number, db.session.get_one(Conversation, message.conversation_id).ticket_id, message.external_id


def test_the_question_is_in_nobodys_list_and_runs_no_clock(world: cast.World, asked: tuple[int, int, str]) -> None:
    number, own, _message_id = asked
    assert (cast.ticket(own).state, cast.ticket(own).due_at) == (TicketState.RESOLVED, None)
    assert cast.ticket(own).customer_id != cast.ticket(number).customer_id
    assert cast.counters() == cast.counted()
    assert differences(own) == differences(number) == []
    assert debts.of(number, world.ada) == []


def test_whoever_answers_the_question_by_mail_has_a_matter_of_their_own(
    world: cast.World, asked: tuple[int, int, str]
) -> None:
    number, own, message_id = asked
    at = NINE + timedelta(hours=1)
    reply = cast.contact(sender=OWNER, replies_to=(message_id,), text="Was ist das?", sent_at=at)

    assert cast.hear(world, reply, at=at).ticket_id == own

    assert cast.ticket(own).state is TicketState.OPEN
    assert cast.ticket(number).customer_id != cast.ticket(own).customer_id
    assert cast.counters() == cast.counted()
    assert differences(own) == []


@pytest.mark.parametrize("says_yes", ["yes", "no"])
def test_a_link_is_about_who_wrote_though_a_merge_was_taken_back(world: cast.World, says_yes: str) -> None:
    owner = cast.ticket(cast.hear(world, sender=OWNER, text="Mein Gutschein geht nicht.").ticket_id).customer_id
    wrote = cast.hear(world, text="Wo bleibt meine Lampe?").ticket_id
    writer = cast.ticket(wrote).customer_id
    mistaken = Handle(kind="email", value="karl@web.example", name="Karl")
    karl = cast.ticket(cast.hear(world, sender=mistaken, text="Guten Tag.").ticket_id).customer_id
    evidence = {"reason": "klang so"}
    merge_id = merging.merge(karl, writer, proof=Proof.COLLEAGUE, evidence=evidence, by=world.cleo, at=NINE)
    link_id = proof_links.send(wrote, address=OWNER.value, by=world.ada, at=NINE)
    merging.undo(merge_id, by=world.cleo, at=NINE)
    message = db.session.get_one(Message, db.session.get_one(ProofLink, link_id).message_id)
    secret = proof_links.written(message.id, message.text, base_url="").partition("/proof/")[2].split()[0]
    db.session.rollback()

    (proof_links.confirm if says_yes == "yes" else proof_links.deny)(secret, at=NINE)

    assert owner_of(karl) == karl
    if says_yes == "yes":
        assert owner_of(writer) == owner_of(owner) == owner
    else:
        assert distinctions.apart_from(owner) == {writer}
