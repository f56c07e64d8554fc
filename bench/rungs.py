"""How soon the tick finds what is due among a million open clocks, and how many rungs a second it fires."""

from __future__ import annotations

import statistics
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.models import FIRST_NUMBER
from bench.crowd import fill
from bench.shop import Database, House

if TYPE_CHECKING:
    from sqlalchemy import Connection

CLOCKS = 1_000_000
"""Open: seven of ten are obligations, the others promises and clocks of tickets, half and half."""
DUE = {"escalation": 700, "promise_rungs": 150, "clock_rungs": 150}
"""Asked of each ladder in the round that is measured, 1,000 in all; of each more than that is due."""
RUNGS = 2000
TICKETS = 10_000
NOW = datetime.fromisoformat("2026-11-24T10:00:00+00:00")
"""A Tuesday at eleven in Berlin."""
ROUNDS = 20


def measure(house: House, database: Database, *, clocks: int = CLOCKS, rungs: int = RUNGS) -> dict[str, Any]:
    """Return milliseconds of the question and rungs a second, each told alone, and all in digests."""
    found: dict[str, Any] = {"clocks": clocks, "due_ms": _asked(house, database, clocks)}
    for name, most in (("alone", rungs), ("digested", 10)):
        found[f"rungs_a_second_{name}"] = _fired(house, database, rungs, most)
    return found


def _asked(house: House, database: Database, clocks: int) -> float:
    """Return the median of one round's three questions."""
    from app.config import Settings  # noqa: PLC0415 - reads no environment at import, but takes a second
    from app.db import db  # noqa: PLC0415 - as above
    from app.factory import create_core  # noqa: PLC0415 - as above

    shop = house.shop(database)
    with create_core(Settings.from_environment(shop.environment)).app_context():
        from app.desk import clock_rungs, escalation, promise_rungs  # noqa: PLC0415 - as above

        with db.engine.connect() as connection:
            fill(connection, now=NOW, tickets=TICKETS)
            _crowd(connection, clocks)
        took = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            for ladder, most in zip((escalation, promise_rungs, clock_rungs), DUE.values(), strict=True):
                assert len(ladder.due(at=NOW, limit=most)) == most
            took.append((time.perf_counter() - began) * 1000)
            db.session.rollback()
        db.session.remove()
        db.engine.dispose()
    house.drop(shop)
    return round(statistics.median(took), 2)


def _crowd(connection: Connection, clocks: int) -> None:
    """Write clocks whose rungs come one a second, 1,200 of each ladder before now."""
    is_postgresql = connection.dialect.name == "postgresql"

    def many(count: int) -> str:
        if is_postgresql:
            return f"generate_series(1, {count}) AS many(n)"
        counting = f"VALUES (1) UNION ALL SELECT n + 1 FROM counting WHERE n < {count}"
        return f"(WITH RECURSIVE counting(n) AS ({counting}) SELECT n FROM counting) AS many"

    def at(seconds: str) -> str:
        if is_postgresql:
            return f"(timestamptz '{NOW:%Y-%m-%d %H:%M:%S}+00' + ({seconds}) * interval '1 second')"
        return f"strftime('%Y-%m-%d %H:%M:%f000', '{NOW:%Y-%m-%d %H:%M:%S}', ({seconds}) || ' seconds')"

    rung = at("n - 1200")
    others = clocks * 3 // 20
    cursor = connection.connection.cursor()
    cursor.execute("SET session_replication_role = replica" if is_postgresql else "PRAGMA foreign_keys=OFF")
    cursor.close()
    for statement in (
        "UPDATE obligation SET rung_at = NULL",
        f"""INSERT INTO obligation (conversation_id, message_id, kind, route, channel_id, team_id, policy_id,
        policy_version_id, calendar_id, calendar_version, is_held, target_minutes, opened_at, warn_at, soon_at,
        due_at, breach_at, state, verdict, fired, rung_at)
        SELECT 1 + n % {TICKETS}, 1000000 + n, 'next', 'email', 1, 1, 1, 1, 1, 1, false, 480, {rung}, {rung}, {rung},
        {rung}, {rung}, 'open', '', '', {rung} FROM {many(clocks - 2 * others)}""",
        f"""INSERT INTO promise (conversation_id, owner_id, text, count, promised_at, due_at, state, reason, fired,
        rung_at) SELECT 1 + n % {TICKETS}, 1, '', 1, {rung}, {rung}, 'open', '', '', {rung} FROM {many(others)}""",
        f"""INSERT INTO ticket_clock (kind, ticket_id, calendar_id, calendar_version, target_minutes, opened_at,
        running_since, used_seconds, rests, soon_at, due_at, breach_at, state, verdict, fired, rung_at)
        SELECT 'resolution', {FIRST_NUMBER} + n % {TICKETS}, 1, 1, 960, {rung}, {rung}, 0, '[]', {rung}, {rung}, {rung},
        'running', '', '', {rung} FROM {many(others)}""",
        "ANALYZE",
    ):
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})  # % stands for itself
    connection.commit()


def _fired(house: House, database: Database, rungs: int, most: int) -> float:
    """Fire a flood of rungs with everything that belongs to it, and return how many a second."""
    from app import clock  # noqa: PLC0415 - as above
    from app.config import Settings  # noqa: PLC0415 - as above
    from app.db import db  # noqa: PLC0415 - as above
    from app.factory import create_core  # noqa: PLC0415 - as above

    shop = house.shop(database)
    (shop.folder / "clock").write_text(NOW.isoformat(), encoding="ascii")
    environment = {**shop.environment, "FADEN_CLOCK_FILE": str(shop.folder / "clock")}
    with create_core(Settings.from_environment(environment)).app_context():
        from app.models import Firing  # noqa: PLC0415 - as above
        from app.runs.climb import Climb  # noqa: PLC0415 - as above

        with db.engine.connect() as connection:
            fill(connection, now=NOW, tickets=rungs * 5)
        _make_due(rungs)
        assert clock.now() == NOW
        climb = Climb(most=most)
        began = time.perf_counter()
        while db.session.query(Firing.id).filter(Firing.is_superseded.is_(False)).count() < rungs:
            assert climb.round()
        took = time.perf_counter() - began
        db.session.remove()
        db.engine.dispose()
    house.drop(shop)
    return round(rungs / took, 1)


def _make_due(rungs: int) -> None:
    """Let the open obligations of the crowd be what the desk would have written, each a little after its breach."""
    from app.db import db, transaction  # noqa: PLC0415 - as above
    from app.desk import aims  # noqa: PLC0415 - as above
    from app.models import Obligation, ObligationState  # noqa: PLC0415 - as above
    from sla.obligations import open_obligation  # noqa: PLC0415 - as above
    from sla.targets import Kind  # noqa: PLC0415 - as above

    with transaction():
        owed = db.session.query(Obligation).filter(Obligation.state == ObligationState.OPEN).order_by(Obligation.id)
        for place, obligation in enumerate(owed.limit(rungs)):
            hours = aims.hours_of(obligation.calendar_id, obligation.calendar_version)
            within = timedelta(minutes=obligation.target_minutes)
            opened_at = NOW - timedelta(days=2, minutes=place % 400)
            opening = open_obligation(opened_at, Kind.NEXT, within, hours)
            obligation.opened_at, obligation.due_at, obligation.breach_at = opened_at, opening.due_at, opening.breach_at
            obligation.soon_at, obligation.fired, obligation.rung_at = opening.soon_at, "75", opening.breach_at
