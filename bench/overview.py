"""The overview and the screen on the wall at 100,000 open tickets, a million in all, one page at a time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bench.crowd import fill
from bench.shop import Database, House

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from sqlalchemy import Connection

ALL = 1_000_000
"""Tickets, of which a tenth is open."""
NOW = datetime.fromisoformat("2026-11-24T16:00:00+00:00")
"""A Tuesday at five in Berlin, so that the day is full."""
ROUNDS, OF_A_ROUND = 8, 5
A_YEAR = 365 * 1440
"""Minutes over which what is closed was closed: 2,500 tickets a day."""


def measure(house: House, database: Database, *, tickets: int = ALL) -> dict[str, Any]:
    """Return the milliseconds of each page: median on the wall, CPU of ours and of PostgreSQL in the cheapest round."""
    from app.config import Settings  # noqa: PLC0415 - takes a second
    from app.db import db  # noqa: PLC0415 - as above
    from app.factory import create_app  # noqa: PLC0415 - as above

    shop = house.shop(database)
    (shop.folder / "clock").write_text(NOW.isoformat(), encoding="ascii")
    environment = {**shop.environment, "FADEN_CLOCK_FILE": str(shop.folder / "clock")}
    flask = create_app(Settings.from_environment(environment))
    with flask.app_context(), db.engine.connect() as connection:
        if database == "sqlite":
            # Millions of rows in no order: without a large cache each of them reads pages from the disk again.
            connection.exec_driver_sql("PRAGMA cache_size = -2000000")
            connection.commit()
        fill(connection, now=NOW, tickets=tickets // 3, words="Kurz.")
        _crowd(connection, tickets)
    with flask.app_context():
        paths, client = _ways(), flask.test_client()
        client.set_cookie("faden", _entered())
        found = {name: _asked(house, database, _getting(client, path)) for name, path in paths.items()}
        db.session.remove()
        db.engine.dispose()
    house.drop(shop)
    return {"tickets": tickets, "pages": found}


def _getting(client: FlaskClient, path: str) -> Callable[[], None]:
    def get() -> None:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")

    return get


def _asked(house: House, database: Database, ask: Callable[[], None]) -> dict[str, float]:
    """Ask until it is warm, then in rounds; others use the machine too, so the cheapest round tells what it costs."""
    for _ in range(OF_A_ROUND):
        ask()
    took, spent = [], []
    for _ in range(ROUNDS):
        theirs, ours = house.cluster.cpu(settled=False), time.process_time()
        for _ in range(OF_A_ROUND):
            began = time.perf_counter()
            ask()
            took.append((time.perf_counter() - began) * 1000)
        ours, theirs = time.process_time() - ours, house.cluster.cpu(settled=False) - theirs
        spent.append((ours, theirs if database == "postgresql" else 0.0))
    app, of_database = min(spent, key=sum)
    return {
        "p50_ms": round(statistics.median(took), 1),
        "app_ms": round(app * 1000 / OF_A_ROUND, 1),
        "database_ms": round(of_database * 1000 / OF_A_ROUND, 1),
    }


def _ways() -> dict[str, str]:
    """Return what is asked for; the screen by an address that was given it."""
    from app.desk import wallboards  # noqa: PLC0415 - as above

    secret = wallboards.hang("Flur", team_id=None, by=_administrator(), at=NOW)
    return {
        "today": "/board",
        "one_team": "/board?team=Retoure",
        "week": "/board?from=2026-11-18&to=2026-11-24",
        "month": "/board?from=2026-10-28&to=2026-11-24",
        "wall": f"/wall/{secret}",
    }


def _administrator() -> Any:
    from app import signin  # noqa: PLC0415 - as above
    from app.db import db  # noqa: PLC0415 - as above
    from app.models import Agent  # noqa: PLC0415 - as above

    return signin.person_by_id(db.session.query(Agent.id).filter(Agent.email == "max@nordlicht.example").scalar())


def _entered() -> str:
    from app import signin  # noqa: PLC0415 - as above
    from app.db import db, transaction  # noqa: PLC0415 - as above
    from app.models import SignIn  # noqa: PLC0415 - as above

    with transaction():
        row = SignIn(agent_id=_administrator().id, digest=signin.digest_of("bench"), created_at=NOW, seen_at=NOW)
        db.session.add(row)
    return "bench"


class _Spelling:
    """How one of the two databases reckons back from now, and how rows of a table are copied."""

    def __init__(self, *, is_postgresql: bool) -> None:
        self._is_postgresql = is_postgresql

    def ago(self, minutes: str) -> str:
        now = f"{NOW:%Y-%m-%d %H:%M:%S}"
        if self._is_postgresql:
            return f"(timestamptz '{now}+00' - ({minutes}) * interval '1 minute')"
        return f"strftime('%Y-%m-%d %H:%M:%f000', '{now}', (-({minutes})) || ' minutes')"

    def ended(self, copy: int, shift: int = 0) -> str:
        """Return an instant of the last year that depends on the row and on which copy of it this is."""
        return self.ago(f"(id * 7919 + {copy} * 104729) % {A_YEAR} + {shift}")

    def copied(self, table: str, where: str, **changed: str) -> str:
        from app.db import Base  # noqa: PLC0415 - as above

        columns = [each.name for each in Base.metadata.tables[table].columns]
        names = [name for name in columns if name != "id" or name in changed]
        values = [changed.get(name, name) for name in names]
        return f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table} WHERE {where}"


def _crowd(connection: Connection, tickets: int) -> None:
    """Copy what is closed until there are enough tickets, and let every figure have something to count."""
    is_postgresql = connection.dialect.name == "postgresql"
    to = _Spelling(is_postgresql=is_postgresql)
    cursor = connection.connection.cursor()
    cursor.execute("SET session_replication_role = replica" if is_postgresql else "PRAGMA foreign_keys=OFF")
    cursor.close()
    copies = max(0, round((tickets - tickets // 3) / (tickets // 3 * 0.69)))
    closed = [statement for copy in range(1, copies + 1) for statement in _copies(to, copy)]
    for statement in (*closed, *_today(to)):
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})  # % stands for itself
    connection.commit()
    with connection.execution_options(isolation_level="AUTOCOMMIT") if is_postgresql else connection as tidied:
        tidied.exec_driver_sql("VACUUM ANALYZE" if is_postgresql else "ANALYZE")
        tidied.commit()


def _copies(to: _Spelling, copy: int) -> list[str]:
    return [
        to.copied(
            "ticket",
            "state = 'resolved' AND closed_at IS NOT NULL AND id < 1000000",
            id=f"{copy * 1_000_000} + id",
            closed_at=to.ended(copy),
            people_count="1 + id % 5",
            team_count="1 + id % 3",
            contact_count="1 + id % 7",
            cause="CASE WHEN id % 3 = 0 THEN '' ELSE 'Ursache ' || (id % 12) END",
        ),
        to.copied(
            "obligation",
            "settled_at IS NOT NULL AND kind = 'first' AND message_id < 10000000",
            message_id=f"{copy * 10_000_000} + message_id",
            opened_at=to.ended(copy, 1),
            settled_at=to.ended(copy),
            answered_by_id="message_id",
            elapsed_seconds="id * 37 % 40000",
            verdict="CASE WHEN id % 12 = 0 THEN 'breached' ELSE 'met' END",
        ),
    ]


def _today(to: _Spelling) -> list[str]:
    """Return public posts, hand-overs with their clocks and promises, as many as a large shop has in a day."""
    handed = "ticket_id, home_ticket_id, from_team_id, to_team_id, reason, answer"
    met = "CASE WHEN state = 'pending' THEN"
    return [
        "UPDATE ticket SET publicity = 'public' WHERE closed_at IS NULL AND id % 20 = 1",
        f"""INSERT INTO handover ({handed}, at, state, answered_at)
        SELECT id, id, 1, 2, 'Rechnung', '', {to.ago("id % 500 + 20")}, 'accepted', {to.ago("id % 500")}
        FROM ticket WHERE closed_at IS NULL AND id % 400 = 1""",
        f"""INSERT INTO handover ({handed}, at, state)
        SELECT id, id, 1, 2, 'Rechnung', '', {to.ago("id % 90")}, 'pending' FROM ticket
        WHERE closed_at IS NULL AND id % 3000 = 2""",
        f"""INSERT INTO ticket_clock (kind, ticket_id, handover_id, team_id, calendar_id, calendar_version,
        target_minutes, opened_at, used_seconds, rests, due_at, state, settled_at, verdict, elapsed_seconds, fired)
        SELECT 'acceptance', ticket_id, id, 2, 1, 1, 15, at, 0, '[]', at, {met} 'running' ELSE 'met' END, answered_at,
        {met} '' WHEN id % 9 = 0 THEN 'breached' ELSE 'met' END, {met} NULL ELSE id * 37 % 2000 END, ''
        FROM handover""",
        f"""INSERT INTO promise (conversation_id, owner_id, text, count, promised_at, due_at, state, reason, fired)
        SELECT id - 10000, 1, 'Ersatz', 1, {to.ago("600")}, {to.ago("id % 300 - 150")}, 'open', '', '' FROM ticket
        WHERE closed_at IS NULL AND id % 500 = 2 AND id < 1000000""",
    ]
