"""What the banner above a ticket costs among 100,000 open tickets with as many suggestions, and one comparison."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.crowd import fill, number
from bench.shop import Database, House

if TYPE_CHECKING:
    from sqlalchemy import Connection

TICKETS = 101_000
"""One in a hundred is joined into another; all others are open."""
SUGGESTED = 5
"""Lines of a banner, as many as are ever shown; every fifth ticket has them."""
ROUNDS, WARM = 500, 10
NOW = datetime.fromisoformat("2026-11-24T10:00:00+00:00")


def measure(house: House, database: Database, *, tickets: int = TICKETS, rounds: int = ROUNDS) -> dict[str, Any]:
    """Return CPU milliseconds, of ours and of the database server, and statements, of a banner and of a comparison."""
    from app.config import Settings  # noqa: PLC0415 - reads no environment at import, but takes a second
    from app.db import db  # noqa: PLC0415 - as above
    from app.factory import create_core  # noqa: PLC0415 - as above

    shop = house.shop(database)
    with create_core(Settings.from_environment(shop.environment)).app_context():
        from app.desk import comparing  # noqa: PLC0415 - as above
        from app.finders import debts  # noqa: PLC0415 - as above

        with db.engine.connect() as connection:
            fill(connection, now=NOW, tickets=tickets)
            _open_and_suggest(connection, tickets)
        people = _people()
        places = [tickets - 10 * place - 9 for place in range(rounds)]
        banners = [(number(place), people[place % len(people)]) for place in places]
        found: dict[str, Any] = {"open": _open(), "lines": len(debts.of(*banners[0]))}
        found |= _cost(house, "banner", [partial(debts.of, *banner) for banner in banners])
        later = NOW + timedelta(minutes=1)
        looks = [partial(comparing.look, number(place), at=later) for place in places[: max(rounds // 5, 1)]]
        found |= _cost(house, "look", looks)
        db.session.remove()
        db.engine.dispose()
    house.drop(shop)
    return found


def _cost(house: House, name: str, acts: Sequence[Callable[[], object]]) -> dict[str, float]:
    """Do each once and return the means; before that the first ones, in which each person's question is built."""
    from sqlalchemy import Engine, event  # noqa: PLC0415 - as above

    from app.db import db  # noqa: PLC0415 - as above

    for act in acts[:WARM]:
        act()
        db.session.rollback()
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    began, began_there = time.process_time(), house.cluster.cpu(settled=False)
    for act in acts:
        act()
        db.session.rollback()
    took, took_there = time.process_time() - began, house.cluster.cpu(settled=False) - began_there
    event.remove(Engine, "before_cursor_execute", note)
    return {
        f"{name}_ms": round(took * 1000 / len(acts), 2),
        f"{name}_server_ms": round(took_there * 1000 / len(acts), 2),
        f"{name}_statements": round(sum(not each.startswith("BEGIN") for each in seen) / len(acts), 1),
    }


def _open_and_suggest(connection: Connection, tickets: int) -> None:
    """Open what the crowd has closed, and let every fifth ticket lead to the five before it."""
    reason = '[{"why": "says_so", "points": 25, "words": "gestern eine Mail", "read_in": 0}]'
    at = f"'{NOW:%Y-%m-%d %H:%M:%S.%f}'"
    steps = " UNION ALL ".join(f"SELECT {step} AS step" for step in range(1, SUGGESTED + 1))
    for statement in (
        "UPDATE ticket SET closed_at = NULL, resolved_at = NULL, state = 'open' WHERE state <> 'joined'",
        f"""INSERT INTO suggestion (ticket_id, other_id, points, reasons, is_proven, state, made_at, expires_at)
        SELECT id, id - step, 40 + step, '{reason}', false, 'pending', {at}, {at} FROM ticket
        JOIN ({steps}) AS steps ON true WHERE id > {number(tickets // 100)} AND (id - {number(0)}) % 5 = 1""",
        "ANALYZE",
    ):
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
    connection.commit()


def _people() -> list[Any]:
    """Return everybody who works there: of one team, of two, and who sees everything."""
    from sqlalchemy import select  # noqa: PLC0415 - as above

    from app.db import db  # noqa: PLC0415 - as above
    from app.models import Agent  # noqa: PLC0415 - as above
    from app.signin import person_by_id  # noqa: PLC0415 - as above

    return [person_by_id(agent_id) for agent_id in db.session.scalars(select(Agent.id).order_by(Agent.id))]


def _open() -> int:
    from sqlalchemy import func, select  # noqa: PLC0415 - as above

    from app.db import db  # noqa: PLC0415 - as above
    from app.models import Ticket  # noqa: PLC0415 - as above

    return db.session.scalar(select(func.count()).where(Ticket.closed_at.is_(None))) or 0
