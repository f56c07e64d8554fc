"""Who has a ticket open right now and who writes there: keys in Redis that fade by themselves, and nothing else.

Without Redis nobody is here, and that is no error. A key's value is whether somebody writes, and their name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from redis import Redis

from app import queue

FADES = 30
"""Seconds after the last word of a browser."""


class Here(NamedTuple):
    """Somebody who has a ticket open."""

    agent_id: int
    name: str
    is_writing: bool


def _crowd(ticket_id: int) -> str:
    return f"faden:here:{ticket_id}"


def _key(ticket_id: int, agent_id: int) -> str:
    return f"faden:here:{ticket_id}:{agent_id}"


def come(ticket_id: int, agent_id: int, *, name: str, is_writing: bool) -> bool:
    """Say that somebody is here for now, and return whether others should hear of it."""
    value = f"{'w' if is_writing else 'r'}{name}".encode()
    answers: list[bytes | None] = []

    def write(redis: Redis) -> None:
        pipe = redis.pipeline(transaction=False)
        pipe.set(_key(ticket_id, agent_id), value, ex=FADES, get=True)
        pipe.sadd(_crowd(ticket_id), agent_id)
        pipe.expire(_crowd(ticket_id), FADES)
        answers.extend(pipe.execute())

    queue.attempt(write)
    return bool(answers) and answers[0] != value


def go(ticket_id: int, agent_id: int) -> None:
    """Say that somebody has left."""

    def write(redis: Redis) -> None:
        pipe = redis.pipeline(transaction=False)
        pipe.delete(_key(ticket_id, agent_id))
        pipe.srem(_crowd(ticket_id), agent_id)
        pipe.execute()

    queue.attempt(write)


def of(ticket_ids: Collection[int]) -> dict[int, list[Here]]:
    """Return by ticket who is here; a ticket where nobody is has no entry."""
    found: dict[int, list[Here]] = {}
    if ticket_ids:
        queue.attempt(lambda redis: found.update(_read(redis, list(ticket_ids))))
    return found


def _read(redis: Redis, ticket_ids: Sequence[int]) -> dict[int, list[Here]]:
    pipe = redis.pipeline(transaction=False)
    for ticket_id in ticket_ids:
        pipe.smembers(_crowd(ticket_id))
    pairs = [
        (ticket_id, int(agent_id))
        for ticket_id, members in zip(ticket_ids, pipe.execute(), strict=True)
        for agent_id in sorted(members, key=int)
    ]
    found: dict[int, list[Here]] = {}
    values: list[Any] = list(redis.mget([_key(*pair) for pair in pairs])) if pairs else []
    for (ticket_id, agent_id), value in zip(pairs, values, strict=True):
        if value:
            text = value.decode()
            found.setdefault(ticket_id, []).append(Here(agent_id, text[1:], text[0] == "w"))
    return found
