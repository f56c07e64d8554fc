"""A part as a process: when it is started again, how it is ended, and a queue that cannot read its own file."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from app.config import Settings, embedded_queue_socket
from app.errors import SettingError
from app.runs import parts
from app.runs.embedded_queue import EmbeddedQueue
from app.runs.parts import Part, end_all, environment_of, python_part
from app.runs.ports import free_port, is_free
from tests.fixtures.databases import settings_for
from tests.servers import programs
from tests.waiting import until

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start again soon; the doubling stays."""
    monkeypatch.setattr(parts, "FIRST_PAUSE", 0.01)


def watched(part: Part, deaths: int) -> list[str]:
    """Watch a part until it was found dead so often; return what was told."""
    told: list[str] = []

    def is_enough() -> bool:
        told.extend(filter(None, [part.watch()]))
        return len(told) >= deaths

    until(is_enough, within=20)
    return told


def pauses(told: list[str]) -> list[float]:
    return [float(words.partition(" startet in ")[2].partition(" s")[0]) for words in told]


def test_what_fails_by_itself_waits_twice_as_long_each_time() -> None:
    told = watched(Part("web", ["false"], environment={}), 4)
    assert pauses(told) == [0.01, 0.02, 0.04, 0.08]
    assert "Ende mit 1" in told[0]


def test_what_is_killed_from_outside_comes_back_at_once() -> None:
    told = watched(Part("web", ["sh", "-c", "kill -9 $$"], environment={}), 4)
    assert pauses(told) == [0.01] * 4
    assert "SIGKILL" in told[0]


def test_what_lasted_comes_back_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LASTED", 0.0)
    assert pauses(watched(Part("web", ["false"], environment={}), 3)) == [0.01] * 3


def test_what_does_not_listen_is_killed() -> None:
    stubborn = Part("web", [sys.executable, "-c", STUBBORN], environment={})
    stubborn.watch()
    end_all([stubborn], within=0.3)
    assert not stubborn.is_running


def test_a_python_part_runs_from_wherever_it_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    told = watched(python_part("web", "app", "--version", environment=environment_of()), 1)
    assert "Ende mit 0" in told[0]


@pytest.fixture
def settings(folder: Path) -> Settings:
    """Settings whose queue is ours to start."""
    return settings_for("sqlite://", folder, redis_url=f"unix://{embedded_queue_socket(folder)}")


@pytest.fixture
def queue(settings: Settings) -> Iterator[EmbeddedQueue]:
    """The embedded queue, not started yet."""
    queue = EmbeddedQueue(settings)
    yield queue
    end_all([queue], within=5)


def answers(queue: EmbeddedQueue, settings: Settings) -> bool:
    queue.watch()
    return is_up(settings)


def is_up(settings: Settings) -> bool:
    try:
        with Redis.from_url(settings.redis_url) as connection:
            return bool(connection.ping())
    except RedisError:
        return False


def test_the_queue_remembers_what_it_was_told_before_it_was_killed(queue: EmbeddedQueue, settings: Settings) -> None:
    until(lambda: answers(queue, settings))
    with Redis.from_url(settings.redis_url) as connection:
        connection.set("key", "kept")
    queue.kill()
    until(lambda: answers(queue, settings))
    with Redis.from_url(settings.redis_url) as connection:
        assert connection.get("key") == b"kept"


def test_a_queue_that_cannot_read_its_file_puts_it_aside(queue: EmbeddedQueue, settings: Settings) -> None:
    (settings.data_dir / "queue" / "appendonlydir").mkdir()
    (settings.data_dir / "queue" / "appendonlydir" / "appendonly.aof.manifest").write_text("quark")
    told = watched(queue, 3)
    assert "queue.broken" in told[2]
    until(lambda: answers(queue, settings))
    assert (settings.data_dir / "queue.broken" / "appendonlydir").is_dir()


def test_a_server_that_outlived_its_start_makes_room(queue: EmbeddedQueue, settings: Settings) -> None:
    until(lambda: answers(queue, settings))
    successor = EmbeddedQueue(settings)
    until(lambda: not queue.is_running)
    until(lambda: answers(successor, settings))
    end_all([successor], within=5)


def test_the_next_free_port_is_found() -> None:
    taken = programs.free_port()
    with socket.create_server(("127.0.0.1", taken)):
        assert not is_free("127.0.0.1", taken)
        assert free_port(taken, host="127.0.0.1") > taken


def test_no_free_port_is_a_line_that_names_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.runs.ports.TRIED", 0)
    with pytest.raises(SettingError, match="FADEN_SMTP_LISTEN"):
        free_port(2525, host="127.0.0.1")
