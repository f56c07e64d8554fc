"""Making one customer of several and several of one, in any order."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta

import pytest

from app.access import owner_of
from app.db import db
from app.desk import customers, merging
from app.errors import NotFound, Refused
from app.models import Customer, Identity, Merge, Ticket
from app.models.timeline import Event
from channels.contract import Handle
from routing.identity import Proof
from tests import world as cast
from tests.desk.holding import differences

pytestmark = pytest.mark.usefixtures("core")

NOW = cast.MONDAY_NINE
SAID = {"reason": "nannte am Telefon beide Adressen"}
NAMES = ("Katrin Vogel", "", "K. Vogel", "Kati", "Vogel, Katrin")


@pytest.fixture
def people(world: cast.World) -> list[int]:
    """Five people who wrote once each; of one nobody knows the name, two belong to a group of the shop's."""
    found = [writes(world, n, name) for n, name in enumerate(NAMES)]
    customers.put_into(found[1], group="stamm", by=world.max, at=NOW)
    customers.put_into(found[3], group="vip", by=world.max, at=NOW)
    return found


def writes(world: cast.World, n: int, name: str, *, at: object = NOW) -> int:
    sender = Handle(kind="email", value=f"kv{n}@web.example", name=name)
    return cast.ticket(cast.hear(world, cast.contact(sender=sender, sent_at=at), at=at).ticket_id).customer_id  # type: ignore[arg-type]


def one_of(world: cast.World, kept: int, absorbed: int, *taken: str, minutes: int = 0) -> int:
    at = NOW + timedelta(minutes=minutes)
    return merging.merge(kept, absorbed, proof=Proof.COLLEAGUE, evidence=SAID, taken=taken, by=world.cleo, at=at)


def standing() -> dict[str, dict[object, object]]:
    """Return whose every address and ticket is, what is said of everybody, and every deadline."""
    db.session.expire_all()
    return {
        "identities": {row.value: row.customer_id for row in db.session.query(Identity)},
        "tickets": {row.id: row.customer_id for row in db.session.query(Ticket)},
        "said": {row.id: (row.name, row.name_key, row.language, row.group) for row in db.session.query(Customer)},
        "due": {row.id: row.due_at for row in db.session.query(Ticket)},
    }


def would_be_called(customer_id: int, field: str, own: Mapping[int, str]) -> str:
    """Fold the merges that stand, in the order in which they were made; the second way of reckoning."""
    said = own[customer_id]
    for merge in db.session.query(Merge).filter_by(kept_id=customer_id, undone_at=None).order_by(Merge.id):
        other = would_be_called(merge.absorbed_id, field, own)
        if other and (field in merge.moved["taken"] or not said):
            said = other
    return said


@pytest.mark.parametrize("seed", range(4))
def test_any_merges_undone_in_any_order_leave_everybody_as_they_were(
    world: cast.World, people: list[int], seed: int
) -> None:
    chance = random.Random(seed)
    before = standing()
    own = {field: {row.id: getattr(row, field) for row in db.session.query(Customer)} for field in merging.FIELDS}
    made: list[int] = []
    for minutes in range(1, 15):
        whole = sorted({owner_of(each) for each in people})
        if made and (len(whole) < 2 or chance.random() < 0.4):
            merging.undo(made.pop(chance.randrange(len(made))), by=world.cleo, at=NOW + timedelta(minutes=minutes))
        else:
            taken = [field for field in merging.FIELDS if chance.random() < 0.5]
            kept, absorbed = chance.sample(whole, 2)
            made.append(one_of(world, kept, absorbed, *taken, minutes=minutes))
        if chance.random() < 0.4:
            n = chance.randrange(len(people))
            writes(world, n, NAMES[n], at=NOW + timedelta(minutes=minutes, seconds=30))
        for field in merging.FIELDS:
            now = {row.id: getattr(row, field) for row in db.session.query(Customer).populate_existing()}
            assert now == {id_: would_be_called(id_, field, own[field]) for id_ in now}
    while made:
        merging.undo(made.pop(chance.randrange(len(made))), by=world.cleo, at=NOW + timedelta(minutes=20))

    after = standing()
    assert (after["identities"], after["said"]) == (before["identities"], before["said"])
    assert {id_: after["tickets"][id_] for id_ in before["tickets"]} == before["tickets"]
    writers = {f"kv{n}@web.example": customer_id for n, customer_id in enumerate(people)}
    for ticket in db.session.query(Ticket).filter(Ticket.id.not_in(before["tickets"])):
        address = db.session.scalars(db.select(Identity.value).where(Identity.customer_id == ticket.customer_id)).one()
        assert writers[address] == ticket.customer_id
    assert {id_: after["due"][id_] for id_ in before["due"]} == before["due"]


def test_a_matter_that_came_meanwhile_goes_with_the_address_it_came_by(world: cast.World, people: list[int]) -> None:
    merge_id = one_of(world, people[0], people[2])
    since = NOW + timedelta(minutes=5)
    sender = Handle(kind="email", value="kv2@web.example", name="K. Vogel")
    ticket = cast.hear(world, cast.contact(sender=sender, sent_at=since), at=since).ticket_id
    assert cast.ticket(ticket).customer_id == people[0]

    merging.undo(merge_id, by=world.cleo, at=since)

    assert cast.ticket(ticket).customer_id == people[2]


def test_who_was_given_back_is_not_taken_along_by_a_later_merge(world: cast.World, people: list[int]) -> None:
    first = one_of(world, people[0], people[2])
    second = one_of(world, people[4], people[0])
    merging.undo(first, by=world.cleo, at=NOW)
    one_of(world, people[4], people[2])

    merging.undo(second, by=world.cleo, at=NOW)

    found = standing()["identities"]
    assert (found["kv0@web.example"], found["kv2@web.example"]) == (people[0], people[4])


def test_what_is_open_follows_the_group_and_comes_back(world: cast.World, people: list[int]) -> None:
    from app.desk import aims, rulebook

    rulebook.write_policy(
        None,
        name="VIP",
        route="email",
        calendar_id=aims.newest_hours(None).calendar_id,
        customer_group="vip",
        targets={"first": {"normal": 30}, "next": {"normal": 60}},
        at=NOW,
    )
    sender = Handle(kind="email", value="kv0@web.example", name="Katrin Vogel")
    at = NOW + timedelta(minutes=1)
    number = cast.hear(world, cast.contact(sender=sender, sent_at=at), at=at).ticket_id
    due = cast.ticket(number).due_at

    merge_id = one_of(world, people[3], people[0], minutes=2)
    tightened = cast.ticket(number).due_at
    assert due is not None
    assert tightened is not None
    assert tightened < due

    assert differences(number) == []
    merging.undo(merge_id, by=world.cleo, at=NOW + timedelta(minutes=3))
    assert cast.ticket(number).due_at == due
    assert differences(number) == [], "the log tells the same deadlines"
    kinds = [row.kind for row in db.session.query(Event).filter_by(ticket_id=number).order_by(Event.id)]
    assert kinds[-4:] == ["person_merged", "grouped", "person_unmerged", "grouped"]


def test_a_colleague_says_why(world: cast.World, people: list[int]) -> None:
    with pytest.raises(Refused) as refused:
        merging.merge(people[0], people[1], proof=Proof.COLLEAGUE, evidence={"reason": " "}, by=world.cleo, at=NOW)
    assert refused.value.field == "reason"


def test_nobody_is_merged_with_nobody(world: cast.World, people: list[int]) -> None:
    with pytest.raises(NotFound):
        one_of(world, people[0], 999_999)
    with pytest.raises(Refused):
        one_of(world, people[0], people[0])
