"""Signs of life of the running parts, and leases so that only one of them does a thing; all in database time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from app.db import database_now, db, transaction
from app.desk.writing import upsert
from app.models import Heartbeat, Lease

FILES = "file:"
"""How the lease of whoever files a channel's calls begins; the channel's number follows."""


def beat(part: str, **details: object) -> None:
    """Write the part's sign of life."""
    with transaction():
        statement = upsert(Heartbeat).values(part=part, at=database_now(), details=details)
        fresh = {"at": statement.excluded.at, "details": statement.excluded.details}
        db.session.execute(statement.on_conflict_do_update(index_elements=["part"], set_=fresh))


def lease(name: str, *, owner: str, within: float) -> bool:
    """Take or renew a lease for `within` seconds; False while somebody else holds it."""
    with transaction():
        now = db.session.execute(select(database_now())).scalar_one()
        statement = upsert(Lease).values(name=name, owner=owner, until=now + timedelta(seconds=within))
        taken = db.session.scalar(
            statement.on_conflict_do_update(
                index_elements=["name"],
                set_={"owner": statement.excluded.owner, "until": statement.excluded.until},
                where=or_(Lease.owner == owner, Lease.until < now),
            ).returning(Lease.owner)
        )
    return bool(taken == owner)


def held(prefix: str) -> list[str]:
    """Return the leases that somebody holds now and whose names begin so."""
    found = select(Lease.name).where(Lease.name.startswith(prefix, autoescape=True), Lease.until > database_now())
    return list(db.session.scalars(found))


def release(name: str, *, owner: str) -> None:
    """Give a lease back, so that the next one need not wait for its end."""
    with transaction():
        row = db.session.get(Lease, name)
        if row and row.owner == owner:
            db.session.delete(row)


def ages() -> dict[str, float]:
    """Return how many seconds ago each part gave its last sign of life."""
    now: datetime = db.session.execute(select(database_now())).scalar_one()
    return {beat.part: (now - beat.at).total_seconds() for beat in db.session.scalars(select(Heartbeat))}
