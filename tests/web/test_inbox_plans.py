"""The list at a hundred thousand tickets: both databases walk an index, none sorts or scans the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app import clock
from app.access import Person
from app.db import db
from app.finders import inbox
from app.finders.inbox import Position, View
from tests import world as cast

TICKETS = 100_000
NUMBERS = {
    "postgresql": "SELECT g AS n FROM generate_series(1, :many) g",
    "sqlite": "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < :many) SELECT n FROM g",
}
LATER = {
    "postgresql": "timestamptz '2026-11-23 08:00:00+00' + (n || ' minutes')::interval",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', '2026-11-23 08:00:00', n || ' minutes')",
}
FILL = """
INSERT INTO ticket (id, subject, state, priority, team_id, assignee_id, customer_id, created_at, updated_at, queue_at,
                    due_at, closed_at, customer_name, preview, preview_at, channel_kind, channel_count, waits_for, cause,
                    is_social, is_shared)
SELECT 20000 + n, 'Anliegen ' || n, CASE WHEN n % 2 = 0 THEN 'open' ELSE 'resolved' END, 'normal', 1 + n % 3,
       CASE WHEN n % 5 = 0 THEN 1 + n % 4 END, 1, {at}, {at}, {at}, {at}, CASE WHEN n % 2 = 1 THEN {at} END,
       'Kundin ' || n, 'Guten Tag', {at}, 'email', 1, '', '', FALSE, FALSE
FROM ({numbers}) AS filled
"""
TAG = "INSERT INTO tag (ticket_id, name, added_at) SELECT id, 'garantie', created_at FROM ticket WHERE id % 400 = 0"


@pytest.fixture
def world(app: Flask) -> cast.World:
    made = cast.build()
    cast.hear(made)
    kind = db.engine.dialect.name
    db.session.rollback()
    db.session.execute(text(FILL.format(at=LATER[kind], numbers=NUMBERS[kind])), {"many": TICKETS})
    db.session.execute(text(TAG))
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    return made


def plan(person: Person, view: View, after: Position | None) -> list[str]:
    """Return how the database would read the page, one line a step."""
    parameters: dict[str, Any] = {"now": clock.now()}
    if after:
        parameters |= {"after_at": after.at, "after_number": after.number}
    statement = inbox.statement(person, view, is_after=after is not None, limit=51)
    compiled = statement.compile(dialect=db.engine.dialect, compile_kwargs={"render_postcompile": True})
    explain = "EXPLAIN " if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    values = compiled.construct_params(parameters)
    bound = db.session.connection().exec_driver_sql(explain + str(compiled), _driver(compiled, values))
    return [str(row[-1]) for row in bound]


def _driver(compiled: Any, values: Mapping[str, Any]) -> Any:
    """Return the parameters as the driver takes them."""
    ready = {
        name: process(values[name]) if (process := compiled._bind_processors.get(name)) else values[name]
        for name in values
    }
    return tuple(ready[name] for name in compiled.positiontup) if compiled.positional else ready


def test_every_view_walks_an_index(world: cast.World) -> None:
    views = [View(kind=kind) for kind in ("next", "unassigned", "mine", "overdue", "done")]
    views += [View(kind="team", team_id=world.care), View(kind="tag", tag="garantie")]
    for view in views:
        for person in (world.ada, world.max):
            rows, last = inbox.page(person, view, now=clock.now())
            assert rows or view.kind in {"overdue", "mine"}
            for after in (None, last):
                steps = plan(person, view, after)
                reads = [step for step in steps if "ticket" in step]
                assert reads, steps
                assert not [step for step in reads if "Seq Scan on ticket" in step or step.strip() == "SCAN ticket"], (
                    view,
                    person.name,
                    steps,
                )


def test_pages_follow_each_other_to_the_end_of_a_hundred_thousand(world: cast.World) -> None:
    view, after, seen = View(kind="mine"), None, []
    while True:
        rows, after = inbox.page(world.ada, view, now=clock.now(), after=after, limit=2000)
        seen += [row.number for row in rows]
        if after is None:
            break
    expected = db.session.execute(
        text("SELECT id FROM ticket WHERE assignee_id = :me AND closed_at IS NULL ORDER BY queue_at, id"),
        {"me": world.ada.id},
    )
    assert seen == [row[0] for row in expected]
    assert len(seen) == len(set(seen)) > 2000
