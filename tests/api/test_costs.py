"""How often the database is asked, and that no list reads the whole table."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event, insert, text

from app.access import Person
from app.db import db
from app.desk import outbox, replies
from app.finders.tickets import Position, Wanted, page
from app.models import NOTHING_DUE, Customer, Ticket, TicketState
from tests import world as cast
from tests.api.conftest import Caller, Callers

MANY = 6000
CLOCKS = 11
"""The kinds of clocks are explained one after the other, each from its own tables; however many there are of each."""
WHOLE = re.compile(r"Seq Scan on ticket|SCAN ticket(?! USING)")
SORTED = re.compile(r"(?<!Incremental )Sort  |TEMP B-TREE FOR ORDER BY")
AFTERS = (
    None,
    Position(cast.MONDAY_NINE + timedelta(minutes=MANY / 2), 12000),
    Position(cast.MONDAY_NINE + timedelta(minutes=MANY / 2), 12000, is_closed=True),
)


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """Collect what is sent to the database, without the brackets of transactions."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def cost(caller: Caller, method: str, path: str, **named: Any) -> int:
    """Return the statements of a request; the one before it fills what a process remembers."""
    with statements() as sent:
        assert caller.ask(method, path, **named).status_code in {200, 201}
    return len(sent)


def test_requests_stay_within_their_statements(world: cast.World, callers: Callers) -> None:
    enclosure = outbox.Enclosure(name="bild.jpg", type="image/jpeg", size=3, digest="ab" * 32)
    heard = [cast.hear(world, enclosures=(enclosure,)) for _ in range(3)]
    number, conversation = heard[0].ticket_id, cast.conversation_of(heard[0])
    body = {"conversation": conversation, "text": "Morgen.", "last_seen": heard[0].message_id + 1}
    for caller in (callers.ada, callers.max):
        assert cost(caller, "GET", "/tickets") <= 4
        assert cost(caller, "GET", "/tickets?sort=updated&q=lampe&team=Kundenservice&channel=email") <= 4
        assert cost(caller, "GET", f"/tickets/{number}") <= 8
        assert cost(caller, "GET", f"/tickets/{number}/clocks") <= CLOCKS
        # People are looked for by each kind of thing one may have of them, each by its own index.
        assert cost(caller, "GET", "/search?q=lampe") <= 8
    assert cost(callers.ada, "POST", f"/tickets/{number}/replies", json=body) <= 12


def test_more_clocks_of_a_ticket_cost_no_more_statements(world: cast.World, callers: Callers) -> None:
    filed = cast.hear(world)
    path = f"/tickets/{filed.ticket_id}/clocks"
    callers.ada.get(path)  # compiles the calendar
    one = cost(callers.ada, "GET", path)
    for hours in range(1, 4):
        at = cast.MONDAY_NINE + hours * cast.HOUR
        replies.reply(cast.conversation_of(filed), text="Morgen.", by=world.ada, at=at)
        filed = cast.hear(world, sent_at=at, replies_to=(cast.message(filed.message_id).external_id,))

    assert len(callers.ada.get(path).json["obligations"]) == 4
    assert cost(callers.ada, "GET", path) == one <= CLOCKS


def fill(world: cast.World) -> None:
    """Put many tickets beside a few of Ada's, and let the database count them."""
    at = cast.MONDAY_NINE
    customer = db.session.scalars(insert(Customer).values(name="Viele", created_at=at).returning(Customer.id)).one()
    rows = [
        {
            "subject": f"Anliegen {n}",
            "team_id": (world.care, world.social, world.returns)[n % 3],
            "assignee_id": world.ada.id if n % 50 == 0 else None,
            "customer_id": customer,
            "created_at": at,
            "preview_at": at,
            "updated_at": at + timedelta(minutes=n * 7919 % MANY),
            "queue_at": at + timedelta(minutes=n * 104729 % MANY) if n % 4 else NOTHING_DUE,
            "state": TicketState.RESOLVED if n % 5 == 0 else TicketState.OPEN,
            "closed_at": at + timedelta(minutes=n) if n % 5 == 0 else None,
        }
        for n in range(MANY)
    ]
    db.session.execute(insert(Ticket), rows)
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def plans(person: Person, wanted: Wanted, after: Position | None) -> list[str]:
    """Return how the database reads each statement of a page."""
    with statements() as sent:
        page(person, wanted, after=after, limit=50)
    explain = "EXPLAIN " if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    with db.engine.connect() as connection:
        return [
            "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters))
            for statement, parameters in sent
        ]


def test_lists_walk_an_index_and_read_no_more(world: cast.World) -> None:
    """Only what several teams' indexes begin with is merged; the numbers themselves are the order of opening."""
    fill(world)
    for sort, after in itertools.product(("due", "updated", "created"), AFTERS):
        for plan in plans(world.max, Wanted(sort=sort), after):
            assert not SORTED.search(plan), plan
            assert sort == "created" or not WHOLE.search(plan), plan
    for sort, after in itertools.product(("due", "updated"), AFTERS):
        for plan in plans(world.ada, Wanted(sort=sort), after):
            assert not WHOLE.search(plan), plan
    (opened,), (closed,) = plans(world.ada, Wanted(), None), plans(world.ada, Wanted(), AFTERS[-1])
    assert "ix_ticket_assignee_queue" in opened
    assert "ix_ticket_assignee_closed" in closed


def test_a_page_of_many_is_whole_and_in_order(world: cast.World) -> None:
    fill(world)
    seen: list[int] = []
    after: Position | None = None
    while len(seen) < 3000:
        rows, after = page(world.ada, Wanted(), after=after, limit=200)
        seen += [row.number for row in rows]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == len([n for n in range(MANY) if n % 3 == 0 or n % 50 == 0])
