"""A matter becomes pressing, or less so, while its clock runs; the examples are worked out by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from app.db import db
from app.desk import aims, priority, rulebook, tags
from app.errors import Refused
from app.models import Event, Obligation
from sla.retarget import is_eased_late, retargeted
from tests.world import MONDAY_NINE, World, build, hear, message, obligations, ticket

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(core: Flask) -> World:
    return build()


def clock(hour: int, minute: int) -> datetime:
    """Return an instant of Monday."""
    return MONDAY_NINE + timedelta(hours=hour - 9, minutes=minute)


def details(number: int, kind: str) -> dict[str, object]:
    return db.session.query(Event.details).filter(Event.ticket_id == number, Event.kind == kind).one()[0]


@pytest.mark.parametrize(
    ("raised", "due"),
    [((9, 20), (10, 0)), ((11, 0), (11, 15)), ((12, 55), (13, 0))],
    ids=["as if it had been so from the start", "a quarter is left", "never later than before"],
)
def test_raising_it_tightens_and_never_turns_red(world: World, raised: tuple[int, int], due: tuple[int, int]) -> None:
    number = hear(world).ticket_id
    assert priority.change(number, priority="urgent", by=world.ada, at=clock(*raised))

    [owed] = obligations(number)
    assert owed.due_at == ticket(number).due_at == ticket(number).queue_at == clock(*due)
    assert timedelta(minutes=owed.target_minutes) == clock(*due) - MONDAY_NINE
    moved = {"obligation": owed.id, "from": clock(13, 0).isoformat(), "to": clock(*due).isoformat()}
    assert details(number, "prioritised").get("moved", []) == ([moved] if due != (13, 0) else [])


def test_the_earlier_priority_again_brings_the_earlier_deadline_back(world: World) -> None:
    number = hear(world).ticket_id
    before = [(o.due_at, o.breach_at, o.soon_at, o.target_minutes, o.rung_at) for o in obligations(number)]
    priority.change(number, priority="urgent", by=world.ada, at=clock(9, 20))
    priority.change(number, priority="normal", by=world.ada, at=clock(9, 30))
    assert [(o.due_at, o.breach_at, o.soon_at, o.target_minutes, o.rung_at) for o in obligations(number)] == before
    assert ticket(number).due_at == clock(13, 0)


def test_easing_in_the_last_quarter_is_written_down(world: World) -> None:
    number = hear(world).ticket_id
    priority.change(number, priority="urgent", by=world.ada, at=clock(9, 20))
    priority.change(number, priority="normal", by=world.ada, at=clock(9, 46))
    found = db.session.query(Event.details).filter(Event.kind == "prioritised").order_by(Event.id).all()
    assert [words[0].get("eased_late") for words in found] == [None, [obligations(number)[0].id]]


def test_the_same_priority_again_is_no_act(world: World) -> None:
    number = hear(world).ticket_id
    assert not priority.change(number, priority="normal", by=world.ada, at=clock(9, 20))
    assert db.session.query(Event).filter(Event.kind == "prioritised").count() == 0
    with pytest.raises(Refused):
        priority.change(number, priority="eilig", by=world.ada, at=clock(9, 20))


def test_what_was_settled_keeps_what_it_was_promised(world: World) -> None:
    number = hear(world).ticket_id
    row = db.session.query(Obligation).one()
    row.state, row.settled_at, row.verdict = "met", clock(9, 30), "met"  # type: ignore[assignment]
    db.session.commit()
    priority.change(number, priority="urgent", by=world.ada, at=clock(10, 0))
    assert obligations(number)[0].due_at == clock(13, 0)


def policy_for(world: World, minutes: int, **criteria: object) -> int:
    return rulebook.write_policy(
        None,
        name=f"Eigene {minutes}",
        calendar_id=aims.newest_hours(None).calendar_id,
        targets={"first": {"normal": minutes}, "next": {"normal": minutes}},
        valid_from=aims.BEGINNING,
        at=MONDAY_NINE,
        **criteria,
    )


def test_a_tag_pulls_the_deadline_forward_and_gives_it_back(world: World) -> None:
    number = hear(world).ticket_id
    was = obligations(number)[0].policy_version_id
    policy_for(world, 30, tag="Presse")
    assert tags.add(number, name=" #PRESSE ", by=world.ada, at=clock(9, 5))
    assert not tags.add(number, name="presse", by=world.ada, at=clock(9, 6))
    [owed] = obligations(number)
    assert (owed.due_at, ticket(number).due_at) == (clock(9, 30), clock(9, 30))
    assert owed.policy_version_id != was
    assert details(number, "tagged")["aims"] == {str(owed.id): was}

    assert tags.remove(number, name="presse", by=world.ada, at=clock(9, 10))
    [owed] = obligations(number)
    assert (owed.due_at, owed.policy_version_id) == (clock(13, 0), was)
    assert not tags.remove(number, name="presse", by=world.ada, at=clock(9, 11))


def test_a_tag_never_gives_more_time(world: World) -> None:
    number = hear(world).ticket_id
    policy_for(world, 480, tag="egal")
    tags.add(number, name="egal", by=world.ada, at=clock(9, 5))
    assert obligations(number)[0].due_at == clock(13, 0)


def test_the_next_message_on_a_tagged_ticket_gets_the_policy_of_its_tag(world: World) -> None:
    filed = hear(world)
    number = filed.ticket_id
    policy_for(world, 480, tag="egal")
    tags.add(number, name="egal", by=world.ada, at=clock(9, 5))
    later = hear(world, sent_at=clock(9, 10), replies_to=(message(filed.message_id).external_id,))
    assert later.ticket_id == number
    assert [o.target_minutes for o in obligations(number)] == [240, 480]


def test_another_calendar_is_taken_over_only_if_it_is_sooner(world: World) -> None:
    number = hear(world).ticket_id
    nights = rulebook.write_calendar(
        None,
        name="Nachts",
        time_zone="Europe/Berlin",
        weekly_hours={day: [["17:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        at=MONDAY_NINE,
    )
    rulebook.write_policy(
        None,
        name="Nacht",
        tag="nacht",
        calendar_id=nights,
        targets={"first": {"normal": 10}, "next": {"normal": 10}},
        valid_from=aims.BEGINNING,
        at=MONDAY_NINE,
    )
    tags.add(number, name="nacht", by=world.ada, at=clock(9, 5))
    assert obligations(number)[0].due_at == clock(13, 0)


@pytest.mark.parametrize("name", ["", "  ", "#", "a,b", "x" * 61, "a\x00b"])
def test_what_is_no_word_is_refused(world: World, name: str) -> None:
    number = hear(world).ticket_id
    with pytest.raises(Refused):
        tags.add(number, name=name, by=world.ada, at=MONDAY_NINE)


spans = some.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(before=spans, after=spans, spent=spans)
def test_a_changed_target_is_never_late_by_the_change_alone(
    before: timedelta, after: timedelta, spent: timedelta
) -> None:
    now = retargeted(before, after, spent, grain=MINUTE)
    assert now == after if after >= before else now <= before
    if spent <= before:
        assert now >= spent
    if after <= before:
        assert retargeted(now, before, spent) == before
    assert not is_eased_late(before, after, spent) or after > before
