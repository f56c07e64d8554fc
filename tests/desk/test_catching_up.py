"""An answer that came back was never sent: what it had answered follows what changed on the ticket meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.desk import aims, joining, priority, replies, rulebook, tags
from tests import world as cast
from tests.desk.holding import MINUTE, differences, fail
from tests.world import HOUR, MONDAY_NINE, World

ANSWERED_AT = MONDAY_NINE + 30 * MINUTE


@pytest.fixture
def shop(world: World) -> World:
    """A shop with an answer within four hours, urgent within one, and for who is important within two."""
    for tag, minutes in ((None, 240), ("vip", 120)):
        rulebook.write_policy(
            None,
            name=f"E-Mail {tag}",
            route="email",
            tag=tag,
            position=0,
            calendar_id=aims.newest_hours(None).calendar_id,
            targets={kind: {"normal": minutes, "urgent": 60} for kind in ("first", "next")},
            valid_from=aims.BEGINNING + timedelta(seconds=1),
            at=MONDAY_NINE,
        )
    return world


def _due(number: int) -> datetime:
    return cast.obligations(number)[0].due_at


def test_a_priority_that_was_raised_meanwhile_holds_from_its_own_instant(shop: World) -> None:
    filed = cast.hear(shop, at=MONDAY_NINE)
    answer = replies.reply(cast.conversation_of(filed), text="Morgen.", by=shop.ada, at=ANSWERED_AT)
    priority.change(filed.ticket_id, priority="urgent", by=shop.ada, at=MONDAY_NINE + 50 * MINUTE)

    fail(answer, at=MONDAY_NINE + 2 * HOUR)

    # Fifty minutes were gone: a quarter of the hour was left then.
    assert _due(filed.ticket_id) == MONDAY_NINE + 65 * MINUTE
    assert differences(filed.ticket_id) == []


def test_raised_and_lowered_again_it_has_its_old_deadline(shop: World) -> None:
    filed = cast.hear(shop, at=MONDAY_NINE)
    answer = replies.reply(cast.conversation_of(filed), text="Morgen.", by=shop.ada, at=ANSWERED_AT)
    for hours, level in ((1, "urgent"), (2, "normal")):
        priority.change(filed.ticket_id, priority=level, by=shop.ada, at=MONDAY_NINE + hours * HOUR)

    fail(answer, at=MONDAY_NINE + 3 * HOUR)

    assert _due(filed.ticket_id) == MONDAY_NINE + 4 * HOUR
    assert differences(filed.ticket_id) == []


def test_a_tag_that_was_given_meanwhile_brings_its_policy(shop: World) -> None:
    filed = cast.hear(shop, at=MONDAY_NINE)
    answer = replies.reply(cast.conversation_of(filed), text="Morgen.", by=shop.ada, at=ANSWERED_AT)
    tags.add(filed.ticket_id, name="vip", by=shop.ada, at=MONDAY_NINE + HOUR)

    fail(answer, at=MONDAY_NINE + 90 * MINUTE)

    assert _due(filed.ticket_id) == MONDAY_NINE + 2 * HOUR
    assert differences(filed.ticket_id) == []


def test_what_changed_before_a_join_counts_too(shop: World) -> None:
    filed, other = cast.hear(shop, at=MONDAY_NINE), cast.hear(shop, at=MONDAY_NINE)
    answer = replies.reply(cast.conversation_of(filed), text="Morgen.", by=shop.ada, at=ANSWERED_AT)
    priority.change(filed.ticket_id, priority="urgent", by=shop.ada, at=ANSWERED_AT + MINUTE)
    joining.join(filed.ticket_id, into=other.ticket_id, by=shop.ada, at=ANSWERED_AT + 2 * MINUTE)

    fail(answer, at=MONDAY_NINE + 2 * HOUR)

    assert _due(other.ticket_id) == MONDAY_NINE + HOUR
    assert differences(other.ticket_id) == []


def test_what_was_answered_before_the_change_keeps_its_target(shop: World) -> None:
    filed = cast.hear(shop, at=MONDAY_NINE)
    talk = cast.conversation_of(filed)
    lost, kept = (replies.reply(talk, text="Ja.", by=shop.ada, at=ANSWERED_AT + n * MINUTE) for n in range(2))
    priority.change(filed.ticket_id, priority="urgent", by=shop.ada, at=MONDAY_NINE + HOUR)

    fail(lost, at=MONDAY_NINE + 2 * HOUR)

    assert (_due(filed.ticket_id), cast.obligations(filed.ticket_id)[0].answered_by_id) == (
        MONDAY_NINE + 4 * HOUR,
        kept,
    )
    assert differences(filed.ticket_id) == []


@pytest.mark.parametrize("level", ["urgent", "normal"])
def test_a_late_first_answer_has_followed_what_changed_since(world: World, level: str) -> None:
    first = cast.hear(world, at=MONDAY_NINE)
    answer = replies.reply(cast.conversation_of(first), text="Morgen.", by=world.ada, at=ANSWERED_AT)
    again = cast.message(first.message_id).external_id
    cast.hear(world, replies_to=(again,), at=MONDAY_NINE + HOUR)
    priority.change(first.ticket_id, priority="urgent", by=world.ada, at=MONDAY_NINE + 3 * HOUR)
    if level == "normal":
        priority.change(first.ticket_id, priority=level, by=world.ada, at=MONDAY_NINE + 3 * HOUR + MINUTE)

    fail(answer, at=MONDAY_NINE + 3 * HOUR + 5 * MINUTE)

    # Two hours were gone when it was raised: a quarter of the hour was left then.
    due = {"urgent": MONDAY_NINE + HOUR + 135 * MINUTE, "normal": MONDAY_NINE + 5 * HOUR}
    late = cast.obligations(first.ticket_id)[1]
    assert (late.kind, late.due_at) == ("first", due[level])
    assert differences(first.ticket_id) == []
