"""Joining and parting: nothing is destroyed, numbers stay valid, clocks never change by it."""

from __future__ import annotations

import random

import pytest

from app import access
from app.db import db
from app.desk import assignment, delivery, joining, replies, status
from app.desk.promises import Given
from app.errors import NotFound, Refused
from app.finders import ticket as finder
from app.models import Conversation, Obligation, TicketState
from channels.contract import DeliveryError, DeliveryFault
from tests import world as cast
from tests.desk.holding import differences
from tests.world import HOUR, MONDAY_NINE, World


def _clocks() -> list[tuple[object, ...]]:
    """Everything about every obligation that joining must not touch."""
    db.session.expire_all()
    return [
        (o.id, o.conversation_id, o.kind, o.target_minutes, o.opened_at, o.due_at, o.breach_at, o.state, o.fired)
        for o in db.session.query(Obligation).order_by(Obligation.id)
    ]


def test_a_joined_ticket_shows_the_earliest_deadline_of_both(world: World) -> None:
    older = cast.hear(world, at=MONDAY_NINE)
    younger = cast.hear(world, at=MONDAY_NINE + HOUR)

    joining.join(older.ticket_id, into=younger.ticket_id, by=world.ada, at=MONDAY_NINE + 2 * HOUR)

    joined = cast.ticket(younger.ticket_id)
    assert joined.due_at == MONDAY_NINE + 4 * HOUR
    assert joined.oldest_unanswered_at == MONDAY_NINE
    assert cast.ticket(older.ticket_id).due_at is None


def test_the_old_number_leads_to_the_ticket_it_was_joined_into(world: World) -> None:
    first, second = cast.hear(world), cast.hear(world)

    joining.join(first.ticket_id, into=second.ticket_id, by=world.ada, at=MONDAY_NINE)

    assert access.ticket(world.ada, first.ticket_id).number == second.ticket_id
    with pytest.raises(NotFound):
        access.ticket(world.zoe, first.ticket_id)


def test_whoever_sees_the_whole_finds_it_by_the_number_of_another_team_too(world: World) -> None:
    first, second = cast.hear(world), cast.hear(world)
    assignment.assign(second.ticket_id, team_id=world.social, by=world.max, at=MONDAY_NINE)
    with pytest.raises(NotFound):
        access.ticket(world.ada, second.ticket_id)

    joining.join(second.ticket_id, into=first.ticket_id, by=None, at=MONDAY_NINE)

    assert access.ticket(world.ada, second.ticket_id).number == first.ticket_id
    assert finder.head(world.ada, second.ticket_id).number == first.ticket_id


def test_undoing_a_join_brings_back_exactly_what_was_there(world: World) -> None:
    first, second = cast.hear(world), cast.hear(world, at=MONDAY_NINE + HOUR)
    before = [(t.state, t.due_at, t.queue_at, t.subject) for t in map(cast.ticket, (first.ticket_id, second.ticket_id))]
    joining.join(first.ticket_id, into=second.ticket_id, by=world.ada, at=MONDAY_NINE + 2 * HOUR)

    joining.unjoin(first.ticket_id, by=world.ada, at=MONDAY_NINE + 2 * HOUR)

    after = [(t.state, t.due_at, t.queue_at, t.subject) for t in map(cast.ticket, (first.ticket_id, second.ticket_id))]
    assert after == before


def test_a_mail_to_a_joined_matter_arrives_on_the_ticket_it_was_joined_into(world: World) -> None:
    first, second = cast.hear(world), cast.hear(world)
    joining.join(first.ticket_id, into=second.ticket_id, by=world.ada, at=MONDAY_NINE)

    later = cast.hear(world, replies_to=(cast.message(first.message_id).external_id,), at=MONDAY_NINE + HOUR)

    assert later.ticket_id == second.ticket_id


def test_one_answer_on_a_joined_ticket_settles_what_both_customers_mails_asked(world: World) -> None:
    first, second = cast.hear(world), cast.hear(world, at=MONDAY_NINE + HOUR)
    joining.join(first.ticket_id, into=second.ticket_id, by=world.ada, at=MONDAY_NINE + HOUR)

    replies.reply(cast.conversation_of(second), text="Morgen.", by=world.ada, at=MONDAY_NINE + 2 * HOUR)

    assert cast.ticket(second.ticket_id).due_at is None


def test_an_answer_before_a_join_settles_only_its_own_ticket(world: World) -> None:
    first, second = cast.hear(world), cast.hear(world, at=MONDAY_NINE + HOUR)
    replies.reply(cast.conversation_of(first), text="Morgen.", by=world.ada, at=MONDAY_NINE + 2 * HOUR)

    joining.join(first.ticket_id, into=second.ticket_id, by=world.ada, at=MONDAY_NINE + 3 * HOUR)

    assert cast.ticket(second.ticket_id).due_at == MONDAY_NINE + 5 * HOUR


def test_a_thread_that_was_opened_here_gets_a_ticket_of_its_own_when_parted(world: World) -> None:
    first, second = cast.hear(world), cast.hear(world)
    joining.join(first.ticket_id, into=second.ticket_id, by=world.ada, at=MONDAY_NINE)

    number = joining.part(cast.conversation_of(second), by=world.ada, at=MONDAY_NINE)

    assert number not in {first.ticket_id, second.ticket_id}
    assert cast.ticket(number).state is TicketState.OPEN
    assert cast.ticket(number).due_at == MONDAY_NINE + 4 * HOUR


def test_a_ticket_with_one_thread_cannot_be_parted(world: World) -> None:
    filed = cast.hear(world)

    with pytest.raises(Refused, match="nur einen"):
        joining.part(cast.conversation_of(filed), by=world.ada, at=MONDAY_NINE)


def test_a_ticket_is_not_joined_with_itself_nor_twice(world: World) -> None:
    first, second, third = (cast.hear(world).ticket_id for _ in range(3))
    joining.join(first, into=second, by=world.ada, at=MONDAY_NINE)

    for ticket, into in ((second, second), (first, third), (third, first)):
        with pytest.raises(Refused):
            joining.join(ticket, into=into, by=world.ada, at=MONDAY_NINE)


@pytest.mark.parametrize("seed", range(4))
def test_joining_and_parting_in_any_order_never_changes_a_clock_or_a_count(world: World, seed: int) -> None:
    chance = random.Random(seed)
    numbers = [cast.hear(world, at=MONDAY_NINE + chance.randrange(8) * HOUR).ticket_id for _ in range(5)]
    before = _clocks()

    for _ in range(25):
        _step(world, chance, numbers)
        assert _clocks() == before
        assert cast.counters() == cast.counted()

    assert _dues_are_the_minimum()


def _step(world: World, chance: random.Random, numbers: list[int]) -> None:
    """Join or part at random; what is refused changes nothing."""
    try:
        if chance.random() < 0.5:
            joining.join(chance.choice(numbers), into=chance.choice(numbers), by=world.ada, at=MONDAY_NINE)
        elif chance.random() < 0.5:
            joining.unjoin(chance.choice(numbers), by=world.ada, at=MONDAY_NINE)
        else:
            conversation = chance.choice(db.session.query(Conversation.id).order_by(Conversation.id).all())
            numbers.append(joining.part(conversation.id, by=world.ada, at=MONDAY_NINE))
    except Refused:
        pass


def _dues_are_the_minimum() -> bool:
    db.session.expire_all()
    rows = db.session.query(Conversation.ticket_id, Obligation.due_at).join(
        Obligation, Obligation.conversation_id == Conversation.id
    )
    earliest: dict[int, object] = {}
    for number, due_at in sorted(rows, key=lambda row: row.due_at):
        earliest.setdefault(number, due_at)
    return all(cast.ticket(number).due_at == due_at for number, due_at in earliest.items())


def test_a_resolved_ticket_is_resolved_again_when_it_is_parted(world: World) -> None:
    first, second = cast.hear(world), cast.hear(world)
    status.resolve(first.ticket_id, by=world.ada, at=MONDAY_NINE + HOUR)
    joining.join(first.ticket_id, into=second.ticket_id, by=world.ada, at=MONDAY_NINE + 2 * HOUR)

    joining.unjoin(first.ticket_id, by=world.ada, at=MONDAY_NINE + 3 * HOUR)

    assert cast.ticket(first.ticket_id).state is TicketState.RESOLVED
    assert cast.ticket(first.ticket_id).closed_at == MONDAY_NINE + HOUR
    assert cast.counters() == cast.counted()


def test_a_chain_of_joins_can_be_undone_at_its_first_link(world: World) -> None:
    first, second, third = (cast.hear(world).ticket_id for _ in range(3))
    joining.join(first, into=second, by=world.ada, at=MONDAY_NINE)
    joining.join(second, into=third, by=world.ada, at=MONDAY_NINE)

    joining.unjoin(first, by=world.ada, at=MONDAY_NINE)

    assert cast.ticket(first).due_at == MONDAY_NINE + 4 * HOUR
    assert access.ticket(world.ada, second).number == third
    assert cast.counters() == cast.counted()


def test_a_failed_answer_is_owed_again_on_the_ticket_that_was_parted_since(world: World) -> None:
    first, second = cast.hear(world), cast.hear(world)
    joining.join(first.ticket_id, into=second.ticket_id, by=world.ada, at=MONDAY_NINE)
    answer = replies.reply(cast.conversation_of(second), text="Morgen.", by=world.ada, at=MONDAY_NINE + HOUR)
    joining.unjoin(first.ticket_id, by=world.ada, at=MONDAY_NINE + HOUR)
    delivery.claim(answer, at=MONDAY_NINE + HOUR)

    refusal = DeliveryError(DeliveryFault.REJECTED, is_permanent=True)
    delivery.fail(answer, refusal, at=MONDAY_NINE + HOUR)

    assert cast.ticket(first.ticket_id).due_at == MONDAY_NINE + 4 * HOUR
    assert cast.ticket(second.ticket_id).due_at == MONDAY_NINE + 4 * HOUR
    assert cast.counters() == cast.counted()


def test_what_is_promised_opens_the_closed_ticket_it_comes_to(world: World) -> None:
    first, second = cast.hear(world), cast.hear(world)
    until = MONDAY_NINE + 24 * HOUR
    replies.reply(cast.conversation_of(first), text="Bald.", promise=Given(due_at=until), by=world.ada, at=MONDAY_NINE)
    status.resolve(second.ticket_id, by=world.ada, at=MONDAY_NINE + HOUR)

    joining.join(first.ticket_id, into=second.ticket_id, by=world.ada, at=MONDAY_NINE + 2 * HOUR)

    target = cast.ticket(second.ticket_id)
    assert (target.closed_at, target.due_at) == (None, until)
    assert differences(second.ticket_id) == []
    assert cast.counters() == cast.counted()


def test_a_ticket_parted_again_stays_open_for_what_is_promised_there(world: World) -> None:
    first, second = cast.hear(world), cast.hear(world)
    status.resolve(first.ticket_id, by=world.ada, at=MONDAY_NINE)
    joining.join(first.ticket_id, into=second.ticket_id, by=world.ada, at=MONDAY_NINE + HOUR)
    until = Given(due_at=MONDAY_NINE + 24 * HOUR)
    replies.reply(cast.conversation_of(first), text="Bald.", promise=until, by=world.ada, at=MONDAY_NINE + 2 * HOUR)

    joining.unjoin(first.ticket_id, by=world.ada, at=MONDAY_NINE + 3 * HOUR)

    home = cast.ticket(first.ticket_id)
    assert (home.state, home.closed_at, home.due_at) == (TicketState.OPEN, None, until.due_at)
    assert differences(first.ticket_id) == []


def test_undoing_a_join_brings_back_what_had_been_joined_before(world: World) -> None:
    first, second = cast.hear(world), cast.hear(world, at=MONDAY_NINE + HOUR)
    stranger = cast.hear(world, at=MONDAY_NINE + 2 * HOUR)
    numbers = [filed.ticket_id for filed in (first, second, stranger)]
    joining.join(first.ticket_id, into=second.ticket_id, by=world.ada, at=MONDAY_NINE + 3 * HOUR)
    before = _shown(numbers)

    joining.join(second.ticket_id, into=stranger.ticket_id, by=world.ada, at=MONDAY_NINE + 3 * HOUR)
    joining.unjoin(second.ticket_id, by=world.ada, at=MONDAY_NINE + 3 * HOUR)

    assert _shown(numbers) == before
    assert access.ticket(world.ada, first.ticket_id).number == second.ticket_id
    assert differences(second.ticket_id) == []
    assert cast.counters() == cast.counted()
    joining.unjoin(first.ticket_id, by=world.ada, at=MONDAY_NINE + 3 * HOUR)
    assert cast.ticket(first.ticket_id).due_at == MONDAY_NINE + 4 * HOUR


def _shown(numbers: list[int]) -> list[tuple[object, ...]]:
    """What each ticket shows, where its number leads, and where its messages lie."""
    tickets = [cast.ticket(number) for number in numbers]
    lying = db.session.query(Conversation.id, Conversation.ticket_id).order_by(Conversation.id).all()
    shown = [(t.state, t.due_at, t.oldest_unanswered_at, t.joined_into_id, t.is_shared) for t in tickets]
    return [*shown, *map(tuple, lying)]


def test_what_was_parted_meanwhile_does_not_come_along(world: World) -> None:
    first, second, third = (cast.hear(world).ticket_id for _ in range(3))
    joining.join(first, into=second, by=world.ada, at=MONDAY_NINE)
    joining.join(second, into=third, by=world.ada, at=MONDAY_NINE)
    joining.unjoin(first, by=world.ada, at=MONDAY_NINE)
    joining.join(first, into=third, by=world.ada, at=MONDAY_NINE)

    joining.unjoin(second, by=world.ada, at=MONDAY_NINE)

    assert access.ticket(world.ada, first).number == third
    assert cast.counters() == cast.counted()


def test_an_answer_of_before_the_join_does_not_stand_for_one_that_fails_after_it(world: World) -> None:
    owing, answered = cast.hear(world, at=MONDAY_NINE), cast.hear(world, at=MONDAY_NINE)
    replies.reply(cast.conversation_of(answered), text="Morgen.", by=world.ada, at=MONDAY_NINE + HOUR)
    joining.join(answered.ticket_id, into=owing.ticket_id, by=world.ada, at=MONDAY_NINE + 2 * HOUR)
    lost = replies.reply(cast.conversation_of(owing), text="Auch morgen.", by=world.ada, at=MONDAY_NINE + 3 * HOUR)

    assert delivery.claim(lost, at=MONDAY_NINE + 3 * HOUR)
    error = DeliveryError(DeliveryFault.REJECTED, is_permanent=True, words="nein")
    delivery.fail(lost, error, at=MONDAY_NINE + 3 * HOUR)

    assert cast.ticket(owing.ticket_id).oldest_unanswered_at == MONDAY_NINE
    assert cast.ticket(owing.ticket_id).due_at == MONDAY_NINE + 4 * HOUR
    assert differences(owing.ticket_id) == []
