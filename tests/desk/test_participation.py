"""Teams beside the one that holds the ball: how they come to a matter, what they see, and how they leave it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import access
from app.access import Person
from app.db import db
from app.desk import handovers, joining, notes, participation, people, replies
from app.errors import NotFound, Refused
from app.finders import lookup
from app.finders import participation as parts
from app.models import Attachment, Conversation, Obligation, Participation, Role, Ticket
from app.signin import person_by_id
from tests import world as cast
from tests.world import HOUR, MONDAY_NINE, World

LATER = MONDAY_NINE + HOUR


def _taking_part(number: int) -> list[tuple[str, str]]:
    db.session.expire_all()
    return [(each.name, each.because) for each in parts.of(number)]


def _rows() -> list[tuple[object, ...]]:
    """Everything of every participation but its id: an undo writes rows anew."""
    db.session.expire_all()
    rows = db.session.query(Participation).all()
    found = [(r.ticket_id, r.team_id, r.home_ticket_id, r.because, r.since, r.by_id) for r in rows]
    return sorted(found, key=repr)


def _clocks() -> list[tuple[object, ...]]:
    """Every column of every obligation."""
    db.session.expire_all()
    columns = [column.key for column in Obligation.__table__.columns]
    return [tuple(getattr(o, name) for name in columns) for o in db.session.query(Obligation).order_by(Obligation.id)]


def _of_social(world: World) -> int:
    """Let a matter lie with the other team."""
    filed = cast.hear(world)
    handovers.hand_over(filed.ticket_id, to_team_id=world.social, reason="Für euch", by=world.ada, at=MONDAY_NINE)
    handovers.accept(filed.ticket_id, by=world.ben, at=MONDAY_NINE)
    participation.leave(filed.ticket_id, team_id=world.care, by=world.ben, at=MONDAY_NINE)
    return filed.ticket_id


def _sees(person: Person, number: int) -> bool:
    db.session.expire_all()
    try:
        return access.ticket(person, number).number == number
    except NotFound:
        return False


def test_a_team_that_is_asked_sees_the_matter_and_no_clock_moves(world: World) -> None:
    number, before = cast.hear(world).ticket_id, _clocks()

    participation.invite(number, team_id=world.social, by=world.ada, at=LATER)

    assert _taking_part(number) == [("Social Media", "asked")]
    assert _sees(world.ben, number)
    assert [hit.number for hit in lookup.tickets(world.ben, str(number))[0]] == [number]
    assert _clocks() == before
    assert cast.counters() == cast.counted()


def test_a_team_that_takes_part_no_longer_sees_nothing_of_it_any_more(world: World) -> None:
    filed = cast.hear(world)
    participation.invite(filed.ticket_id, team_id=world.social, by=world.ada, at=LATER)
    attachment = Attachment(message_id=filed.message_id, name="a.pdf", type="application/pdf", size=1, digest="x")
    db.session.add(attachment)
    db.session.commit()
    file_id = attachment.id
    assert access.attachment(world.ben, file_id).name == "a.pdf"

    participation.leave(filed.ticket_id, team_id=world.social, by=world.ada, at=LATER)

    assert not _sees(world.ben, filed.ticket_id)
    assert lookup.tickets(world.ben, str(filed.ticket_id))[0] == []
    for look in (
        lambda: access.message(world.ben, filed.message_id),
        lambda: access.conversation(world.ben, cast.conversation_of(filed)),
        lambda: access.attachment(world.ben, file_id),
    ):
        with pytest.raises(NotFound):
            look()
    assert cast.ticket(filed.ticket_id).is_shared is False
    assert cast.counters() == cast.counted()


def test_who_takes_part_is_not_asked_twice_nor_who_holds_the_ball(world: World) -> None:
    number = cast.hear(world).ticket_id
    participation.invite(number, team_id=world.social, by=world.ada, at=LATER)

    for team_id in (world.care, world.social):
        with pytest.raises(Refused):
            participation.invite(number, team_id=team_id, by=world.ada, at=LATER)
    with pytest.raises(Refused):
        participation.leave(number, team_id=world.returns, by=world.ada, at=LATER)


def test_who_has_handed_a_matter_over_keeps_taking_part(world: World) -> None:
    number, before = cast.hear(world).ticket_id, _clocks()
    handovers.hand_over(number, to_team_id=world.social, reason="Für euch", by=world.ada, at=MONDAY_NINE)

    handovers.accept(number, by=world.ben, at=LATER)

    assert _taking_part(number) == [("Kundenservice", "handed_over")]
    assert _sees(world.cleo, number)
    assert _clocks() == before
    assert cast.counters() == cast.counted()


def test_taking_an_acceptance_back_takes_the_participation_back(world: World) -> None:
    number = cast.hear(world).ticket_id
    handovers.hand_over(number, to_team_id=world.social, reason="Für euch", by=world.ada, at=MONDAY_NINE)
    handovers.accept(number, by=world.ben, at=LATER)

    handovers.take_back_acceptance(number, by=world.ben, at=LATER)

    assert _rows() == []
    assert cast.counters() == cast.counted()


def test_a_matter_that_comes_back_is_held_and_not_taken_part_in(world: World) -> None:
    number = cast.hear(world).ticket_id
    for team_id, giver, taker in ((world.social, world.ada, world.ben), (world.care, world.ben, world.ada)):
        handovers.hand_over(number, to_team_id=team_id, reason="Für euch", by=giver, at=LATER)
        handovers.accept(number, by=taker, at=LATER)

    assert _taking_part(number) == [("Social Media", "handed_over")]
    assert cast.counters() == cast.counted()


@pytest.mark.parametrize("what", ["answers", "notes"])
def test_whoever_answers_or_notes_from_another_team_brings_their_team(world: World, what: str) -> None:
    filed = cast.hear(world)
    number = filed.ticket_id
    mail, teams = "bea@nordlicht.example", ("Social Media",)
    bea = person_by_id(people.add_agent(mail, name="Bea", role=Role.ADMIN, teams=teams, at=MONDAY_NINE))
    assert bea is not None

    if what == "answers":
        replies.reply(cast.conversation_of(filed), text="Morgen.", by=bea, at=LATER)
    else:
        notes.note(number, text="Ich kenne sie.", by=bea, at=LATER)

    assert _taking_part(number) == [("Social Media", "answered")]
    assert cast.counters() == cast.counted()


def test_the_team_of_a_joined_ticket_takes_part_and_leaves_with_it(world: World) -> None:
    theirs, ours = _of_social(world), cast.hear(world, at=LATER).ticket_id
    rows, clocks = _rows(), _clocks()

    joining.join(theirs, into=ours, by=world.max, at=LATER)
    assert _taking_part(ours) == [("Social Media", "joined")]
    assert access.ticket(world.ben, theirs).number == ours
    joining.unjoin(theirs, by=world.max, at=LATER)

    assert _rows() == rows
    assert _clocks() == clocks
    assert not _sees(world.ben, ours)
    assert _sees(world.ben, theirs)
    assert cast.counters() == cast.counted()


def test_who_takes_part_by_itself_stays_when_a_joined_ticket_is_parted(world: World) -> None:
    theirs, ours = _of_social(world), cast.hear(world, at=LATER).ticket_id
    participation.invite(ours, team_id=world.social, by=world.ada, at=LATER)
    joining.join(theirs, into=ours, by=world.max, at=LATER)

    joining.unjoin(theirs, by=world.max, at=LATER)

    assert _taking_part(ours) == [("Social Media", "asked")]
    assert cast.counters() == cast.counted()


def test_a_chain_of_joins_lets_everybody_out_where_they_came_in(world: World) -> None:
    first, second, third = _of_social(world), cast.hear(world).ticket_id, cast.hear(world).ticket_id
    participation.invite(second, team_id=world.returns, by=world.ada, at=LATER)
    joining.join(first, into=second, by=world.max, at=LATER)
    joining.join(second, into=third, by=world.max, at=LATER)
    assert sorted(_taking_part(third)) == [("Retoure", "joined"), ("Social Media", "joined")]

    joining.unjoin(second, by=world.max, at=LATER)
    assert _taking_part(third) == []
    assert sorted(_taking_part(second)) == [("Retoure", "asked"), ("Social Media", "joined")]
    joining.unjoin(first, by=world.max, at=LATER)

    assert _taking_part(third) == []
    assert _taking_part(second) == [("Retoure", "asked")]
    assert cast.counters() == cast.counted()


def _shared() -> list[tuple[int, bool]]:
    """Of every ticket whether anybody is said to take part."""
    db.session.expire_all()
    return [(ticket.id, ticket.is_shared) for ticket in db.session.query(Ticket).order_by(Ticket.id)]


@pytest.mark.parametrize("order", ["outermost first", "innermost first", "from the middle"])
def test_a_chain_undone_in_any_order_leaves_nobody_behind(world: World, order: str) -> None:
    first = _of_social(world)
    second, third, fourth = (cast.hear(world).ticket_id for _ in range(3))
    before = _rows(), _shared()
    chain = [(first, second), (second, third), (third, fourth)]
    for ticket_id, into in chain:
        joining.join(ticket_id, into=into, by=world.max, at=LATER)

    links = {"outermost first": (third, second, first), "innermost first": (first, second, third)}
    for ticket_id in links.get(order, (second, first, third)):
        joining.unjoin(ticket_id, by=world.max, at=LATER)

    assert (_rows(), _shared()) == before


def test_taking_a_team_out_is_undone_exactly(world: World) -> None:
    theirs, ours = _of_social(world), cast.hear(world, at=LATER).ticket_id
    joining.join(theirs, into=ours, by=world.max, at=LATER)
    rows = _rows()
    participation.leave(ours, team_id=world.social, by=world.ada, at=LATER)

    participation.invite(ours, team_id=world.social, by=world.ada, at=LATER + HOUR)

    assert _rows() == rows
    assert cast.counters() == cast.counted()


def test_a_joined_ticket_takes_no_team(world: World) -> None:
    first, second = cast.hear(world).ticket_id, cast.hear(world).ticket_id
    joining.join(first, into=second, by=world.ada, at=LATER)

    with pytest.raises(Refused):
        participation.invite(first, team_id=world.social, by=world.ada, at=LATER)


def test_who_answers_for_a_team_that_takes_part_holds_nothing_once_it_is_parted(world: World) -> None:
    mine, theirs = _of_social(world), cast.hear(world).ticket_id
    joining.join(mine, into=theirs, by=world.max, at=LATER)
    (conversation,) = db.session.scalars(select(Conversation.id).where(Conversation.home_ticket_id == mine))
    replies.reply(conversation, text="Wir sind dran.", by=world.ben, at=LATER)
    assert cast.ticket(theirs).assignee_id is None

    joining.unjoin(mine, by=world.max, at=LATER)

    assert (_sees(world.ben, mine), _sees(world.ben, theirs)) == (True, False)
