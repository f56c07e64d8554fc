"""Debian's own Redis, beside the embedded one that the product starts itself."""

from __future__ import annotations

import shutil

import redis

from tests.servers import programs
from tests.waiting import until


class Redis:
    """One server with an append-only file, so that it can be killed and come back."""

    def __init__(self) -> None:
        self.folder = programs.new_folder("redis")
        self.port = programs.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = {
            "port": self.port,
            "bind": "127.0.0.1",
            "dir": self.folder,
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
        }
        options = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
        self.process = programs.start([programs.find("redis-server"), *options], log=self.folder / "log")
        until(self._answers, what="Redis answering")

    def stop(self) -> None:
        programs.stop(self.process)

    def kill(self) -> None:
        """Kill -9, as a power loss would."""
        self.process.kill()
        self.process.wait()

    def empty(self) -> None:
        """Forget everything."""
        with redis.Redis(port=self.port) as connection:
            connection.flushall()

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            with redis.Redis(port=self.port) as connection:
                return bool(connection.ping())
        except redis.ConnectionError:
            return False
