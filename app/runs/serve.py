"""The web process: gunicorn with many threads, so that open live streams keep nobody waiting."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.util import import_app  # type: ignore[import-untyped]

from app.db import db
from app.runs import lifeline

APPLICATION = "app.factory:create_app()"
WORKERS = 2
THREADS = 128
"""Of each worker; a live stream holds one for as long as its page is open, and costs next to nothing."""
GRACE = 2
"""Seconds in which requests may end after the end was asked for; streams are cut then, browsers come back."""


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told everything here and nothing by files or command lines."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        memory = Path("/dev/shm")  # noqa: S108 - gunicorn makes files of its own in it
        chosen: dict[str, Any] = {
            "bind": [self._address],
            "worker_class": "gthread",
            "workers": min(WORKERS, os.cpu_count() or 1),
            "threads": THREADS,
            "keepalive": 15,
            "graceful_timeout": GRACE,
            "preload_app": True,
            "post_fork": _after_fork,
            "worker_tmp_dir": str(memory) if os.access(memory, os.W_OK) else None,
            "control_socket_disable": True,
            "loglevel": "warning",
            "proc_name": "faden web",
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the application; raises `SettingError` before any worker is started."""
        return import_app(APPLICATION)  # type: ignore[no-any-return]


def run(*, host: str = "127.0.0.1", port: int | None = None) -> None:
    """Serve until a signal comes; without a port the one of PORT, or 8000."""
    lifeline.watch_parent()
    Server(f"{host}:{port or int(os.environ.get('PORT') or 8000)}").run()


def _after_fork(_arbiter: object, worker: Any) -> None:
    """Never share a connection between processes, and never outlive the arbiter."""
    lifeline.end_with_parent()
    flask: Flask = worker.app.wsgi()
    with flask.app_context():
        db.engine.dispose(close=False)
