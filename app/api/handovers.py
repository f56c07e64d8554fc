"""Hand-overs between teams: asked, accepted, declined, taken back; and the list of what waits for whom."""

from __future__ import annotations

from app import access, clock
from app.access import Person
from app.api import routes
from app.api.asked import HandoverAsked, RefusalAsked
from app.api.owed_answers import HandoverAnswered, HandoversAnswered
from app.desk import handovers as desk
from app.finders import directory
from app.finders import handovers as finder


@routes.get("/handovers", answer=HandoversAnswered)
def handovers(*, person: Person) -> HandoversAnswered:
    """List what one's teams are asked to take and what they ask others, what waits first; of administrators all."""
    found = finder.listed(person, now=clock.now())
    return HandoversAnswered(
        to_us=[answered(each) for each in found.to_us], from_us=[answered(each) for each in found.from_us]
    )


def answered(asked: finder.Asked) -> HandoverAnswered:
    """Return a hand-over as programs read it."""
    return HandoverAnswered.model_validate(
        asked._asdict()
        | {
            "ticket": asked.number if asked.lies_with is None else None,
            "accept_due": asked.accept_due_at,
            "accept_verdict": _judged(asked.accept_verdict),
            "work_due": asked.work_due_at,
            "work_verdict": _judged(asked.work_verdict),
        }
    )


def _judged(verdict: str | None) -> str | None:
    return verdict if verdict in {"met", "breached"} else None


@routes.post("/tickets/<id:number>/handover", answer=HandoverAnswered, body=HandoverAsked, status=201)
def hand_over(*, person: Person, number: int, body: HandoverAsked) -> HandoverAnswered:
    """Ask another team to take the ticket; until somebody there accepts, the ball stays where it is."""
    ticket_id = access.ticket(person, number).id
    handover_id = desk.hand_over(
        ticket_id,
        to_team_id=directory.team_called(body.team),
        to_agent_id=directory.agent_called(body.agent) if body.agent is not None else None,
        reason=body.reason,
        by=person,
        at=clock.now(),
    )
    return answered(finder.one(handover_id))


@routes.delete("/tickets/<id:number>/handover", answer=HandoverAnswered)
def withdraw_handover(*, person: Person, number: int) -> HandoverAnswered:
    """Take back what waits for its answer; only the giving side may."""
    return answered(finder.one(desk.withdraw(access.ticket(person, number).id, by=person, at=clock.now())))


@routes.post("/tickets/<id:number>/handover/accept", answer=HandoverAnswered)
def accept_handover(*, person: Person, number: int) -> HandoverAnswered:
    """Take the ticket over: team and assignee change with it."""
    return answered(finder.one(desk.accept(access.ticket(person, number).id, by=person, at=clock.now())))


@routes.post("/tickets/<id:number>/handover/decline", answer=HandoverAnswered, body=RefusalAsked)
def decline_handover(*, person: Person, number: int, body: RefusalAsked) -> HandoverAnswered:
    """Say no, and why; the ticket is out of one's sight afterwards."""
    ticket_id = access.ticket(person, number).id
    return answered(finder.one(desk.decline(ticket_id, reason=body.reason, by=person, at=clock.now())))
