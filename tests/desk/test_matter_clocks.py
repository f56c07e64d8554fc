"""The clocks of a whole matter run while it is our turn; times are Berlin local, targets R1 to R3 and U1 of the design."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select

from app.db import db
from app.desk import aims, delivery, joining, promises, replies, rulebook, status, waiting
from app.desk.intake import Filed
from app.errors import Refused
from app.models import ClockKind, ClockState, MessageClass, TicketClock
from channels.contract import DeliveryError, DeliveryFault, Sent
from tests import world as cast

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YEAR = datetime(2025, 1, 2, 8, tzinfo=UTC)


def berlin(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=BERLIN).astimezone(UTC)


def aim_for(
    world: cast.World,
    *,
    resolution: int | None = None,
    update: int | None = None,
    urgent: int | None = None,
    counts_third: bool = True,
) -> int:
    """Let mails be answered in Bavarian service hours, with targets for the whole matter."""
    calendar = rulebook.write_calendar(
        None,
        name="Betreuung",
        time_zone="Europe/Berlin",
        weekly_hours={day: [["09:00", "17:00"]] for day in cast.WEEKDAYS},
        region="DE-BY",
        at=NEW_YEAR,
    )
    more = {name: {"normal": minutes} for name, minutes in (("resolution", resolution), ("update", update)) if minutes}
    if urgent:
        more["resolution"]["urgent"] = urgent
    rulebook.write_policy(
        None,
        name="Betreuung",
        route="email",
        team_id=world.care,
        calendar_id=calendar,
        targets={"first": {"normal": 240}, "next": {"normal": 480}, **more},
        counts_third=counts_third,
        valid_from=aims.BEGINNING,
        at=NEW_YEAR,
    )
    return calendar


def hear(world: cast.World, written: str, *, again: Filed | None = None) -> Filed:
    """Let Eva write; `again` is the mail she answers."""
    replies_to = (cast.message(again.message_id).external_id,) if again else ()
    return cast.hear(world, at=berlin(written), replies_to=replies_to)


def answer(world: cast.World, filed: Filed, written: str, *, is_delivered: bool = True) -> int:
    at = berlin(written)
    message_id = replies.reply(cast.conversation_of(filed), text="Gern.", by=world.ada, at=at)
    if is_delivered:
        delivery.claim(message_id, at=at)
        delivery.settle(message_id, Sent(external_id=f"out-{message_id}"), at=at)
    return message_id


def hold(world: cast.World, filed: Filed, written: str, *, until: str) -> int:
    given = promises.Given(due_at=berlin(until))
    where, by = cast.conversation_of(filed), world.ada
    kind = MessageClass.HOLDING
    return replies.reply(where, text="Wir sind dran.", message_class=kind, promise=given, by=by, at=berlin(written))


def clocks(number: int, kind: ClockKind = ClockKind.RESOLUTION) -> list[TicketClock]:
    db.session.expire_all()
    rows = select(TicketClock).where(TicketClock.ticket_id == number, TicketClock.kind == kind).order_by(TicketClock.id)
    return list(db.session.scalars(rows))


def clock(number: int, kind: ClockKind = ClockKind.RESOLUTION) -> TicketClock:
    return clocks(number, kind)[-1]


@pytest.mark.parametrize(
    ("within", "opened", "answered", "back", "due"),
    [
        pytest.param(
            960, "2025-06-02 09:00", "2025-06-02 12:00", "2025-06-04 10:30", "2025-06-05 15:30", id="R1 180 were used"
        ),
        pytest.param(
            480, "2025-06-05 15:00", "2025-06-05 16:00", "2025-06-07 11:00", "2025-06-10 16:00", id="R2 on a Saturday"
        ),
        pytest.param(
            480, "2025-10-24 15:00", "2025-10-24 16:30", "2025-10-26 01:30", "2025-10-27 15:30", id="R3 clocks change"
        ),
    ],
)
def test_the_customer_s_time_does_not_count(
    world: cast.World, within: int, opened: str, answered: str, back: str, due: str
) -> None:
    aim_for(world, resolution=within)
    filed = hear(world, opened)
    answer(world, filed, answered)
    resting = clock(filed.ticket_id)
    assert (resting.state, resting.due_at, resting.rung_at) == (ClockState.RESTING, None, None)
    hear(world, back, again=filed)
    running = clock(filed.ticket_id)
    assert (running.state, running.due_at) == (ClockState.RUNNING, berlin(due))
    assert running.rung_at is not None
    assert running.rung_at <= berlin(due)


def test_a_holding_reply_asks_for_the_next_update(world: cast.World) -> None:
    aim_for(world, resolution=4800, update=480)
    filed = hear(world, "2025-06-03 09:00")
    hold(world, filed, "2025-06-03 10:12", until="2025-06-06 12:00")
    assert clock(filed.ticket_id, ClockKind.UPDATE).due_at == berlin("2025-06-04 10:12")
    hold(world, filed, "2025-06-05 16:30", until="2025-06-10 12:00")
    late, running = clocks(filed.ticket_id, ClockKind.UPDATE)
    assert (late.state, late.verdict) == (ClockState.MET, "breached")
    assert (running.state, running.due_at) == (ClockState.RUNNING, berlin("2025-06-06 16:30"))


def test_nobody_waits_for_an_update_while_the_customer_is_to_act(world: cast.World) -> None:
    aim_for(world, update=480)
    filed = hear(world, "2025-06-03 09:00")
    answer(world, filed, "2025-06-03 10:00")
    assert clock(filed.ticket_id, ClockKind.UPDATE).state is ClockState.RESTING
    hear(world, "2025-06-12 09:00", again=filed)
    assert clock(filed.ticket_id, ClockKind.UPDATE).due_at == berlin("2025-06-12 17:00")


@pytest.mark.parametrize(("counts", "due"), [(True, "2025-06-03 17:00"), (False, "2025-06-04 11:00")])
def test_a_carrier_s_time_counts_if_the_policy_says_so(world: cast.World, counts: bool, due: str) -> None:  # noqa: FBT001
    aim_for(world, resolution=960, counts_third=counts)
    filed = hear(world, "2025-06-02 09:00")
    waiting.wait_for(filed.ticket_id, "DHL", by=world.ada, at=berlin("2025-06-02 15:00"))
    waiting.no_more(filed.ticket_id, by=world.ada, at=berlin("2025-06-03 09:00"))
    assert clock(filed.ticket_id).due_at == berlin(due)


def test_waiting_for_a_carrier_leaves_the_customer_s_deadline_alone(world: cast.World) -> None:
    aim_for(world, resolution=960, counts_third=False)
    filed = hear(world, "2025-06-02 09:00")
    before = cast.ticket(filed.ticket_id).due_at
    assert waiting.wait_for(filed.ticket_id, " DHL  Paket ", by=world.ada, at=berlin("2025-06-02 10:00"))
    ticket = cast.ticket(filed.ticket_id)
    assert (ticket.due_at, ticket.waits_for, ticket.waits_since) == (before, "DHL Paket", berlin("2025-06-02 10:00"))
    assert clock(filed.ticket_id).state is ClockState.RESTING
    hear(world, "2025-06-02 11:00", again=filed)
    assert cast.ticket(filed.ticket_id).waits_for == "DHL Paket"
    assert clock(filed.ticket_id).state is ClockState.RUNNING
    assert not waiting.wait_for(filed.ticket_id, "DHL Paket", by=world.ada, at=berlin("2025-06-02 12:00"))


def test_waiting_wants_a_name_and_an_open_ticket(world: cast.World) -> None:
    number = hear(world, "2025-06-02 09:00").ticket_id
    with pytest.raises(Refused):
        waiting.wait_for(number, "  ", by=world.ada, at=berlin("2025-06-02 10:00"))
    status.resolve(number, by=world.ada, at=berlin("2025-06-02 11:00"))
    with pytest.raises(Refused):
        waiting.wait_for(number, "DHL", by=world.ada, at=berlin("2025-06-02 12:00"))
    assert not waiting.no_more(number, by=world.ada, at=berlin("2025-06-02 12:00"))


def test_a_return_goes_on_with_the_time_used_and_keeps_the_first_resolution(world: cast.World) -> None:
    aim_for(world, resolution=960)
    filed = hear(world, "2025-06-02 09:00")
    status.resolve(filed.ticket_id, by=world.ada, at=berlin("2025-06-02 11:00"))
    hear(world, "2025-06-04 09:00", again=filed)
    first, total = clocks(filed.ticket_id)
    assert (first.state, first.verdict, first.elapsed_seconds) == (ClockState.MET, "met", 2 * 3600)
    assert (total.state, total.used_seconds) == (ClockState.RUNNING, 2 * 3600)
    assert total.due_at == berlin("2025-06-05 15:00")


def test_after_the_reopen_window_a_matter_begins_anew(world: cast.World) -> None:
    aim_for(world, resolution=960)
    filed = hear(world, "2025-06-02 09:00")
    status.resolve(filed.ticket_id, by=world.ada, at=berlin("2025-06-02 11:00"))
    hear(world, "2025-06-23 09:00", again=filed)
    assert clock(filed.ticket_id).due_at == berlin("2025-06-24 17:00")


def test_a_resolution_that_is_taken_back_never_was(world: cast.World) -> None:
    aim_for(world, resolution=960)
    filed = hear(world, "2025-06-02 09:00")
    before = clock(filed.ticket_id).due_at
    status.resolve(filed.ticket_id, by=world.ada, at=berlin("2025-06-02 11:00"))
    status.reopen(filed.ticket_id, by=world.ada, at=berlin("2025-06-03 11:00"))
    (one,) = clocks(filed.ticket_id)
    assert (one.state, one.due_at, one.verdict) == (ClockState.RUNNING, before, "")


def test_an_answer_that_bounced_brought_no_rest(world: cast.World) -> None:
    aim_for(world, resolution=960, update=480)
    filed = hear(world, "2025-06-02 09:00")
    before = clock(filed.ticket_id).due_at
    message_id = answer(world, filed, "2025-06-02 12:00", is_delivered=False)
    assert clock(filed.ticket_id).state is ClockState.RESTING
    delivery.claim(message_id, at=berlin("2025-06-02 12:01"))
    fault = DeliveryError(DeliveryFault.REJECTED, is_permanent=True, words="no such user")
    delivery.fail(message_id, fault, at=berlin("2025-06-02 12:01"))
    assert (clock(filed.ticket_id).state, clock(filed.ticket_id).due_at) == (ClockState.RUNNING, before)
    assert clocks(filed.ticket_id, ClockKind.UPDATE) == []


def test_joining_shows_both_clocks_and_parting_brings_them_home(world: cast.World) -> None:
    aim_for(world, resolution=960)
    one, other = hear(world, "2025-06-02 09:00"), hear(world, "2025-06-03 09:00")
    before = (clock(one.ticket_id).due_at, clock(other.ticket_id).due_at)
    joining.join(other.ticket_id, into=one.ticket_id, by=world.ada, at=berlin("2025-06-03 10:00"))
    assert sorted(each.due_at for each in clocks(one.ticket_id) if each.due_at) == sorted(filter(None, before))
    joining.unjoin(other.ticket_id, by=world.ada, at=berlin("2025-06-03 11:00"))
    assert (clock(one.ticket_id).due_at, clock(other.ticket_id).due_at) == before


def test_a_shop_without_such_targets_pays_nothing_for_them(world: cast.World) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        filed = hear(world, "2026-11-23 09:00")
        answer(world, filed, "2026-11-23 10:00")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert not [statement for statement in asked if "ticket_clock" in statement]


def test_days_off_that_are_added_move_what_runs_and_nothing_that_ended(world: cast.World) -> None:
    calendar = aim_for(world, resolution=960)
    ended, running = hear(world, "2025-06-02 09:00"), hear(world, "2025-06-02 09:00")
    status.resolve(ended.ticket_id, by=world.ada, at=berlin("2025-06-02 12:00"))
    rulebook.write_calendar(
        calendar,
        name="Betreuung",
        time_zone="Europe/Berlin",
        weekly_hours={day: [["09:00", "17:00"]] for day in cast.WEEKDAYS},
        region="DE-BY",
        own_days={"2025-06-03": "Betriebsausflug"},
        valid_from=berlin("2025-06-03 00:00").astimezone(BERLIN).date(),
        at=berlin("2025-06-02 13:00"),
    )
    assert clock(running.ticket_id).due_at == berlin("2025-06-04 17:00")
    assert (clock(ended.ticket_id).calendar_version, clock(ended.ticket_id).elapsed_seconds) == (1, 3 * 3600)
    assert clock(running.ticket_id).calendar_version == 2
