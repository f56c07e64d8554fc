"""Saying that two matters are one, also for whoever sees only one of them; where nothing is proven, by asking first.

Nobody comes to read a matter by guessing: without sight of the other one they join what is proven, or what those who
see it have asked them about. Anything else is a question to the team over there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app import hearsay
from app.access import Person, visible
from app.db import Afterwards, db, once_more, transaction
from app.desk import joining, suggestions
from app.desk.spoken import language_of
from app.desk.staff import Staff
from app.desk.telling import tell
from app.desk.writing import held, record
from app.errors import Refused
from app.models import Agent, Suggestion, SuggestionState, Team, Ticket, Via

LONGEST_QUESTION = 300
_SUBJECTS: Mapping[str, str] = {
    "de": "Dasselbe Anliegen? {number}",
    "en": "The same request? {number}",
}
_TEXTS: Mapping[str, str] = {
    "de": "{by} ({team}) fragt, ob Ihr Anliegen {number} und eines von dort dasselbe sind. {question}",
    "en": "{by} ({team}) asks whether your request {number} and one of theirs are the same. {question}",
}


@once_more
def accept(ticket_id: int, suggestion_id: int, *, by: Person, at: datetime) -> int:
    """Join the two tickets of a suggestion and return the number they go by from now on: the older one.

    `ticket_id`: the one of the two that this person sees. Raises `Refused` with the code `not_seen` where they do not
    see the other one and may only ask.
    """
    other_id = suggestions.other(ticket_id, suggestion_id)
    suggestions.refuse_answered(suggestion_id)
    younger, older = max(ticket_id, other_id), min(ticket_id, other_id)
    with transaction() as afterwards:
        ticket, target = joining.both(younger, older)
        # Once more, and held: who says no at this instant comes before or after, never between.
        found = suggestions.refuse_answered(suggestion_id, is_held=True)
        if not (_sees(by, other_id) or found.asked_from_id == other_id or is_sure(found)):
            raise Refused("Das andere Anliegen sehen Sie nicht. Bitte fragen Sie dort nach.", code="not_seen")
        joining.unite(ticket, target, by=by, at=at, afterwards=afterwards)
    return older


def is_sure(found: Suggestion) -> bool:
    """Say whether both are certainly the same person's: proven then, not taken back since, and not by mere words.

    Nobody opens a matter to themselves, or to the colleague beside them, by saying that two people are one.
    """
    pair = (found.ticket_id, found.other_id)
    owners = set(db.session.scalars(select(Ticket.customer_id).where(Ticket.id.in_(pair))))
    return found.is_proven and len(owners) == 1 and not hearsay.binds(*pair, owners.pop())


def _sees(by: Person, ticket_id: int) -> bool:
    return db.session.scalar(select(Ticket.id).where(Ticket.id == ticket_id, visible(by))) is not None


@once_more
def ask(ticket_id: int, suggestion_id: int, *, question: str = "", by: Person, at: datetime) -> None:
    """Ask the team of the other ticket whether the two are one: whoever sees that one may join them from now on."""
    other_id = suggestions.other(ticket_id, suggestion_id)
    words = " ".join(question.split())[:LONGEST_QUESTION]
    with transaction() as afterwards:
        ticket, other = _both(ticket_id, other_id)
        free = (Suggestion.id == suggestion_id) & (Suggestion.state == SuggestionState.PENDING)
        values = {"asked_from_id": ticket_id, "asked_by_id": by.id, "asked_at": at}
        asking = update(Suggestion).where(free, Suggestion.asked_at.is_(None)).values(values)
        if db.session.scalar(asking.returning(Suggestion.id)) is None:
            raise Refused("Danach ist schon gefragt, oder es ist entschieden.", code="answered_already")
        names: dict[str, Any] = {"question": words, "team": _name(ticket.team_id), "asked": _name(other.team_id)}
        record("join_asked", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards, is_ours=True, **names)
        record("join_asked", ticket_id=other_id, at=at, actor_id=by.id, afterwards=afterwards, is_ours=False, **names)
        _tell(other, suggestion_id, names, by=by, at=at, afterwards=afterwards)


@once_more
def ask_no_more(ticket_id: int, suggestion_id: int, *, by: Person, at: datetime) -> None:
    """Take the question back before anybody has answered it."""
    other_id = suggestions.other(ticket_id, suggestion_id)
    with transaction() as afterwards:
        _both(ticket_id, other_id)
        ours = (Suggestion.id == suggestion_id) & (Suggestion.state == SuggestionState.PENDING)
        nobody = {"asked_from_id": None, "asked_by_id": None, "asked_at": None}
        taken = update(Suggestion).where(ours, Suggestion.asked_from_id == ticket_id).values(nobody)
        if db.session.scalar(taken.returning(Suggestion.id)) is None:
            raise Refused("Hier ist nichts gefragt, das sich zurücknehmen ließe.", code="answered_already")
        for each in (ticket_id, other_id):
            record("join_unasked", ticket_id=each, at=at, actor_id=by.id, afterwards=afterwards)


def _both(ticket_id: int, other_id: int) -> tuple[Ticket, Ticket]:
    """Hold both in the order of their numbers."""
    rows = {number: held(number) for number in sorted((ticket_id, other_id))}
    return rows[ticket_id], rows[other_id]


def _name(team_id: int | None) -> str:
    return db.session.scalar(select(Team.name).where(Team.id == team_id)) or ""


def _tell(
    other: Ticket, suggestion_id: int, names: Mapping[str, Any], *, by: Person, at: datetime, afterwards: Afterwards
) -> None:
    """Tell whoever has the other matter; where nobody has it, its team."""
    staff = Staff(at)
    assignee = db.session.get(Agent, other.assignee_id) if other.assignee_id else None
    people = [assignee] if assignee else [*(staff.members(other.team_id) if other.team_id else staff.leads(None))]
    known = {"number": other.id, "by": by.name, "team": names["team"], "question": names["question"]}

    def words(language: str) -> tuple[str, str]:
        code = language_of(language)
        return f"{_SUBJECTS[code].format_map(known)} – {other.subject}", _TEXTS[code].format_map(known).strip()

    key = f"suggestion:{suggestion_id}:{at:%Y%m%d%H%M%S}"
    via = (Via.INBOX, Via.PUSH)
    tell(
        people,
        key=key,
        kind="join_asked",
        ticket=other,
        words=words,
        via=via,
        at=at,
        afterwards=afterwards,
        staff=staff,
    )
