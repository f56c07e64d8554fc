"""Screens on a wall: each has an address of its own that shows figures and opens nothing else."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.access import Person
from app.db import db, transaction
from app.errors import NotFound, Refused
from app.models import Agent, Role, Team, Wallboard
from app.signin import digest_of

LONGEST_NAME = 80
SEEN_EVERY = timedelta(minutes=1)


def hang(name: str, *, team_id: int | None, by: Person, at: datetime) -> str:
    """Give a screen an address and return its secret, which is stored nowhere; `team_id` None: the figures of all.

    Raises `Refused` without a name and for teams one does not lead: all of them are the administrators' alone.
    """
    words = " ".join(name.split())[:LONGEST_NAME]
    if not words:
        raise Refused("Bitte geben Sie der Wandanzeige einen Namen.", field="name")
    if not by.is_lead or (not by.is_admin and team_id not in by.team_ids):
        raise Refused("Bitte wählen Sie eines Ihrer Teams.", field="team")
    secret = secrets.token_urlsafe(32)
    with transaction():
        if team_id is not None and db.session.scalar(select(Team.id).where(Team.id == team_id)) is None:
            raise Refused("Dieses Team gibt es nicht.", field="team")
        db.session.add(
            Wallboard(name=words, team_id=team_id, digest=digest_of(secret), created_by_id=by.id, created_at=at)
        )
    return secret


def end(wallboard_id: int, *, by: Person, at: datetime) -> None:
    """Let an address lead nowhere from now on; raises `NotFound` for screens of teams one does not lead."""
    with transaction():
        found = db.session.get(Wallboard, wallboard_id)
        if found is None or not by.is_lead or (not by.is_admin and found.team_id not in by.team_ids):
            raise NotFound("Diese Wandanzeige gibt es nicht.")
        found.ended_at = found.ended_at or at


def end_of(agent_id: int, *, at: datetime) -> None:
    """End the screens that somebody hung up who has left: they know the addresses. Inside a transaction."""
    hung = (Wallboard.created_by_id == agent_id, Wallboard.ended_at.is_(None))
    db.session.execute(update(Wallboard).where(*hung).values(ended_at=at))


def end_unled(agent: Agent, *, at: datetime) -> None:
    """End the screens that somebody hung up of teams they lead no longer. Inside a transaction."""
    if agent.role is Role.ADMIN:
        return
    led = [team.id for team in agent.teams] if agent.role is Role.LEAD else []
    theirs = Wallboard.team_id.is_(None) | Wallboard.team_id.not_in(led)
    hung = (Wallboard.created_by_id == agent.id, Wallboard.ended_at.is_(None), theirs)
    db.session.execute(update(Wallboard).where(*hung).values(ended_at=at))


def saw(wallboard_id: int, seen_at: datetime | None, *, at: datetime) -> None:
    """Note that a screen asked for its figures, once a minute: nobody reads it more exactly."""
    if seen_at is not None and abs(at - seen_at) < SEEN_EVERY:
        return
    with transaction():
        db.session.execute(update(Wallboard).where(Wallboard.id == wallboard_id).values(seen_at=at))
