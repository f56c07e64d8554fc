"""Who hears of a release, and in which words: those who may let it go, then whoever asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from app.access import Person
from app.db import Afterwards, db
from app.desk.spoken import language_of
from app.desk.staff import Staff
from app.desk.telling import Words, tell
from app.models import Agent, Channel, Release, ReleaseState, Role, Ticket, Via

_SUBJECTS: Mapping[tuple[str, ReleaseState], str] = {
    ("de", ReleaseState.ASKED): "Freigabe erbeten: Anliegen {number}",
    ("en", ReleaseState.ASKED): "Release asked for: request {number}",
    ("de", ReleaseState.RELEASED): "Freigegeben: Ihre Antwort zu Anliegen {number}",
    ("en", ReleaseState.RELEASED): "Released: your answer to request {number}",
    ("de", ReleaseState.DECLINED): "Nicht freigegeben: Ihre Antwort zu Anliegen {number}",
    ("en", ReleaseState.DECLINED): "Not released: your answer to request {number}",
    ("de", ReleaseState.WITHDRAWN): "Zurückgegeben: Ihre Antwort zu Anliegen {number}",
    ("en", ReleaseState.WITHDRAWN): "Given back: your answer to request {number}",
}
_TEXTS: Mapping[tuple[str, ReleaseState], str] = {
    ("de", ReleaseState.ASKED): "{by} möchte öffentlich antworten:\n\n{text}",
    ("en", ReleaseState.ASKED): "{by} would like to answer in public:\n\n{text}",
    ("de", ReleaseState.RELEASED): "{by} hat Ihre öffentliche Antwort freigegeben.",
    ("en", ReleaseState.RELEASED): "{by} has released your public answer.",
    ("de", ReleaseState.DECLINED): "{by}: {reason}\n\nIhr Text steht wieder als Entwurf im Anliegen.",
    ("de", ReleaseState.WITHDRAWN): "{by} hat das Anliegen erledigt, ohne dass Ihre öffentliche Antwort hinausging.\n\n"
    "Ihr Text steht wieder als Entwurf im Anliegen.",
    ("en", ReleaseState.WITHDRAWN): "{by} has resolved the request before your public answer went out.\n\n"
    "Your text is a draft on the request again.",
    ("en", ReleaseState.DECLINED): "{by}: {reason}\n\nYour text is a draft on the request again.",
}


def asked(
    release: Release, ticket: Ticket, channel: Channel, *, by: Person, at: datetime, afterwards: Afterwards
) -> None:
    """Tell who may let it go: the leads of the ticket's and the channel's team, else whoever there may publish."""
    staff = Staff(at)
    teams = list(dict.fromkeys(id_ for id_ in (channel.team_id, ticket.team_id) if id_))
    leads = [agent for team in teams for agent in staff.leads(team)]
    members = [agent for team in teams for agent in staff.members(team) if agent.can_publish]
    people = {agent.id: agent for agent in (leads or members or _admins()) if agent.id != by.id}
    words = _words(release, ticket, by=by.name)
    key, via = f"release:{release.id}:asked", (Via.INBOX, Via.PUSH)
    tell(
        people.values(),
        key=key,
        kind="release_asked",
        ticket=ticket,
        words=words,
        via=via,
        at=at,
        afterwards=afterwards,
        staff=staff,
    )


def _admins() -> list[Agent]:
    return list(db.session.scalars(select(Agent).where(Agent.role == Role.ADMIN, Agent.is_active.is_(True))))


def answered(release: Release, ticket: Ticket, *, by: Person, at: datetime, afterwards: Afterwards) -> None:
    """Tell whoever asked what became of it; by mail too where they have to write again."""
    asker = db.session.get_one(Agent, release.asked_by_id)
    words, kind = _words(release, ticket, by=by.name), f"release_{release.state.value}"
    via = (Via.INBOX, Via.MAIL) if release.state is ReleaseState.DECLINED else (Via.INBOX,)
    key = f"release:{release.id}:{release.state.value}"
    tell([asker], key=key, kind=kind, ticket=ticket, words=words, via=via, at=at, afterwards=afterwards)


def _words(release: Release, ticket: Ticket, *, by: str) -> Words:
    known = {"number": ticket.id, "by": by, "text": release.text, "reason": release.reason}
    state = release.state

    def words(language: str) -> tuple[str, str]:
        code = language_of(language)
        return f"{_SUBJECTS[code, state].format_map(known)} – {ticket.subject}", _TEXTS[code, state].format_map(known)

    return words
