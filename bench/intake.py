"""`faden mail import` of two thousand mails beside the floor: CPU of ours and of the database, and nothing lost."""

from __future__ import annotations

import json
import statistics
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import floor_intake, mails
from bench.cpu import Spent, of_tree, run
from bench.floor_store import Store
from bench.shop import CHANNEL, Database, House, Shop

TABLES = (
    *("customer", "name_part", "identity", "envelope", "ticket", "conversation", "message", "attachment", "event"),
    "obligation",
)
STATEMENTS_OF = 200
"""Mails whose statements are counted."""


@dataclass(slots=True, kw_only=True)
class Side:
    """What one side cost, a run each entry; milliseconds a mail, the start of the process included."""

    app: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    queue: list[float] = field(default_factory=list)
    mails_a_second: list[float] = field(default_factory=list)
    start: list[float] = field(default_factory=list)
    """CPU of a run without a mail, spread over the mails; part of `app`."""

    @property
    def total(self) -> list[float]:
        return [app + database for app, database in zip(self.app, self.database, strict=True)]

    def told(self) -> dict[str, float]:
        """Return the medians."""
        return {
            "cpu_ms": _median(self.total),
            "app_ms": _median(self.app),
            "database_ms": _median(self.database),
            "queue_ms": _median(self.queue),
            "start_ms": _median(self.start),
            "mails_a_second": _median(self.mails_a_second),
        }


def measure(house: House, database: Database, *, count: int, rounds: int) -> dict[str, Any]:
    """Run ours and the floor in turns and return both, the ratio of each turn and what was checked."""
    made = mails.mails(count, until=datetime.now(UTC) - timedelta(minutes=5))
    mbox = mails.write(house.folder / "mails.mbox", made)
    empty = house.folder / "empty.mbox"
    empty.write_bytes(b"")
    ours, floor = Side(), Side()
    checked: dict[str, int] = {}
    for _ in range(rounds):
        shop, bare = house.shop(database), house.shop(database)
        ours.start.append(_import(house, shop, empty).cpu * 1000 / count)
        floor.start.append(_floor(bare, empty).cpu * 1000 / count)
        done = _measured(house, ours, lambda shop=shop: _import(house, shop, mbox), count)
        _measured(house, floor, lambda bare=bare: _floor(bare, mbox), count)
        checked = _checked(made, done.output)
        _same_rows(shop, bare)
        if not ours.total[1:]:
            checked["doubled"] = _doubled(_import(house, shop, mbox).output)
        house.drop(shop)
        house.drop(bare)
    ratios = [a / b for a, b in zip(ours.total, floor.total, strict=True)]
    return {
        "database": database,
        "mails": count,
        "bytes": round(statistics.mean(len(mail.raw) for mail in made)),
        "parse_only_ms": _parse_only(made),
        "ours": ours.told(),
        "floor": floor.told(),
        "ratio": _median(ratios),
        "ratios": [round(ratio, 2) for ratio in ratios],
        "checked": checked,
        "statements": statements(house.shop(database), made[:STATEMENTS_OF]),
    }


def _import(house: House, shop: Shop, mbox: Path) -> Spent:
    return house.faden(shop, "mail", "import", str(mbox), "--channel", CHANNEL, "--json")


def _floor(shop: Shop, mbox: Path) -> Spent:
    command = [sys.executable, "-m", "bench.floor_intake", str(mbox), shop.database_url, str(shop.folder / "blobs")]
    return run(command, environment=shop.environment, folder=shop.folder)


def _measured(house: House, side: Side, work: Any, count: int) -> Spent:
    """Do the work and note what it cost: the process by itself, the servers by their own account."""
    database, queue = house.cluster.cpu(), of_tree(house.redis.process.pid)
    spent: Spent = work()
    side.app.append(spent.cpu * 1000 / count)
    side.database.append((house.cluster.cpu() - database) * 1000 / count)
    side.queue.append((of_tree(house.redis.process.pid) - queue) * 1000 / count)
    side.mails_a_second.append(count / spent.wall)
    return spent


def _checked(made: list[mails.Mail], output: str) -> dict[str, int]:
    """Compare what was filed with what was sent: each once, each reply with what it answers."""
    lines = [json.loads(line) for line in output.splitlines()]
    tickets = [line["ticket"] for line in lines]
    replies = [place for place, mail in enumerate(made) if mail.answers is not None]
    found = {
        "lost": len(made) - sum(line["outcome"] == "filed" for line in lines),
        "double": len(lines) - len({line["message"] for line in lines}),
        "replies": len(replies),
        "threaded": sum(tickets[place] == tickets[made[place].matter] for place in replies),
        "tickets": len(set(tickets)),
        "matters": len({mail.matter for mail in made}),
    }
    if found["lost"] or found["double"] or found["threaded"] != len(replies) or found["tickets"] != found["matters"]:
        raise RuntimeError(f"the intake is wrong: {found}")
    return found


def _doubled(output: str) -> int:
    """Count what a second import of the same mails filed again."""
    return sum(json.loads(line)["outcome"] != "duplicate" for line in output.splitlines())


def _same_rows(shop: Shop, bare: Shop) -> None:
    ours, floor = _rows(shop), _rows(bare)
    if ours != floor:
        raise RuntimeError(f"the floor writes other rows than ours: {ours} {floor}")


def _rows(shop: Shop) -> dict[str, int]:
    store = Store(shop.database_url)
    rows = {table: store.cursor.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
    store.connection.close()
    return rows


def _parse_only(made: list[mails.Mail]) -> float:
    """Return the milliseconds the standard library needs to read one mail."""
    began = time.process_time()
    for mail in made:
        floor_intake.understand(mail.raw)
    return (time.process_time() - began) * 1000 / len(made)


def statements(shop: Shop, made: list[mails.Mail]) -> float:
    """Count the SQL statements a mail takes on its whole way, in this process."""
    from sqlalchemy import Engine, event  # noqa: PLC0415 - only this needs the product in this process

    from app.config import Settings  # noqa: PLC0415 - as above
    from app.db import db  # noqa: PLC0415 - as above
    from app.factory import create_core  # noqa: PLC0415 - as above
    from app.finders import setup  # noqa: PLC0415 - as above
    from app.runs.intake import take_in_and_file  # noqa: PLC0415 - as above
    from channels.contract import Raw  # noqa: PLC0415 - as above

    seen: list[str] = []
    at = datetime.now(UTC)
    with create_core(Settings.from_environment(shop.environment)).app_context():
        channel = setup.channel_id(CHANNEL)
        event.listen(Engine, "before_cursor_execute", lambda _c, _u, statement, *_rest: seen.append(statement))
        for _ in take_in_and_file(channel, [Raw(content=mail.raw, source="bench") for mail in made], at=at):
            pass
        db.session.remove()
        db.engine.dispose()
    return round(sum(not statement.startswith("BEGIN") for statement in seen) / len(made), 1)


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 3)
