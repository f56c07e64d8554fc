"""Settings: read once from the environment, refused with one line when wrong."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.errors import SettingError

LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a part of Faden must know before it starts; made by `from_environment` or by a test."""

    data_dir: Path
    database_url: str
    redis_url: str
    """By default the socket of the embedded queue, which the supervisor starts."""
    blobs_url: str
    secret_key: str = field(repr=False)
    old_secret_keys: tuple[str, ...] = field(default=(), repr=False)
    base_url: str = "http://127.0.0.1:8000"
    log: str = "info"
    clock_file: Path | None = None
    time_zone: str = "Europe/Berlin"
    smtp_listen: str = ""
    """`host:port` of the SMTP listener, empty for none."""
    lmtp_listen: str = ""
    trusted_proxies: int = 0
    """How many reverse proxies stand before the web process; their X-Forwarded headers are believed."""
    send_lease: float = 90.0
    """Seconds after which a send that was claimed and never settled counts as unsure; above every SMTP time-out."""
    digest_above: int = 10
    """So many rungs of one team within a minute are told one by one; what is more comes in one digest."""
    undo_seconds: int = 15
    """So long an answer from the pages can be called back; what comes by the API leaves at once."""
    is_demo: bool = False
    trusted_hosts: tuple[str, ...] = ()
    """Hosts of the shop's own network (`host` or `host:port`) that webhooks may go to."""
    push_hosts: tuple[str, ...] = ()
    """Hosts of the shop's own network (`host` or `host:port`) where browsers may be told; agents name them."""

    @property
    def is_queue_embedded(self) -> bool:
        """Say whether the queue is ours to start."""
        return self.redis_url == f"unix://{embedded_queue_socket(self.data_dir)}"

    def hook_url(self, kind: str, channel_id: int) -> str:
        """Return the address that the platform of a channel has to call."""
        return f"{self.base_url}/hooks/{kind}/{channel_id}"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the FADEN_* variables; raises `SettingError` naming the first wrong one.

        Makes the data folder and, on first start, the secret key in it.
        """
        env = os.environ if environ is None else environ
        data_dir = _folder(env.get("FADEN_DATA_DIR", ".faden"))
        keys = _keys(env.get("FADEN_SECRET_KEY_FILE", ""), data_dir)
        return cls(
            data_dir=data_dir,
            database_url=_database(env.get("FADEN_DATABASE_URL", ""), data_dir),
            redis_url=_redis(env.get("FADEN_REDIS_URL", ""), data_dir),
            blobs_url=_blobs(env.get("FADEN_BLOBS_URL", ""), data_dir),
            secret_key=keys[0],
            old_secret_keys=tuple(keys[1:]),
            base_url=_web_address(env.get("FADEN_BASE_URL", f"http://127.0.0.1:{env.get('PORT', '8000')}")),
            log=_one_of("FADEN_LOG", env.get("FADEN_LOG", "info").lower(), LOG_LEVELS),
            clock_file=Path(env["FADEN_CLOCK_FILE"]) if env.get("FADEN_CLOCK_FILE") else None,
            time_zone=_zone(env.get("FADEN_TIME_ZONE", "Europe/Berlin")),
            smtp_listen=_host_and_port("FADEN_SMTP_LISTEN", env.get("FADEN_SMTP_LISTEN", "")),
            lmtp_listen=_host_and_port("FADEN_LMTP_LISTEN", env.get("FADEN_LMTP_LISTEN", "")),
            trusted_proxies=_whole_number("FADEN_TRUSTED_PROXIES", env.get("FADEN_TRUSTED_PROXIES", "0")),
            send_lease=float(_whole_number("FADEN_SEND_LEASE", env.get("FADEN_SEND_LEASE", "90"))),
            digest_above=_whole_number("FADEN_DIGEST_ABOVE", env.get("FADEN_DIGEST_ABOVE", "10")),
            undo_seconds=_whole_number("FADEN_UNDO_SECONDS", env.get("FADEN_UNDO_SECONDS", "15")),
            is_demo=_one_of("FADEN_DEMO", env.get("FADEN_DEMO", "0"), ("0", "1")) == "1",
            trusted_hosts=_hosts(env.get("FADEN_TRUSTED_HOSTS", "")),
            push_hosts=_hosts(env.get("FADEN_PUSH_HOSTS", "")),
        )


def _hosts(value: str) -> tuple[str, ...]:
    return tuple(value.replace(",", " ").lower().split())


def _refuse(name: str, words: str) -> SettingError:
    return SettingError(f"{name}: {words}")


def _folder(value: str) -> Path:
    path = Path(value).expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _refuse("FADEN_DATA_DIR", f"cannot use the folder {path}: {error.strerror}") from error
    return path


def _keys(file: str, data_dir: Path) -> list[str]:
    """Return the signing keys, the current one first; older lines of the file stay valid for reading."""
    path = Path(file) if file else data_dir / "secret.key"
    if not path.exists():
        if file:
            raise _refuse("FADEN_SECRET_KEY_FILE", f"there is no file {path}")
        _make_key(path)
    try:
        keys = path.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise _refuse("FADEN_SECRET_KEY_FILE", f"cannot read {path}: {error}") from error
    if not keys or min(map(len, keys)) < 32:
        raise _refuse("FADEN_SECRET_KEY_FILE", f"{path} must hold a key of at least 32 characters a line")
    return keys


def _make_key(path: Path) -> None:
    """Write a new key in one step, so that two parts starting at once agree on the first one."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    draft.chmod(0o600)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _database(value: str, data_dir: Path) -> str:
    if not value:
        return f"sqlite:///{data_dir / 'faden.db'}"
    scheme, separator, rest = value.partition("://")
    if not separator or scheme not in {"sqlite", "postgresql", "postgres", "postgresql+psycopg"}:
        raise _refuse("FADEN_DATABASE_URL", "must begin with sqlite:/// or postgresql://")
    return value if scheme == "sqlite" else f"postgresql+psycopg://{rest}"


def _redis(value: str, data_dir: Path) -> str:
    if not value:
        return f"unix://{embedded_queue_socket(data_dir)}"
    if urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        raise _refuse("FADEN_REDIS_URL", "must begin with redis://, rediss:// or unix://")
    return value


def embedded_queue_socket(data_dir: Path) -> Path:
    """Return where the embedded queue listens; a socket's path may not be longer than about 100 bytes."""
    socket = data_dir / "queue.sock"
    if len(os.fsencode(socket)) < 100:
        return socket
    return Path(tempfile.gettempdir()) / f"faden-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]}.sock"


def _blobs(value: str, data_dir: Path) -> str:
    if not value:
        return (data_dir / "blobs").as_uri()
    if urlsplit(value).scheme not in {"file", "s3"}:
        raise _refuse("FADEN_BLOBS_URL", "must begin with file:/// or s3://")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _refuse("FADEN_BASE_URL", "must be a web address such as https://support.shop.example")
    return value.rstrip("/")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise _refuse(name, f"must be one of {', '.join(allowed)}, not {value!r}")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _refuse("FADEN_TIME_ZONE", f"there is no time zone {value!r}") from error
    return value


def _whole_number(name: str, value: str) -> int:
    if not value.isdecimal():
        raise _refuse(name, f"must be a whole number, not {value!r}")
    return int(value)


def _host_and_port(name: str, value: str) -> str:
    if not value:
        return ""
    host, separator, port = value.rpartition(":")
    if not separator or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise _refuse(name, f"must be host:port, not {value!r}")
    return value
