"""Who has a ticket open right now and who writes there: keys in Redis that fade by themselves, and nothing else.

Without Redis nobody is here, and that is no error. A key's value is whether somebody writes, and their name; one set
names all keys, so that a list of fifty tickets asks once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from redis import Redis

from app import queue

FADES = 30
"""Seconds after the last word of a browser."""
ALL = "faden:here"


class Here(NamedTuple):
    """Somebody who has a ticket open."""

    agent_id: int
    name: str
    is_writing: bool


def _place(ticket_id: int, agent_id: int) -> str:
    return f"{ticket_id}:{agent_id}"


def _key(place: str) -> str:
    return f"{ALL}:{place}"


def come(ticket_id: int, agent_id: int, *, name: str, is_writing: bool) -> bool:
    """Say that somebody is here for now, and return whether others should hear of it."""
    place, value = _place(ticket_id, agent_id), f"{'w' if is_writing else 'r'}{name}".encode()
    answers: list[bytes | None] = []

    def write(redis: Redis) -> None:
        pipe = redis.pipeline(transaction=False)
        pipe.set(_key(place), value, ex=FADES, get=True)
        pipe.sadd(ALL, place)
        pipe.expire(ALL, FADES)
        answers.extend(pipe.execute())
        if answers[0] is None:
            # Somebody has come: at that rate those are forgotten whose browsers never said that they went.
            _read(redis, _places(redis))

    queue.attempt(write)
    return bool(answers) and answers[0] != value


def go(ticket_id: int, agent_id: int) -> None:
    """Say that somebody has left."""
    place = _place(ticket_id, agent_id)

    def write(redis: Redis) -> None:
        pipe = redis.pipeline(transaction=False)
        pipe.delete(_key(place))
        pipe.srem(ALL, place)
        pipe.execute()

    queue.attempt(write)


def of(ticket_ids: Collection[int]) -> dict[int, list[Here]]:
    """Return by ticket who is here; a ticket where nobody is has no entry."""
    wanted, found = {str(id_) for id_ in ticket_ids}, dict[int, list[Here]]()

    def read(redis: Redis) -> None:
        places = [place for place in _places(redis) if place.partition(":")[0] in wanted]
        for place, value in sorted(_read(redis, places)):
            ticket_id, _colon, agent_id = place.partition(":")
            here = Here(int(agent_id), value[1:], value[0] == "w")
            found.setdefault(int(ticket_id), []).append(here)

    if wanted:
        queue.attempt(read)
    return found


def _places(redis: Redis) -> list[str]:
    members: Any = redis.smembers(ALL)
    return [member.decode() for member in members]


def _read(redis: Redis, places: Iterable[str]) -> list[tuple[str, str]]:
    """Return who is at these places, and forget those where nobody is any more."""
    asked = list(places)
    values: list[Any] = list(redis.mget(map(_key, asked))) if asked else []
    gone = [place for place, value in zip(asked, values, strict=True) if value is None]
    if gone:
        redis.srem(ALL, *gone)
    return [(place, value.decode()) for place, value in zip(asked, values, strict=True) if value is not None]
