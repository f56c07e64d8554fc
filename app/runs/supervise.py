"""`faden up`: every part in one process group, started in order, started again when it dies, ended together."""

from __future__ import annotations

import fcntl
import http.client
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import Flask

from app import clock, schema
from app.config import Settings
from app.desk import setup
from app.errors import SettingError
from app.runs import demo_loop, demo_platforms, lifeline
from app.runs.embedded_queue import EmbeddedQueue
from app.runs.parts import Part, end_all, environment_of, python_part
from app.runs.ports import is_free
from app.runs.rounds import one_round

HOST = "127.0.0.1"
LOOK_EVERY = 0.1
END_WITHIN = 5.0
QUEUE_END_WITHIN = 2.0
DATABASE_AGAIN_AFTER = 2.0
READY_WITHIN = 30.0


def up(flask: Flask) -> int:
    """Run everything until SIGTERM or Ctrl-C and return the exit code; raises `SettingError`."""
    settings: Settings = flask.config["FADEN"]
    port = int(os.environ.get("PORT") or 8000)
    if not is_free(HOST, port):
        raise SettingError(f"PORT: {HOST}:{port} is taken by another program, choose another one with --port")
    if "FADEN_LOG" not in os.environ:
        logging.getLogger().setLevel(logging.WARNING)
    with _only_one_in(settings.data_dir):
        stop = lifeline.Stop().on_signals()
        queues: list[Part] = [EmbeddedQueue(settings)] if settings.is_queue_embedded else []
        environment = _environment(settings, port)
        try:
            for queue in queues:
                queue.watch()
            if _prepared(flask, stop, port, environment.get("FADEN_SMTP_LISTEN", "")):
                _watch([*queues, *_parts(settings, port, environment)], stop, port)
        finally:
            end_all(queues, within=QUEUE_END_WITHIN)
    return 0


def _watch(parts: list[Part], stop: lifeline.Stop, port: int) -> None:
    """Keep every part running until the end is asked for, then end all but the queue."""
    ready = _Readiness(port)
    try:
        while not stop.wait(LOOK_EVERY):
            for part in parts:
                if words := part.watch():
                    tell(words)
            ready.look()
    finally:
        end_all([part for part in parts if not isinstance(part, EmbeddedQueue)], within=END_WITHIN)


class _Readiness:
    """Tells once that the pages answer."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._is_told = False
        self._told_at_the_latest = time.monotonic() + READY_WITHIN

    def look(self) -> None:
        if self._is_told:
            return
        is_late = time.monotonic() > self._told_at_the_latest
        status = _status(self._port)
        if status == http.HTTPStatus.OK or (status and is_late):
            tell(f"Faden läuft: http://{HOST}:{self._port}  (Strg-C beendet alles)")
            self._is_told = True


def _status(port: int) -> int:
    """Return what /healthz answers, 0 while nobody does."""
    connection = http.client.HTTPConnection(HOST, port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _parts(settings: Settings, port: int, environment: dict[str, str]) -> list[Part]:
    parts = [
        python_part("web", "app", "web", "--port", str(port), environment=environment),
        *(python_part(name, "app", name, environment=environment) for name in ("work", "listen", "tick")),
    ]
    if settings.is_demo:
        parts.append(python_part("sink", "app.runs.sink", str(settings.data_dir), environment=environment))
        if demo_platforms.are_there():
            parts.append(demo_platforms.part(settings.data_dir, environment))
    return parts


def _environment(settings: Settings, port: int) -> dict[str, str]:
    """Return what the parts are told: our settings, whatever way they came to us."""
    changes = {
        "FADEN_DATA_DIR": str(settings.data_dir),
        "FADEN_LOG": os.environ.get("FADEN_LOG", "warning"),
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        lifeline.OWNER: lifeline.owner(),
    }
    if settings.is_demo:
        changes["FADEN_SMTP_LISTEN"] = demo_loop.choose_address(settings.smtp_listen)
    return environment_of(**changes)


def _prepared(flask: Flask, stop: lifeline.Stop, port: int, smtp_listen: str) -> bool:
    """Bring the database up to date, waiting for it if need be; False if the end was asked for first."""
    settings: Settings = flask.config["FADEN"]
    while not stop.is_asked():
        with one_round("preparing the database", passes=SettingError) as this, flask.app_context():
            schema.upgrade()
            setup.ensure_defaults(at=clock.now(), time_zone=settings.time_zone)
            if settings.is_demo:
                demo_loop.prepare(settings.data_dir, port, smtp_listen, tell)
        if this.went_well:
            return not stop.is_asked()
        if this.is_unexpected and this.error:
            raise this.error
        tell(f"Die Datenbank antwortet nicht, neuer Versuch in {DATABASE_AGAIN_AFTER:g} s: {this.words}")
        stop.wait(DATABASE_AGAIN_AFTER)
    return False


@contextmanager
def _only_one_in(folder: Path) -> Iterator[None]:
    """Keep a second Faden out of the folder; the kernel gives the lock back however we end."""
    with (folder / "up.lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SettingError(f"FADEN_DATA_DIR: Faden is running in {folder} already") from error
        yield


def tell(words: str) -> None:
    """Write one line for whoever started us; nobody need be listening any more."""
    with suppress(OSError):
        sys.stdout.write(f"{words}\n")
        sys.stdout.flush()
