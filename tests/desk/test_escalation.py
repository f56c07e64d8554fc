"""The ladder: each rung once, a late tick only the highest, never on what was answered."""

from __future__ import annotations

from app.db import db
from app.desk import delivery, escalation, replies, status
from app.models import Event, Notification
from channels.contract import Sent
from tests import world as cast
from tests.world import HOUR, MONDAY_NINE, World


def _tick(hours: float) -> list[str]:
    at = MONDAY_NINE + hours * HOUR
    return [escalation.fire(id_, at=at) for id_ in escalation.due(at=at)]


def _told() -> list[tuple[str, int]]:
    db.session.expire_all()
    return [
        (n.kind, n.agent_id) for n in db.session.query(Notification).filter_by(via="mail").order_by(Notification.id)
    ]


def test_nothing_fires_before_three_quarters_are_used(world: World) -> None:
    cast.hear(world)

    assert _tick(2.9) == []


def test_the_lead_is_warned_once_and_told_of_the_breach_once(world: World) -> None:
    cast.hear(world)

    assert [_tick(hours) for hours in (3, 3.5, 4, 4.5, 100)] == [["75"], [], ["breach"], [], []]

    assert _told() == [("warned", world.cleo.id), ("breached", world.cleo.id)]


def test_a_late_tick_fires_only_the_highest_rung(world: World) -> None:
    cast.hear(world)

    assert _tick(30) == ["breach"]

    assert _told() == [("breached", world.cleo.id)]


def test_an_accepted_answer_ends_the_ladder(world: World) -> None:
    filed = cast.hear(world)
    message_id = replies.reply(cast.conversation_of(filed), text="Morgen.", by=world.ada, at=MONDAY_NINE + HOUR)
    delivery.claim(message_id, at=MONDAY_NINE + HOUR)
    delivery.settle(message_id, Sent(external_id="x"), at=MONDAY_NINE + HOUR)

    assert _tick(30) == []


def test_an_answer_that_is_stuck_in_the_outbox_still_escalates(world: World) -> None:
    filed = cast.hear(world)
    replies.reply(cast.conversation_of(filed), text="Morgen.", by=world.ada, at=MONDAY_NINE + HOUR)

    assert _tick(5) == ["breach"]


def test_a_resolved_ticket_does_not_escalate(world: World) -> None:
    filed = cast.hear(world)
    status.resolve(filed.ticket_id, by=world.ada, at=MONDAY_NINE)

    assert _tick(30) == []


def test_the_breach_stands_on_the_timeline(world: World) -> None:
    filed = cast.hear(world)

    _tick(5)

    kinds = [e.kind for e in db.session.query(Event).filter_by(ticket_id=filed.ticket_id).order_by(Event.id)]
    assert kinds == ["opened", "breached"]


def test_two_ticks_at_once_fire_a_rung_once(world: World) -> None:
    cast.hear(world)
    at = MONDAY_NINE + 5 * HOUR
    (due,) = escalation.due(at=at)

    assert [escalation.fire(due, at=at) for _ in range(2)] == ["breach", ""]


def test_nobody_is_told_what_had_passed_before_a_late_mail_was_heard(world: World) -> None:
    late = cast.hear(world, cast.contact(sent_at=MONDAY_NINE), at=MONDAY_NINE + 50 * HOUR)

    assert _tick(60) == []

    assert _told() == []
    assert cast.ticket(late.ticket_id).due_at == MONDAY_NINE + 4 * HOUR


def test_a_mail_that_hung_for_some_hours_still_escalates(world: World) -> None:
    cast.hear(world, cast.contact(sent_at=MONDAY_NINE), at=MONDAY_NINE + 6 * HOUR)

    assert _tick(7) == ["breach"]
