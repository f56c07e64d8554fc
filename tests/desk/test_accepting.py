"""Whoever sees one of two matters joins what is proven and asks about the rest; nobody reads a matter by guessing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import access
from app.access import Person
from app.db import db
from app.desk import accepting, assignment, joining, merging
from app.errors import NotFound, Refused
from app.finders import debts
from app.models import Event, Notification, Suggestion, TicketState
from channels.contract import Handle
from routing.identity import Proof
from tests import world as cast
from tests.desk.pairs import LATER, OTHER, SAID, write_twice
from tests.world import World


def _pair(world: World, *, sender: Handle = OTHER) -> tuple[int, int, int]:
    """Return care's matter, the one that social holds, and what is suggested about both."""
    first, second = write_twice(world, sender=sender)
    assignment.assign(second, team_id=world.social, by=world.max, at=LATER)
    found = db.session.query(Suggestion).filter_by(ticket_id=second, other_id=first).one()
    return first, second, found.id


def _proven(world: World) -> tuple[int, int, int]:
    """The same of one certain person: two mails from one address about different things that were taken for one."""
    first, second, id_ = _pair(world)
    suggestion = db.session.get_one(Suggestion, id_)
    suggestion.is_proven = True
    cast.ticket(second).customer_id = cast.ticket(first).customer_id
    db.session.get_one(Suggestion, id_).is_proven = True
    db.session.commit()
    return first, second, id_


def _debt(ticket_id: int, person: Person) -> debts.Debt:
    db.session.expire_all()
    [found] = debts.of(ticket_id, person)
    return found


def _sees(person: Person, number: int) -> bool:
    db.session.expire_all()
    return access.sees(person, number)


def test_what_is_proven_is_joined_by_whoever_sees_one_side(world: World) -> None:
    first, second, id_ = _proven(world)

    assert accepting.accept(second, id_, by=world.ben, at=LATER) == first

    assert cast.ticket(second).state is TicketState.JOINED
    assert _sees(world.ben, first)
    assert cast.counters() == cast.counted()


def test_what_is_only_suspected_is_not_joined_blindly(world: World) -> None:
    first, second, id_ = _pair(world)

    with pytest.raises(Refused) as refused:
        accepting.accept(second, id_, by=world.ben, at=LATER)

    assert refused.value.code == "not_seen"
    assert not _debt(second, world.ben).can_join
    assert not _sees(world.ben, first)
    assert cast.ticket(second).state is TicketState.OPEN


def test_what_was_proven_once_is_not_joined_when_they_turned_out_to_be_two(world: World) -> None:
    _first, second, id_ = _pair(world)
    db.session.get_one(Suggestion, id_).is_proven = True
    db.session.commit()

    with pytest.raises(Refused):
        accepting.accept(second, id_, by=world.ben, at=LATER)
    assert not _debt(second, world.ben).can_join


def test_a_word_opens_no_matter_that_its_speaker_may_not_see(world: World) -> None:
    first, second, id_ = _pair(world)
    kept, absorbed = cast.ticket(first).customer_id, cast.ticket(second).customer_id
    said = {"reason": "kenne ich"}
    merging.merge(kept, absorbed, proof=Proof.COLLEAGUE, evidence=said, by=world.ben, at=LATER)
    db.session.get_one(Suggestion, id_).is_proven = True
    db.session.commit()

    with pytest.raises(Refused):
        accepting.accept(second, id_, by=world.ben, at=LATER)
    assert not _debt(second, world.ben).can_join
    assert not _debt(first, world.ada).can_join


def test_the_word_of_who_may_see_both_lets_the_others_join(world: World) -> None:
    first, second, id_ = _pair(world)
    kept, absorbed = cast.ticket(first).customer_id, cast.ticket(second).customer_id
    merging.merge(kept, absorbed, proof=Proof.COLLEAGUE, evidence={"reason": "ja"}, by=world.max, at=LATER)
    db.session.get_one(Suggestion, id_).is_proven = True
    db.session.commit()

    assert _debt(second, world.ben).can_join
    accepting.accept(second, id_, by=world.ben, at=LATER)

    assert cast.ticket(second).joined_into_id == first


def test_the_team_that_is_asked_says_yes_though_it_sees_only_its_own_side(world: World) -> None:
    first, second, id_ = _pair(world)
    assert not _debt(first, world.ada).can_join

    accepting.ask(second, id_, question="Gleiche Lampe?", by=world.ben, at=LATER)

    told = {row.agent_id for row in db.session.query(Notification).filter_by(kind="join_asked", ticket_id=first)}
    assert told == {world.ada.id, world.cleo.id}
    assert not _sees(world.ben, first)
    assert _debt(first, world.ada).can_join
    assert not _debt(second, world.ben).can_join
    assert accepting.accept(first, id_, by=world.ada, at=LATER) == first
    assert _sees(world.ben, first)
    assert _sees(world.ada, second)


def test_nothing_of_the_asking_side_is_told_but_who_asks_and_what(world: World) -> None:
    first, second, id_ = _pair(world)

    accepting.ask(second, id_, question="Gleiche\nLampe?", by=world.ben, at=LATER)

    event = db.session.query(Event).filter_by(kind="join_asked", ticket_id=first).one()
    assert event.details == {
        "question": "Gleiche Lampe?", "team": "Social Media", "asked": "Kundenservice", "is_ours": False
    }  # fmt: skip
    texts = [row.text + row.subject for row in db.session.query(Notification).filter_by(kind="join_asked")]
    assert all(SAID[:20] not in text and str(second) not in text for text in texts)


def test_one_asks_once_and_may_take_it_back(world: World) -> None:
    first, second, id_ = _pair(world)
    accepting.ask(second, id_, by=world.ben, at=LATER)
    with pytest.raises(Refused):
        accepting.ask(second, id_, by=world.ben, at=LATER)

    accepting.ask_no_more(second, id_, by=world.ben, at=LATER)

    assert _debt(first, world.ada).asked_at is None
    with pytest.raises(Refused):
        accepting.accept(first, id_, by=world.ada, at=LATER)
    with pytest.raises(Refused):
        accepting.ask_no_more(second, id_, by=world.ben, at=LATER)
    accepting.ask(second, id_, by=world.ben, at=LATER + timedelta(minutes=1))


def test_a_suggestion_about_other_tickets_is_none_of_this_one(world: World) -> None:
    _first, _second, id_ = _pair(world)
    third = cast.hear(world, at=LATER).ticket_id

    for verb in (accepting.accept, accepting.ask, accepting.ask_no_more):
        with pytest.raises(NotFound):
            verb(third, id_, by=world.ada, at=LATER)


def test_a_join_keeps_its_reasons_for_good(world: World) -> None:
    first, second, id_ = _pair(world)
    accepting.accept(second, id_, by=world.max, at=LATER)

    event = db.session.query(Event).filter_by(kind="joined", ticket_id=first).one()

    assert event.details["is_proven"] is False
    assert {"why": "same_reference"} in event.details["why"]
    joining.unjoin(second, by=world.max, at=LATER)
    with pytest.raises(Refused):
        accepting.accept(second, id_, by=world.max, at=LATER)
