"""Who hears of a hand-over, and in which words: who is asked by name, and the giver when nothing comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app import live
from app.access import Person
from app.db import Afterwards, db
from app.desk.spoken import language_of
from app.desk.staff import Staff
from app.desk.telling import Words, tell
from app.models import Agent, Handover, HandoverState, Ticket, Via

_SUBJECTS: Mapping[tuple[str, str], str] = {
    ("de", "asked"): "Übergabe an Sie: Anliegen {number}",
    ("en", "asked"): "Handed over to you: request {number}",
    ("de", HandoverState.DECLINED): "Übergabe abgelehnt: Anliegen {number}",
    ("en", HandoverState.DECLINED): "Hand-over declined: request {number}",
    ("de", HandoverState.RETURNED): "Übergabe nicht angenommen: Anliegen {number}",
    ("en", HandoverState.RETURNED): "Hand-over not accepted: request {number}",
}
_TEXTS: Mapping[tuple[str, str], str] = {
    ("de", "asked"): "{by} bittet {team}, das Anliegen von {customer} zu übernehmen: {reason}",
    ("en", "asked"): "{by} asks {team} to take over the request of {customer}: {reason}",
    ("de", HandoverState.DECLINED): "{team} ({by}) hat abgelehnt: {answer}\n\nDas Anliegen von {customer} bleibt hier. "
    "Übergeben werden sollte es, weil: {reason}",
    ("en", HandoverState.DECLINED): "{team} ({by}) has declined: {answer}\n\nThe request of {customer} stays here. "
    "It was to be handed over because: {reason}",
    ("de", HandoverState.RETURNED): "Niemand von {team} hat geantwortet. Das Anliegen von {customer} bleibt hier. "
    "Übergeben werden sollte es, weil: {reason}",
    ("en", HandoverState.RETURNED): "Nobody of {team} has answered. The request of {customer} stays here. "
    "It was to be handed over because: {reason}",
}


def asked(
    handover: Handover,
    ticket: Ticket,
    agent: Agent | None,
    *,
    team: str,
    by: Person,
    at: datetime,
    afterwards: Afterwards,
) -> None:
    """Tell who is asked by name, or stands in; the others have it in their list, and its clock climbs the ladder."""
    if agent is None:
        return
    words = _words(handover, ticket, "asked", team=team, by=by.name)
    key, via = f"handover:{handover.id}:asked", (Via.INBOX, Via.PUSH)
    tell([agent], key=key, kind="handed_over", ticket=ticket, words=words, via=via, at=at, afterwards=afterwards)


def given_back(
    handover: Handover, ticket: Ticket, *, team: str, by: Person | None, at: datetime, afterwards: Afterwards
) -> None:
    """Tell the giving side that the matter stays with them: who handed it over, and the leads of their team."""
    if handover.state not in {HandoverState.DECLINED, HandoverState.RETURNED}:
        return
    staff = Staff(at)
    giver = db.session.get(Agent, handover.by_id) if handover.by_id else None
    words = _words(handover, ticket, handover.state, team=team, by=by.name if by else "")
    key, kind = f"handover:{handover.id}:{handover.state}", f"handover_{handover.state}"
    team_id = ticket.team_id if ticket.team_id != handover.to_team_id else handover.from_team_id
    people = [*([giver] if giver else []), *staff.leads(team_id)]
    tell(people, key=key, kind=kind, ticket=ticket, words=words, at=at, afterwards=afterwards, staff=staff)


def _words(handover: Handover, ticket: Ticket, what: str, *, team: str, by: str) -> Words:
    known = {"number": ticket.id, "customer": ticket.customer_name, "reason": handover.reason}
    known |= {"team": team, "by": by, "answer": handover.answer}

    def words(language: str) -> tuple[str, str]:
        code = language_of(language)
        subject = f"{_SUBJECTS[code, what].format_map(known)} – {ticket.subject}"
        return subject, _TEXTS[code, what].format_map(known)

    return words


def no_longer_asked(team_id: int, *, at: datetime, afterwards: Afterwards) -> None:
    """Let the open browsers of a team count anew: they do not see the ticket any more, so its events pass them by."""
    members = [agent.id for agent in Staff(at).members(team_id)]
    signal = live.Signal(id=0, kind="handovers", ticket=0, agents=members)
    if members:
        afterwards.append(lambda: live.publish(signal))
