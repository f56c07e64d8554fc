"""Setting up channels, pausing them, and writing down how they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app import seal
from app.db import Afterwards, db, transaction
from app.desk import outbox
from app.desk.writing import record
from app.errors import NotFound, Refused
from app.models import Channel, ProblemSource, Team
from channels.contract import Health

Source = ProblemSource
TOKEN_WARNING = timedelta(days=14)
"""A permission that ends sooner than this is told before it does."""
MENDED_BY_HEALTH = frozenset({Source.HEALTH, Source.PLATFORM})
"""What hearing has found it finds mended by itself: it tries again all the time. What sending has found is mended by a
message that went out, and so is what a platform's rules forbid: a live token proves neither."""


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
    with transaction() as afterwards:
        channel = db.session.get(Channel, channel_id)
        if channel is None:
            raise NotFound("Diesen Kanal gibt es nicht.")
        _refuse_taken(name, but=channel_id)
        _refuse_unknown(team_id)
        channel.secrets = _sealed(channel.secrets, {field: secret for field, secret in secrets.items() if secret})
        channel.name, channel.address, channel.team_id = name, address.lower(), team_id
        channel.settings = dict(settings)
        outbox.release(channel_id, afterwards=afterwards)


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


def report_problem(
    channel_id: int, *, words: str, source: Source = Source.PLATFORM, code: str = "", at: datetime
) -> None:
    """Write down what is wrong with a channel; every other sentence is an event."""
    with transaction() as afterwards:
        down(channel_id, words=words, source=source, code=code, at=at, afterwards=afterwards)


def down(channel_id: int, *, words: str, source: Source, code: str = "", at: datetime, afterwards: Afterwards) -> None:
    """Turn a channel red inside a verb; who knows no code of the platform's takes nobody's place who does."""
    channel = db.session.get(Channel, channel_id)
    is_vague = not code or source is Source.SENDING
    if channel is None or (is_vague and channel.problem_code and channel.problem_source is not source):
        return
    is_known = channel.problem == words[:500]
    if is_known and source is not Source.HEARING:
        # Who hears tries again all the time, so it is the first to know when the very same is over.
        return
    channel.problem, channel.problem_code, channel.problem_source = words[:500], code[:40], source
    channel.problem_at = channel.problem_at or at
    if not is_known:
        record("channel_down", ticket_id=None, at=at, afterwards=afterwards, channel=channel_id, words=words[:500])


def report_well(channel_id: int, *, source: Source | None = None, at: datetime) -> bool:
    """The other side answered as it should; that mends what this source has found, or anything if it is none.

    False if the channel is still red, for another reason.
    """
    with transaction() as afterwards:
        channel = db.session.get(Channel, channel_id)
        if channel is None:
            return True
        channel.reached_at = at
        _up(channel, {source} if source else set(Source), at=at, afterwards=afterwards)
        return not channel.problem


def report_health(channel_id: int, health: Health, *, at: datetime) -> None:
    """Write down what the platform said about the account; secrets it renewed meanwhile are sealed in this commit."""
    with transaction() as afterwards:
        channel = db.session.get(Channel, channel_id)
        if channel is None:
            return
        channel.asked_at = at
        channel.token_expires_at = health.token_expires_at or (None if health.is_ok else channel.token_expires_at)
        if health.refreshed:
            channel.secrets = _sealed(channel.secrets, health.refreshed)
        if health.is_ok:
            channel.reached_at = at
            _up(channel, MENDED_BY_HEALTH, at=at, afterwards=afterwards)
            _try_out(channel, at=at, afterwards=afterwards)
        else:
            words = health.words or "Die Plattform nimmt den Zugang nicht an."
            down(channel_id, words=words, source=Source.HEALTH, code=health.code, at=at, afterwards=afterwards)


def _try_out(channel: Channel, *, at: datetime, afterwards: Afterwards) -> None:
    """Send one of the waiting answers where sending had failed; where none waits the problem is over."""
    if channel.problem_source is Source.SENDING:
        outbox.release(channel.id, limit=1, afterwards=afterwards)
        if outbox.is_empty(channel.id):
            _up(channel, {Source.SENDING}, at=at, afterwards=afterwards)


def up(channel_id: int, *, source: Source, at: datetime, afterwards: Afterwards) -> None:
    """Take back inside a verb what this source has found."""
    channel = db.session.get(Channel, channel_id)
    if channel is not None:
        _up(channel, {source}, at=at, afterwards=afterwards)


def _up(channel: Channel, mended: Collection[Source], *, at: datetime, afterwards: Afterwards) -> None:
    """Turn a channel green if its problem is one of these."""
    if channel.problem and (channel.problem_source or Source.HEARING) in mended:
        forget_problem(channel)
        outbox.release(channel.id, afterwards=afterwards)
        record("channel_up", ticket_id=None, at=at, afterwards=afterwards, channel=channel.id)


def forget_problem(channel: Channel) -> None:
    """Take back what was found wrong with a channel."""
    channel.problem, channel.problem_code, channel.problem_source, channel.problem_at = "", "", None, None


def refuse(counts: Mapping[int, int], *, at: datetime) -> None:
    """Count calls of hooks whose signature was wrong or missing, by channel."""
    with transaction():
        for channel_id, count in sorted(counts.items()):
            db.session.execute(
                update(Channel)
                .where(Channel.id == channel_id)
                .values(refused_count=Channel.refused_count + count, refused_at=at)
            )
