"""Two verbs at the same instant: one stops at a chosen place, the other does what it can meanwhile; or one dies there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, event, text

from app.db import db
from tests.waiting import PATIENCE, until

Verb = Callable[[], object]
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@dataclass
class Stop:
    """Where a thread stands still until it may go on: before it begins to write, or before a statement."""

    before: str
    thread: int = 0
    came: threading.Event = field(default_factory=threading.Event)
    may_go: threading.Event = field(default_factory=threading.Event)

    def here(self) -> None:
        if threading.get_ident() == self.thread and not self.came.is_set():
            self.came.set()
            assert self.may_go.wait(2 * PATIENCE)


def crossed(core: Flask, first: Verb, second: Verb, *, before: str = "") -> tuple[Future[object], Future[object]]:
    """Run `first` up to a statement with these words, then `second` until it is done or waits, then both to the end.

    Without words `first` stops before its first transaction. SQLite lets one write at a time: there a verb that is
    already writing does not stop.
    """
    stop = Stop(before)
    db.session.rollback()
    with _listening(stop), ThreadPoolExecutor(2) as threads:
        one = threads.submit(_run, core, first, stop)
        until(lambda: stop.came.is_set() or one.done(), what="the first being at its place")
        other = threads.submit(_run, core, second, None)
        until(lambda: other.done() or _waits(), what="the second being done, or waiting")
        stop.may_go.set()
    return one, other


class Killed(BaseException):
    """Ends a verb as a kill does: nothing of it may go on."""


@contextmanager
def killed(*, before: str) -> Iterator[None]:
    """Let whoever comes to a statement with these words die there."""

    def dies(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if before in statement:
            raise Killed(before)

    event.listen(Engine, "before_cursor_execute", dies)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", dies)


def _run(core: Flask, verb: Verb, stop: Stop | None) -> object:
    if stop:
        stop.thread = threading.get_ident()
    with core.app_context():
        try:
            return verb()
        finally:
            db.session.remove()


def _waits() -> bool:
    if db.engine.dialect.name == "sqlite":
        return False
    with db.engine.connect() as connection:
        return bool(connection.scalar(WAITING))


@contextmanager
def _listening(stop: Stop) -> Iterator[None]:
    is_sqlite = db.engine.dialect.name == "sqlite"

    def begins(connection: Connection) -> None:
        if not is_sqlite and not stop.before and connection.get_execution_options().get("is_write"):
            stop.here()

    def asks(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if (statement == "BEGIN IMMEDIATE" and not stop.before) if is_sqlite else (stop.before or "\0") in statement:
            stop.here()

    event.listen(Engine, "begin", begins)
    event.listen(Engine, "before_cursor_execute", asks)
    try:
        yield
    finally:
        event.remove(Engine, "begin", begins)
        event.remove(Engine, "before_cursor_execute", asks)
