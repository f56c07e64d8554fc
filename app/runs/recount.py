"""The counters behind the badges, checked against the tickets they count."""

from __future__ import annotations

import logging

from sqlalchemy import delete, func, or_, select, text

from app.db import db, transaction
from app.desk.writing import upsert
from app.models import Counter, Participation, Ticket

log = logging.getLogger(__name__)


def repair_counters() -> dict[str, tuple[int, int]]:
    """Put right every counter that differs, and return what it said and what it should say.

    Verbs change their counters in the last statement before the commit. Nobody gets past the lock taken here, so
    whatever is counted here was committed together with its counters.
    """
    with transaction():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("LOCK TABLE counter IN SHARE ROW EXCLUSIVE MODE"))
        should = _counted()
        said = {key: count for key, count in db.session.execute(select(Counter.key, Counter.count)) if count}
        wrong = {
            key: (said.get(key, 0), should.get(key, 0))
            for key in said.keys() | should.keys()
            if said.get(key, 0) != should.get(key, 0)
        }
        if wrong:
            db.session.execute(delete(Counter).where(Counter.key.in_(wrong)))
            rows = [{"key": key, "count": count} for key, (_, count) in wrong.items() if count]
            if rows:
                db.session.execute(upsert(Counter).values(rows))
    for key, (was, now) in sorted(wrong.items()):
        log.error("counter %s said %d, counted %d: repaired", key, was, now)
    return wrong


def _counted() -> dict[str, int]:
    """Count the open tickets the way `app.desk.writing.badges` names them."""
    counted: dict[str, int] = {}
    found = db.session.execute(
        select(Ticket.team_id, Ticket.assignee_id, Ticket.asked_team_id, Ticket.is_social, func.count())
        .where(Ticket.closed_at.is_(None))
        .group_by(Ticket.team_id, Ticket.assignee_id, Ticket.asked_team_id, Ticket.is_social)
    )
    for team_id, assignee_id, asked_id, is_social, count in found:
        own = f"unassigned:{team_id or 0}" if assignee_id is None else f"agent:{assignee_id}"
        asked = [f"asked:{asked_id}"] if asked_id else []
        social = [f"social:{team_id or 0}"] if is_social else []
        for key in (f"team:{team_id or 0}", own, *asked, *social):
            counted[key] = counted.get(key, 0) + count
    parts = (
        select(Participation.team_id, func.count(func.distinct(Ticket.id)))
        .join(Ticket, Ticket.id == Participation.ticket_id)
        .where(Ticket.closed_at.is_(None), or_(Ticket.team_id.is_(None), Ticket.team_id != Participation.team_id))
    )
    for team_id, count in db.session.execute(parts.group_by(Participation.team_id)):
        counted[f"part:{team_id}"] = count
    return counted
