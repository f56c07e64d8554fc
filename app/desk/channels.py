"""Setting up channels, pausing them, and writing down how they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update

from app import seal
from app.db import db, transaction
from app.desk.writing import record
from app.errors import NotFound, Refused
from app.models import Channel, Team


def add(
    kind: str,
    *,
    name: str,
    address: str,
    settings: Mapping[str, object],
    secrets: Mapping[str, str],
    team_id: int | None,
    is_demo: bool = False,
) -> int:
    """Set a channel up and return its id; the settings were checked by its connector before."""
    with transaction():
        _refuse_taken(name)
        _refuse_unknown(team_id)
        channel = Channel(
            kind=kind,
            name=name,
            address=address.lower(),
            settings=dict(settings),
            secrets=seal.seal(secrets),
            team_id=team_id,
            is_demo=is_demo,
        )
        db.session.add(channel)
        db.session.flush()
        return channel.id


def change(
    channel_id: int,
    *,
    name: str,
    address: str,
    settings: Mapping[str, object],
    secrets: Mapping[str, str],
    team_id: int | None,
) -> None:
    """Change a channel; only the secrets that are named are replaced, an empty one is left as it was.

    Raises `Refused` for a name that is taken and a team that is not there.
    What a lost key has sealed is given up once new secrets come. A problem lasts until the other side answered well.
    """
    with transaction():
        channel = db.session.get(Channel, channel_id)
        if channel is None:
            raise NotFound("Diesen Kanal gibt es nicht.")
        _refuse_taken(name, but=channel_id)
        _refuse_unknown(team_id)
        channel.secrets = _sealed(channel.secrets, {field: secret for field, secret in secrets.items() if secret})
        channel.name, channel.address, channel.team_id = name, address.lower(), team_id
        channel.settings = dict(settings)


def _refuse_taken(name: str, *, but: int = 0) -> None:
    if db.session.scalar(select(Channel.id).where(Channel.name == name, Channel.id != but)):
        raise Refused("Einen Kanal „%(name)s“ gibt es schon.", field="name", name=name)


def _refuse_unknown(team_id: int | None) -> None:
    if team_id is not None and db.session.get(Team, team_id) is None:
        raise Refused("Dieses Team gibt es nicht.", field="team")


def _sealed(before: bytes, fresh: Mapping[str, str]) -> bytes:
    try:
        kept = seal.unseal(before)
    except seal.SealBroken:
        # Without new ones they stay as they are: the right key may come back.
        if not fresh:
            return before
        kept = {}
    return seal.seal({**kept, **fresh})


def pause(channel_id: int, *, is_paused: bool) -> None:
    """Stop hearing and speaking on a channel, or go on; queued answers wait meanwhile."""
    with transaction():
        db.session.execute(update(Channel).where(Channel.id == channel_id).values(is_paused=is_paused))


def report_problem(channel_id: int, *, words: str, at: datetime, code: str = "") -> None:
    """Write down what is wrong with a channel; the first report of a problem is an event."""
    with transaction() as afterwards:
        channel = db.session.get(Channel, channel_id)
        if channel is None or (channel.problem, channel.problem_code) == (words[:500], code[:40]):
            return
        channel.problem, channel.problem_code = words[:500], code[:40]
        channel.problem_at = channel.problem_at or at
        record("channel_down", ticket_id=None, at=at, afterwards=afterwards, channel=channel_id, words=words[:500])


def report_well(channel_id: int, *, at: datetime) -> None:
    """The other side answered as it should."""
    with transaction() as afterwards:
        channel = db.session.get(Channel, channel_id)
        if channel is None:
            return
        channel.reached_at = at
        if channel.problem:
            channel.problem, channel.problem_code, channel.problem_at = "", "", None
            record("channel_up", ticket_id=None, at=at, afterwards=afterwards, channel=channel_id)
