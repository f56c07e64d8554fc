"""The database: one engine, one transaction at a time, and the places where SQLite and PostgreSQL differ."""

from __future__ import annotations

import functools
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import psycopg
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, event, func, literal_column
from sqlalchemy.exc import DisconnectionError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.sql.elements import ColumnElement

log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

Afterwards = list[Callable[[], object]]
"""What must happen once the commit stands: publish, enqueue. A failure there is logged, never rolled back."""

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant on both databases; SQLite alone would hand it back without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Spare PostgreSQL's instants a call each: they arrive in UTC, for `_prepare` asks for it."""
        return None if dialect.name == "postgresql" else super().result_processor(dialect, coltype)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


# Not as a class attribute: Flask-SQLAlchemy copies the class body, and a registry takes its map only once.
Base.registry.update_type_annotation_map({datetime: UtcDateTime})


class Questions(Session):
    """Outside a verb each question stands for itself, on PostgreSQL without a transaction around it.

    That spares BEGIN and ROLLBACK, and after a ROLLBACK psycopg forgets every statement it has prepared.
    """

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        """Return the database as it is inside a verb, or as it is for mere questions."""
        bind = super().get_bind(*args, **kwargs)
        if self.info.get("is_write") or not isinstance(bind, Engine) or bind.dialect.name == "sqlite":
            return bind
        return _questioned(bind)


@functools.lru_cache(maxsize=8)
def _questioned(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


db = SQLAlchemy(
    model_class=Base,
    session_options={"class_": Questions, "expire_on_commit": False, "autoflush": False},
    disable_autonaming=True,
)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def database_now() -> ColumnElement[datetime]:
    """The database's own time, for leases and claims: every process agrees on it and no test clock moves it."""
    if db.engine.dialect.name == "postgresql":
        return func.clock_timestamp(type_=UtcDateTime())
    return literal_column("strftime('%Y-%m-%d %H:%M:%f000', 'now')", UtcDateTime())


@contextmanager
def transaction() -> Iterator[Afterwards]:
    """Open the one transaction of a verb; what is appended to the yielded list happens after the commit.

    Whatever was read before is forgotten, so a verb sees the rows as they are now: verbs take ids, not rows.
    On SQLite it begins IMMEDIATE, because a read followed by a write fails at once after a foreign commit.
    """
    session = db.session()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("rows were changed outside a transaction")
    session.rollback()
    session.expunge_all()
    afterwards: Afterwards = []
    session.info["is_write"] = True
    try:
        session.connection(execution_options={"is_write": True})
        yield afterwards
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["is_write"] = False
    for act in afterwards:
        _afterwards(act)


def _afterwards(act: Callable[[], object]) -> None:
    """Run one act after the commit; the rows stand already, and `sweep` finds what is left over."""
    try:
        act()
    except (OSError, ConnectionError, RuntimeError) as error:
        log.warning("after the commit: %s: %s", type(error).__name__, error)


RESTS_FOR = 5.0
"""Seconds for which nobody doubts a connection that was just in use; to ask each time costs every page a round trip."""

COLLISIONS = frozenset({"40001", "40P01"})
"""PostgreSQL rolled one of two transactions back that waited for each other (serialization failure, deadlock)."""


def once_more(verb: Callable[P, R]) -> Callable[P, R]:
    """Run the verb a second time when another process was first: by then its rows can be seen."""

    @functools.wraps(verb)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return verb(*args, **kwargs)
        except IntegrityError:
            return verb(*args, **kwargs)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in COLLISIONS:
                raise
            return verb(*args, **kwargs)

    return wrapper


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        # Instants come back as UTC, and need not be reckoned into it one by one.
        connection.execute("SET TIME ZONE 'UTC'")
        connection.commit()
        return
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Pool, "checkin")
def _rests(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["left_at"] = time.monotonic()


@event.listens_for(Pool, "checkout")
def _is_there(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask a connection that has rested whether it is still there; if not, the pool makes a new one."""
    left_at = record.info.get("left_at")
    if left_at is None or time.monotonic() - left_at < RESTS_FOR or isinstance(connection, sqlite3.Connection):
        return
    try:
        connection.autocommit = True
        connection.execute("SELECT 1")
        connection.autocommit = False
    except psycopg.Error as error:
        raise DisconnectionError from error


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        is_write = connection.get_execution_options().get("is_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
