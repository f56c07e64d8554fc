"""The clock until a matter is resolved follows priority, tags and group; nobody turns red by a change alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from app.db import db
from app.desk import aims, customers, delivery, priority, replies, rulebook, status, tags
from app.finders import replay, replay_compare
from app.models import ClockState, Event, Ticket
from app.runs import clock_proof
from channels.contract import DeliveryError, DeliveryFault
from tests import world as cast
from tests.desk.test_matter_clocks import berlin, clock, hear
from tests.world import World

MONDAY, HOURS = "2025-06-02 09:00", [["09:00", "17:00"]]


@pytest.fixture
def shop(world: World) -> World:
    """Resolutions within sixteen hours of service, urgent ones within four, for who is important within eight."""
    calendar = _hours("Betreuung", HOURS)
    evenings = _hours("Abends", [["17:00", "22:00"]])
    _aim(world, "Alle", calendar, {"normal": 960, "urgent": 240})
    _aim(world, "Wichtig", calendar, {"normal": 480, "urgent": 120}, tag="vip")
    _aim(world, "Vertrag", calendar, {"normal": 480}, customer_group="Vertrag")
    _aim(world, "Ohne Ziel", calendar, None, tag="presse")
    _aim(world, "Abends", evenings, {"normal": 60}, tag="abends")
    _aim(world, "Nie", evenings, {"normal": 9600}, tag="lang")
    return world


def _hours(name: str, windows: list[list[str]], **more: Any) -> int:
    return rulebook.write_calendar(
        more.pop("calendar_id", None),
        name=name,
        time_zone="Europe/Berlin",
        weekly_hours=dict.fromkeys(cast.WEEKDAYS, windows),
        at=more.pop("at", berlin("2025-01-02 09:00")),
        **more,
    )


def _aim(world: World, name: str, calendar: int, resolution: dict[str, int] | None, **criteria: str) -> None:
    of_matter = {"resolution": resolution} if resolution else {}
    rulebook.write_policy(
        None,
        name=name,
        route="email",
        team_id=world.care,
        calendar_id=calendar,
        targets={"first": {"normal": 240}, **of_matter},
        position=0,
        valid_from=aims.BEGINNING,
        at=berlin("2025-01-02 09:00"),
        **criteria,
    )


def differences(number: int) -> list[str]:
    """Return what is stored of any clock and does not follow from what happened."""
    db.session.rollback()
    families, book = replay.families({number}), replay.Book(aims.hours_of)
    found = [each for family in families for each in replay_compare.differences(family, book)]
    return [each.what for each in (*found, *clock_proof.of_clocks(families))]


def _raised(world: World, number: int, written: str, to: str = "urgent") -> None:
    priority.change(number, priority=to, by=world.ada, at=berlin(written))


def _due(number: int) -> datetime | None:
    assert differences(number) == []
    return clock(number).due_at


@pytest.mark.parametrize(
    ("raised", "due"),
    [
        pytest.param("2025-06-02 10:00", "2025-06-02 13:00", id="in time"),
        pytest.param("2025-06-03 11:00", "2025-06-03 12:00", id="a quarter of four hours is left"),
        pytest.param("2025-06-03 16:30", "2025-06-03 17:00", id="never later than before"),
    ],
)
def test_a_raised_priority_pulls_it_forward(shop: World, raised: str, due: str) -> None:
    number = hear(shop, MONDAY).ticket_id
    before = clock(number).due_at
    _raised(shop, number, raised)
    assert _due(number) == berlin(due)
    _raised(shop, number, "2025-06-03 16:45", to="normal")
    assert _due(number) == before


@pytest.mark.parametrize(
    ("tag", "due"),
    [
        pytest.param("vip", "2025-06-02 17:00", id="another policy"),
        pytest.param("presse", "2025-06-03 17:00", id="a policy without such a target"),
        pytest.param("abends", "2025-06-02 18:00", id="in other hours sooner"),
        pytest.param("lang", "2025-06-03 17:00", id="in other hours later"),
    ],
)
def test_a_tag_brings_the_target_of_its_policy_and_takes_it_along(shop: World, tag: str, due: str) -> None:
    number = hear(shop, MONDAY).ticket_id
    before = clock(number).due_at
    tags.add(number, name=tag, by=shop.ada, at=berlin("2025-06-02 10:00"))
    assert _due(number) == berlin(due)
    tags.remove(number, name=tag, by=shop.ada, at=berlin("2025-06-02 11:00"))
    assert _due(number) == before


def test_a_customer_who_comes_into_a_group_is_helped_sooner(shop: World) -> None:
    number = hear(shop, MONDAY).ticket_id
    customer_id = db.session.get_one(Ticket, number).customer_id
    customers.put_into(customer_id, group="Vertrag", by=shop.ada, at=berlin("2025-06-02 10:00"))
    assert _due(number) == berlin("2025-06-02 17:00")


def test_what_is_over_keeps_its_target_and_goes_on_with_it(shop: World) -> None:
    filed = hear(shop, MONDAY)
    number = filed.ticket_id
    _raised(shop, number, "2025-06-03 11:00")
    status.resolve(number, by=shop.ada, at=berlin("2025-06-03 11:30"))
    _raised(shop, number, "2025-06-03 11:40", to="normal")
    _raised(shop, number, "2025-06-03 11:45")
    ended = clock(number)
    assert (ended.state, ended.verdict, ended.target_minutes) == (ClockState.MET, "met", 660)
    hear(shop, "2025-06-04 09:00", again=filed)
    assert clock(number).state is ClockState.RUNNING
    assert _due(number) == berlin("2025-06-04 09:30")


def test_a_rest_that_never_was_is_weighed_anew(shop: World) -> None:
    filed = hear(shop, MONDAY)
    answer = replies.reply(cast.conversation_of(filed), text="Gern.", by=shop.ada, at=berlin("2025-06-02 10:00"))
    _raised(shop, filed.ticket_id, "2025-06-03 11:00")
    delivery.claim(answer, at=berlin("2025-06-03 11:30"))
    delivery.fail(answer, DeliveryError(DeliveryFault.REJECTED, is_permanent=True), at=berlin("2025-06-03 11:30"))
    assert _due(filed.ticket_id) == berlin("2025-06-03 12:00")


def test_an_edit_of_today_s_hours_leaves_the_same_quarter(shop: World) -> None:
    number = hear(shop, MONDAY).ticket_id
    _raised(shop, number, "2025-06-03 11:00")
    found = clock(number)
    _hours(
        "Betreuung",
        HOURS,
        calendar_id=found.calendar_id,
        special_hours={"2025-06-03": [["10:00", "17:00"]]},
        valid_from=date(2025, 6, 3),
        at=berlin("2025-06-03 11:30"),
    )
    assert _due(number) == berlin("2025-06-03 12:00")


def test_the_timeline_keeps_what_it_had_before(shop: World) -> None:
    number = hear(shop, MONDAY).ticket_id
    found = clock(number)
    before = {str(found.id): {"version": found.policy_version_id, "minutes": 960, "priority": "urgent"}}
    _raised(shop, number, "2025-06-02 10:00")
    told = db.session.query(Event.details).filter_by(ticket_id=number, kind="prioritised").one()[0]
    assert told["clocks"] == before


def test_the_nightly_proof_finds_a_target_that_nobody_gave(shop: World) -> None:
    number = hear(shop, MONDAY).ticket_id
    _raised(shop, number, "2025-06-02 10:00")
    clock(number).target_minutes = 300
    db.session.commit()
    assert f"clock {clock(number).id} (resolution): target_minutes" in differences(number)
