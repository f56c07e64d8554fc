"""A PostgreSQL of our own that keeps its word: fsync and synchronous_commit are on, unlike in the tests."""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from bench import cpu
from tests.servers import programs
from tests.servers.postgresql import FOLDERS
from tests.waiting import until

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "timezone": "UTC",
}
"""Everything else as the distribution delivers it."""


class Cluster:
    """One cluster on disk."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="faden-bench-postgresql-"))
        self.port = programs.free_port()
        user = programs.lesser_user("postgres")
        if user:
            shutil.chown(self.folder, user)
        options = ["--auth=trust", "--username=faden", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        programs.run_as([programs.find("initdb", *FOLDERS), "-D", str(self.folder / "cluster"), *options], user=user)
        settings = SETTINGS | {"port": str(self.port), "unix_socket_directories": str(self.folder)}
        self._process = programs.start(
            [
                programs.find("postgres", *FOLDERS),
                *("-D", str(self.folder / "cluster")),
                *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
            ],
            log=self.folder / "log",
            user=user,
            stop_signal=signal.SIGINT,
        )
        until(self._answers, within=30, what="PostgreSQL answering")

    def close(self) -> None:
        programs.stop(self._process, by=signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://faden@127.0.0.1:{self.port}/{name}"

    def connect(self, name: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(host="127.0.0.1", port=self.port, user="faden", dbname=name, autocommit=True)

    def create(self, name: str, *, template: str = "template0") -> str:
        self._command("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.url(name)

    def drop(self, name: str) -> None:
        self._command("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def cpu(self, *, settled: bool = True) -> float:
        """Return the CPU seconds of the whole cluster so far; settled: once sessions that were closed have gone."""
        time.sleep(0.2 if settled else 0.0)
        return cpu.of_tree(self._process.pid)

    def version(self) -> str:
        with self.connect() as connection:
            return str(connection.execute("SHOW server_version").fetchone()[0]).split()[0]  # type: ignore[index]

    def rest(self) -> None:
        """Write everything to disk now, so that nobody pays for what was before."""
        with self.connect() as connection:
            connection.execute("CHECKPOINT")

    def _command(self, text: LiteralString, *names: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL(text).format(*map(sql.Identifier, names)))

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise RuntimeError((self.folder / "log").read_text())
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True
