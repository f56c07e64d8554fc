"""Who is at the door: passwords, browser sessions and API tokens, each turned into a `Person`.

Passwords are argon2id hashes. A cookie or a token carries a random secret of 256 bits; the database keeps only its
SHA-256, so a stolen copy of the database opens no door.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Row, bindparam, delete, select, update

from app.access import Person
from app.db import db, transaction
from app.errors import Refused
from app.models import Agent, SignIn, Token, membership

SHORTEST_PASSWORD = 10
STAYS_FOR = timedelta(days=30)
"""A browser that was not seen for this long must log in again."""
SEEN_EVERY = timedelta(minutes=10)

_ACTIVE = (
    select(Agent.id, Agent.name, Agent.email, Agent.role, Agent.language, Agent.can_publish, membership.c.team_id)
    .select_from(Agent)
    .outerjoin(membership, membership.c.agent_id == Agent.id)
    .where(Agent.is_active.is_(True))
)
_BY_SIGN_IN = (
    _ACTIVE.add_columns(SignIn.id.label("sign_in_id"), SignIn.seen_at)
    .join(SignIn, SignIn.agent_id == Agent.id)
    .where(SignIn.digest == bindparam("digest"))
)
_BY_TOKEN = (
    _ACTIVE.add_columns(Token.id.label("token_id"))
    .join(Token, Token.agent_id == Agent.id)
    .where(Token.digest == bindparam("digest"))
)
_BY_ID = _ACTIVE.where(Agent.id == bindparam("agent"))

_hasher = PasswordHasher()
_nobody = _hasher.hash(secrets.token_hex(16))
"""Checked when there is no such person, so that the answer takes as long as for a wrong password."""


def digest_of(secret: str) -> str:
    """Return what the database knows of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_password(password: str) -> str:
    """Return the hash to store; raises `Refused` for a password that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refused("Das Kennwort braucht mindestens %(least)s Zeichen.", field="password", least=SHORTEST_PASSWORD)
    return _hasher.hash(password)


def log_in(email: str, password: str, *, address: str, browser: str, at: datetime) -> str | None:
    """Check the password and return the secret for a new browser session; None if it does not fit."""
    found = db.session.execute(
        select(Agent.id, Agent.password_hash).where(Agent.email == email.strip().lower(), Agent.is_active.is_(True))
    ).first()
    if not _fits(found.password_hash if found else "", password) or found is None:
        return None
    secret = secrets.token_urlsafe(32)
    with transaction():
        db.session.add(
            SignIn(
                agent_id=found.id,
                digest=digest_of(secret),
                created_at=at,
                seen_at=at,
                address=address[:64],
                browser=browser[:200],
            )
        )
        if _hasher.check_needs_rehash(found.password_hash):
            fresh = _hasher.hash(password)
            db.session.execute(update(Agent).where(Agent.id == found.id).values(password_hash=fresh))
    return secret


def _fits(password_hash: str, password: str) -> bool:
    try:
        _hasher.verify(password_hash or _nobody, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


def person_of(secret: str, *, at: datetime) -> Person | None:
    """Return the agent behind a browser session, in one query; None if it ended or was logged out."""
    rows = db.session.connection().execute(_BY_SIGN_IN, {"digest": digest_of(secret)}).all()
    if not rows or at - rows[0].seen_at > STAYS_FOR:
        return None
    person = _person(rows, sign_in_id=rows[0].sign_in_id)
    if abs(at - rows[0].seen_at) > SEEN_EVERY:
        _seen(person.sign_in_id, at=at)
    return person


def _seen(sign_in_id: int, *, at: datetime) -> None:
    with transaction():
        db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=at))


def _person(rows: Sequence[Row[Any]], *, sign_in_id: int = 0) -> Person:
    agent = rows[0]
    return Person(
        id=agent.id,
        name=agent.name,
        email=agent.email,
        role=agent.role,
        language=agent.language,
        team_ids=tuple(sorted(row.team_id for row in rows if row.team_id is not None)),
        sign_in_id=sign_in_id,
        may_publish=agent.can_publish,
    )


def person_by_id(agent_id: int) -> Person | None:
    """Return an active agent as a person, for the command line and signed links."""
    rows = db.session.connection().execute(_BY_ID, {"agent": agent_id}).all()
    return _person(rows) if rows else None


def log_out(sign_in_id: int, *, agent_id: int) -> None:
    """End one browser session of this agent at once."""
    with transaction():
        db.session.execute(delete(SignIn).where(SignIn.id == sign_in_id, SignIn.agent_id == agent_id))


def log_out_everywhere(agent_id: int, *, but: int = 0) -> None:
    """End all browser sessions of an agent, except the one named; done whenever a password changes."""
    with transaction():
        db.session.execute(delete(SignIn).where(SignIn.agent_id == agent_id, SignIn.id != but))


def sign_ins(agent_id: int) -> Sequence[SignIn]:
    """Return the browsers an agent is logged in with, the last seen first."""
    return db.session.scalars(select(SignIn).where(SignIn.agent_id == agent_id).order_by(SignIn.seen_at.desc())).all()


def set_password(agent_id: int, password: str) -> None:
    """Change the password and end every browser session."""
    hashed = hash_password(password)
    with transaction():
        db.session.execute(update(Agent).where(Agent.id == agent_id).values(password_hash=hashed))
        db.session.execute(delete(SignIn).where(SignIn.agent_id == agent_id))


def issue_token(agent_id: int, *, name: str, at: datetime) -> str:
    """Make an API token and return it: it is never shown again."""
    secret = f"faden_{secrets.token_urlsafe(32)}"
    with transaction():
        db.session.add(Token(agent_id=agent_id, name=name[:80], digest=digest_of(secret), created_at=at))
    return secret


def person_by_token(secret: str) -> tuple[Person, int] | None:
    """Return the agent behind an API token and the token's id, in one query."""
    rows = db.session.connection().execute(_BY_TOKEN, {"digest": digest_of(secret)}).all()
    return (_person(rows), rows[0].token_id) if rows else None
