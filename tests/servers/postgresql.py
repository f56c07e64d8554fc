"""A PostgreSQL cluster of our own, made by initdb; fast because it forgets on power loss."""

from __future__ import annotations

import shutil
import signal
from typing import LiteralString

import psycopg
from psycopg import sql

from tests.servers import programs
from tests.waiting import until

FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "timezone": "UTC",
}


class PostgreSQL:
    """One cluster; every test gets a database of its own, copied from a template."""

    def __init__(self) -> None:
        self.folder = programs.new_folder("postgresql")
        self.user = programs.lesser_user("postgres")
        self.port = programs.free_port()
        if self.user:
            shutil.chown(self.folder, self.user)
        self._made = 0
        self._create_cluster()
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = SETTINGS | {"port": str(self.port), "unix_socket_directories": str(self.folder)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.process = programs.start(
            [programs.find("postgres", *FOLDERS), "-D", str(self.folder / "cluster"), *options],
            log=self.folder / "log",
            user=self.user,
            stop_signal=signal.SIGINT,
        )
        until(self._answers, within=30, what="PostgreSQL answering")

    def stop(self) -> None:
        """Stop the server at once, also with sessions open; the databases stay for the next start."""
        programs.stop(self.process, by=signal.SIGQUIT)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://faden@127.0.0.1:{self.port}/{database}"

    def create(self, *, template: str = "template0") -> str:
        """Create a database with a new name, a copy of `template`, and return its name."""
        self._made += 1
        name = f"faden_{self._made}"
        self._command("CREATE DATABASE {} TEMPLATE {} STRATEGY WAL_LOG", sql.Identifier(name), sql.Identifier(template))
        return name

    def drop(self, name: str) -> None:
        """Drop a database, also if a killed process still holds a session on it."""
        self._command("DROP DATABASE IF EXISTS {} WITH (FORCE)", sql.Identifier(name))

    def _command(self, text: LiteralString, *names: sql.Identifier) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(text).format(*names))

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host="127.0.0.1", port=self.port, user="faden", dbname="postgres", autocommit=True)

    def _create_cluster(self) -> None:
        initdb = programs.find("initdb", *FOLDERS)
        options = ["--auth=trust", "--username=faden", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        programs.run_as([initdb, "-D", str(self.folder / "cluster"), *options], user=self.user)

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError((self.folder / "log").read_text())
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True
