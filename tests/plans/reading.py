"""What a database does to answer a statement: which tables it walks from end to end, and how many rows it touches."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import event

from app.db import db

LARGE = frozenset(
    {"ticket", "customer", "identity", "conversation", "message", "envelope", "event", "obligation", "notification"}
)
"""Tables that grow with the mail; the others are as small as the shop's staff."""
MOST_ROWS = 5_000
"""Rows one step of a plan may touch: the badge that stops at a thousand, one person's own open tickets."""
MOST_STEPS = 100_000
"""Steps of SQLite's machine for one question; a walk over 100,000 tickets takes ten times as many."""


class Asked(NamedTuple):
    statement: str
    parameters: Any


def asked_by(act: Callable[[], object]) -> list[Asked]:
    """Return the statements that an act sends to the database, as the driver gets them."""
    seen: list[Asked] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "INSERT")):
            seen.append(Asked(statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert seen
    return seen


def faults(asked: list[Asked]) -> list[str]:
    """Return a line for every step of a plan that reads more than the question needs; runs the questions once more."""
    with db.engine.connect() as connection:
        raw: Any = connection.connection.cursor()
        read = _postgresql if connection.dialect.name == "postgresql" else _sqlite
        found = [f"{fault} in {each.statement}" for each in asked for fault in read(raw, each)]
        connection.rollback()
    return found


def walks(asked: list[Asked]) -> list[str]:
    """Return a line for every large table that is read from end to end; for questions that count many rows."""
    with db.engine.connect() as connection:
        raw: Any = connection.connection.cursor()
        read = _seq_scans if connection.dialect.name == "postgresql" else _bare_scans
        found = [f"{fault} in {each.statement}" for each in asked for fault in read(raw, each)]
        connection.rollback()
    return found


def _seq_scans(cursor: Any, asked: Asked) -> Iterator[str]:
    cursor.execute(f"EXPLAIN (FORMAT JSON) {asked.statement}", asked.parameters)
    plan = cursor.fetchone()[0]
    for node in _nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]):
        if node["Node Type"] == "Seq Scan" and node.get("Relation Name", "") in LARGE:
            yield f"Seq Scan on {node['Relation Name']}"


def _bare_scans(cursor: sqlite3.Cursor, asked: Asked) -> Iterator[str]:
    for *_, line in cursor.execute(f"EXPLAIN QUERY PLAN {asked.statement}", asked.parameters).fetchall():
        words = line.split()
        if words[0] == "SCAN" and words[1] in LARGE:
            yield line


def _postgresql(cursor: Any, asked: Asked) -> Iterator[str]:
    is_question = asked.statement.lstrip("( ").startswith(("SELECT", "WITH"))
    options = "ANALYZE, TIMING OFF, FORMAT JSON" if is_question else "FORMAT JSON"
    cursor.execute(f"EXPLAIN ({options}) {asked.statement}", asked.parameters)
    plan = cursor.fetchone()[0]
    for node in _nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]):
        kind, table = node["Node Type"], node.get("Relation Name", "")
        if kind == "Seq Scan" and table in LARGE:
            yield f"Seq Scan on {table}"
        dropped = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        rows = (node.get("Actual Rows", 0) + dropped) * node.get("Actual Loops", 1)
        if rows > MOST_ROWS:
            yield f"{kind} on {table or 'rows'} touches {rows} rows"


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _sqlite(cursor: sqlite3.Cursor, asked: Asked) -> Iterator[str]:
    """Count the steps of a question; judge anything else by its plan, so that it is not done twice."""
    if not asked.statement.lstrip("( ").startswith(("SELECT", "WITH")):
        yield from _bare_scans(cursor, asked)
        return
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1000

    cursor.connection.set_progress_handler(count, 1000)
    cursor.execute(asked.statement, asked.parameters).fetchall()
    cursor.connection.set_progress_handler(None, 0)
    if steps > MOST_STEPS:
        yield f"{steps} steps"
