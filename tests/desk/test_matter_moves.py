"""The clock until a matter is resolved when messages are taken out and put back, and when matters are joined in chains."""

from __future__ import annotations

from app.db import db
from app.desk import joining, priority, replies, splitting
from app.models import ClockState, TicketClock
from tests import world as cast
from tests.desk.test_matter_changes import differences
from tests.desk.test_matter_clocks import aim_for, berlin, clock, clocks, hear
from tests.world import World


def _rows() -> list[tuple[object, ...]]:
    """Every column of every clock."""
    db.session.expire_all()
    columns = [column.key for column in TicketClock.__table__.columns]
    rows = db.session.query(TicketClock).order_by(TicketClock.id)
    return [tuple(getattr(row, name) for name in columns) for row in rows]


def _thread(world: World) -> tuple[int, int, int]:
    """Return Eva's ticket and her two mails in it: one of Monday, one of Tuesday."""
    aim_for(world, resolution=960)
    lamp = hear(world, "2025-06-02 09:00")
    invoice = hear(world, "2025-06-03 09:00", again=lamp)
    return lamp.ticket_id, lamp.message_id, invoice.message_id


def test_what_is_taken_out_has_a_clock_of_its_own_from_its_first_message(world: World) -> None:
    number, _lamp, invoice = _thread(world)

    other = splitting.split([invoice], by=world.ada, at=berlin("2025-06-03 15:00"))

    assert (clock(other).opened_at, clock(other).due_at) == (berlin("2025-06-03 09:00"), berlin("2025-06-04 17:00"))
    assert clock(number).due_at == berlin("2025-06-03 17:00")
    assert differences(number) == []


def test_putting_it_back_restores_every_clock(world: World) -> None:
    number, _lamp, invoice = _thread(world)
    before = _rows()
    other = splitting.split([invoice], by=world.ada, at=berlin("2025-06-03 15:00"))
    out = cast.message(invoice).conversation_id

    splitting.unsplit(out, by=world.ada, at=berlin("2025-06-03 16:00"))

    assert _rows() == before
    assert cast.ticket(other).clocked_at is None
    assert differences(number) == []


def test_a_rest_that_only_came_because_a_message_was_taken_out_never_was(world: World) -> None:
    aim_for(world, resolution=960)
    lamp = hear(world, "2025-06-02 09:00")
    replies.reply(cast.conversation_of(lamp), text="Gern.", by=world.ada, at=berlin("2025-06-02 11:00"))
    invoice = hear(world, "2025-06-03 09:00", again=lamp)
    before = _rows()
    splitting.split([invoice.message_id], by=world.ada, at=berlin("2025-06-03 15:00"))
    assert clock(lamp.ticket_id).state is ClockState.RESTING

    out = cast.message(invoice.message_id).conversation_id
    splitting.unsplit(out, by=world.ada, at=berlin("2025-06-04 15:00"))

    assert _rows() == before
    assert differences(lamp.ticket_id) == []


def test_what_had_its_answer_asks_for_no_clock(world: World) -> None:
    number, _lamp, invoice = _thread(world)
    conversation = cast.message(invoice).conversation_id
    replies.reply(conversation, text="Gern.", by=world.ada, at=berlin("2025-06-03 10:00"))

    other = splitting.split([invoice], by=world.ada, at=berlin("2025-06-03 15:00"))

    assert clocks(other) == []
    assert differences(number) == []


def test_a_priority_that_was_raised_late_leaves_its_quarter_there_too(world: World) -> None:
    aim_for(world, resolution=960, urgent=60)
    lamp = hear(world, "2025-06-02 09:00")
    invoice = hear(world, "2025-06-03 09:00", again=lamp)
    priority.change(lamp.ticket_id, priority="urgent", by=world.ada, at=berlin("2025-06-03 12:00"))

    other = splitting.split([invoice.message_id], by=world.ada, at=berlin("2025-06-03 12:05"))

    assert clock(other).due_at == berlin("2025-06-03 12:15")
    assert differences(other) == []


def test_a_chain_of_joins_is_undone_clock_by_clock(world: World) -> None:
    aim_for(world, resolution=960)
    first, second, third = (hear(world, f"2025-06-02 {hour}:00").ticket_id for hour in ("09", "10", "11"))
    before = _rows()
    joining.join(first, into=second, by=world.ada, at=berlin("2025-06-02 12:00"))
    joining.join(second, into=third, by=world.ada, at=berlin("2025-06-02 12:05"))
    assert len(clocks(third)) == 3

    joining.unjoin(second, by=world.ada, at=berlin("2025-06-02 12:10"))
    assert sorted(row.due_at for row in clocks(second) if row.due_at) == [
        berlin("2025-06-03 17:00"),
        berlin("2025-06-04 10:00"),
    ]
    joining.unjoin(first, by=world.ada, at=berlin("2025-06-02 12:15"))

    assert _rows() == before
