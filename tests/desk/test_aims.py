"""Which policy holds for a message, and what it costs to know."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import event

from app.db import db
from app.desk import aims, customers, priority, replies, rulebook, tags
from app.errors import Refused
from app.models import Policy, PolicyVersion
from sla.policies import Case, Scope, Version, choose_version
from sla.targets import Priority, Route
from tests.desk.holding import differences
from tests.plans.reading import asked_by
from tests.world import HOUR, MONDAY_NINE, World, build, conversation_of, hear, message, obligations

INTAKE = 14
"""Statements of one mail, without those that only write; so many it took when there was one policy a route."""


@pytest.fixture
def world(core: Flask) -> World:
    return build()


def write(name: str, *, at: datetime = MONDAY_NINE, policy_id: int | None = None, **said: Any) -> int:
    calendar_id = aims.newest_hours(None).calendar_id
    targets = {"first": {"normal": said.pop("first", 60)}, "next": {"normal": 60}}
    return rulebook.write_policy(policy_id, name=name, calendar_id=calendar_id, targets=targets, at=at, **said)


def test_the_policy_of_the_moment_at_which_it_was_written_holds(world: World) -> None:
    hear(world)
    mail = db.session.query(Policy.id).scalar()
    write("E-Mail", policy_id=mail, route="email", first=30, at=MONDAY_NINE + HOUR)
    before = aims.aim("email", world.care, at=MONDAY_NINE + HOUR - timedelta(minutes=1))
    after = aims.aim("email", world.care, at=MONDAY_NINE + HOUR)
    assert before is not None
    assert after is not None
    assert (before.targets["first"]["normal"], after.targets["first"]["normal"]) == (240, 30)


def test_what_is_written_while_it_is_read_stops_no_mail(core: Flask, world: World) -> None:
    """Between the two questions somebody writes both; a database that shows each question what is there must do."""
    asked: list[str] = []

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FROM calendar_version" not in statement and "FROM policy_version" not in statement:
            return
        asked.append(statement)
        if len(asked) == 2:
            with core.app_context():
                calendar_id = rulebook.write_calendar(
                    None,
                    name="Nachts",
                    time_zone="Europe/Berlin",
                    weekly_hours={"mon": [["20:00", "23:00"]]},
                    valid_from=MONDAY_NINE.date(),
                    at=MONDAY_NINE,
                )
                targets = {"first": {"normal": 60}, "next": {"normal": 60}}
                rulebook.write_policy(None, name="Nachts", calendar_id=calendar_id, targets=targets, at=MONDAY_NINE)

    aims._read.cache_clear()
    event.listen(db.engine, "before_cursor_execute", meanwhile)
    try:
        aimed = aims.aim("email", world.care, at=MONDAY_NINE)
    finally:
        event.remove(db.engine, "before_cursor_execute", meanwhile)

    assert len(asked) >= 2
    assert aimed is not None


def test_what_is_open_keeps_what_it_was_promised(world: World) -> None:
    number = hear(world).ticket_id
    write("E-Mail", policy_id=db.session.query(Policy.id).scalar(), route="email", first=30, at=MONDAY_NINE + HOUR)
    assert obligations(number)[0].target_minutes == 240


def test_a_policy_that_ended_holds_for_nothing_more(world: World) -> None:
    filed = hear(world)
    rulebook.end_policy(db.session.query(Policy.id).scalar(), by_id=None, at=MONDAY_NINE + HOUR)
    assert aims.aim("email", world.care, at=MONDAY_NINE + HOUR) is None
    hear(world, sent_at=MONDAY_NINE + 2 * HOUR, replies_to=(message(filed.message_id).external_id,))
    assert [owed.target_minutes for owed in obligations(filed.ticket_id)] == [240]
    write("E-Mail", policy_id=db.session.query(Policy.id).scalar(), route="email", at=MONDAY_NINE + 3 * HOUR)
    assert aims.aim("email", world.care, at=MONDAY_NINE + 3 * HOUR) is not None


def test_nothing_changed_makes_no_version(world: World) -> None:
    first = write("Presse", tag="Presse")
    write("Presse", policy_id=first, tag="presse")
    assert db.session.query(PolicyVersion).filter(PolicyVersion.policy_id == first).count() == 1


def test_of_two_with_the_same_criteria_the_one_further_up_holds(world: World) -> None:
    second = write("Zweite", route="email", first=30)
    chosen = aims.aim("email", world.care, at=MONDAY_NINE)
    assert chosen is not None
    assert chosen.targets["first"]["normal"] == 240
    assert rulebook.move_policy(second, up=True, by_id=None, at=MONDAY_NINE)
    assert not rulebook.move_policy(second, up=True, by_id=None, at=MONDAY_NINE)
    moved = aims.aim("email", world.care, at=MONDAY_NINE)
    assert moved is not None
    assert moved.targets["first"]["normal"] == 30


def test_tags_and_groups_cost_nothing_where_no_policy_asks_for_them(world: World) -> None:
    filed = hear(world)
    hear(world)
    plain = asked_by(lambda: hear(world))
    assert not [asked for asked in plain if "FROM tag" in asked.statement or "customer_group" in asked.statement]
    assert len(plain) <= INTAKE

    write("Presse", tag="presse")
    write("Vertrag", customer_group="Vertrag")
    hear(world)
    more = asked_by(lambda: hear(world, replies_to=(message(filed.message_id).external_id,)))
    assert len([asked for asked in more if "FROM tag" in asked.statement]) == 1


def test_who_the_customer_is_counts_more_than_a_tag(world: World) -> None:
    filed = hear(world)
    write("Presse", tag="presse", first=90, valid_from=aims.BEGINNING)
    write("Vertrag", customer_group="Vertrag", first=30, valid_from=aims.BEGINNING)
    customers.put_into(1, group=" Vertrag ", by=world.ada, at=MONDAY_NINE)
    tags.add(filed.ticket_id, name="presse", by=world.ada, at=MONDAY_NINE)
    assert [owed.target_minutes for owed in obligations(filed.ticket_id)] == [30]


PIECES = some.fixed_dictionaries(
    {
        "route": some.sampled_from([None, *Route]),
        "team": some.sampled_from([None, "care", "social"]),
        "tag": some.sampled_from([None, "presse"]),
        "priority": some.sampled_from([None, *Priority]),
        "customer_group": some.sampled_from([None, "Vertrag"]),
        "position": some.integers(0, 3),
        "hours": some.integers(-1, 2),
    }
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(written=some.lists(PIECES, min_size=1, max_size=6), asked=PIECES)
def test_the_desk_chooses_as_the_pure_decision_does(
    world: World, written: list[dict[str, Any]], asked: dict[str, Any]
) -> None:
    teams = {"care": world.care, "social": world.social, None: None}
    db.session.query(Policy).delete()
    db.session.commit()
    versions = []
    for number, said in enumerate(written):
        scope = {key: said[key] for key in ("route", "tag", "priority", "customer_group")}
        since = MONDAY_NINE + said["hours"] * HOUR
        policy_id = write(
            str(number),
            **scope,
            team_id=teams[said["team"]],
            position=said["position"],
            valid_from=since,
            at=MONDAY_NINE,
        )
        version_id = db.session.query(PolicyVersion.id).filter(PolicyVersion.policy_id == policy_id).scalar()
        versions.append(
            Version(
                id=version_id,
                policy_id=policy_id,
                scope=Scope(**scope, team_id=teams[said["team"]]),
                valid_from=since,
                position=said["position"],
            )
        )
    case: dict[str, Any] = {"route": asked["route"] or Route.EMAIL, "priority": asked["priority"] or Priority.NORMAL}
    tagged, group, team = frozenset({asked["tag"]} - {None}), asked["customer_group"], teams[asked["team"]]
    wanted = choose_version(
        versions, Case(**case, team_id=team, tags=tagged, customer_group=group), at=MONDAY_NINE + HOUR
    )
    found = aims.aim(
        case["route"], team, tags=tagged, priority=case["priority"], customer_group=group or "", at=MONDAY_NINE + HOUR
    )
    assert (found.policy_version_id if found else None) == (wanted.id if wanted else None)


def test_a_policy_without_further_targets_aims_at_every_answer_as_at_the_first(world: World) -> None:
    calendar_id = aims.newest_hours(None).calendar_id
    first_only = {"first": {"normal": 90, "urgent": 20}}
    rulebook.write_policy(
        None,
        name="Presse",
        route="email",
        team_id=world.care,
        calendar_id=calendar_id,
        targets=first_only,
        at=MONDAY_NINE,
    )
    filed = hear(world)
    replies.reply(conversation_of(filed), text="Gern.", by=world.ada, at=MONDAY_NINE + HOUR)

    hear(world, replies_to=(message(filed.message_id).external_id,), at=MONDAY_NINE + 2 * HOUR)
    priority.change(filed.ticket_id, priority="urgent", by=world.ada, at=MONDAY_NINE + 2 * HOUR)

    assert [(owed.kind, owed.target_minutes) for owed in obligations(filed.ticket_id)] == [("first", 90), ("next", 20)]
    assert differences(filed.ticket_id) == []


@pytest.mark.parametrize("targets", [{}, {"next": {"normal": 5}}, {"first": {"urgent": 5}}, {"first": {}}])
def test_a_policy_that_aims_at_no_first_answer_is_refused(world: World, targets: dict[str, dict[str, int]]) -> None:
    calendar_id = aims.newest_hours(None).calendar_id
    with pytest.raises(Refused):
        rulebook.write_policy(None, name="Leer", calendar_id=calendar_id, targets=targets, at=MONDAY_NINE)
