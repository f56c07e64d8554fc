"""Teams that take part in a ticket beside the one that holds the ball."""

from __future__ import annotations

from app import access, clock
from app.access import Person
from app.api import routes
from app.api.answered import TakingPartAnswered, TakingPartsAnswered
from app.api.asked import TeamAsked
from app.desk import participation as desk
from app.finders import directory
from app.finders import participation as finder


def taking_part(ticket_id: int) -> list[TakingPartAnswered]:
    """Return the teams of a ticket as programs read them."""
    return [TakingPartAnswered.model_validate(each._asdict() | {"team": each.name}) for each in finder.of(ticket_id)]


@routes.post("/tickets/<id:number>/teams", answer=TakingPartsAnswered, body=TeamAsked)
def invite(*, person: Person, number: int, body: TeamAsked) -> TakingPartsAnswered:
    """Let one more team take part: it sees the ticket and may answer, the ball and every deadline stay."""
    ticket_id = access.ticket(person, number).id
    desk.invite(ticket_id, team_id=directory.team_called(body.team), by=person, at=clock.now())
    return TakingPartsAnswered(ticket=ticket_id, teams_taking_part=taking_part(ticket_id))


@routes.delete("/tickets/<id:number>/teams", answer=TakingPartsAnswered, query=TeamAsked)
def leave(*, person: Person, number: int, query: TeamAsked) -> TakingPartsAnswered:
    """Let a team take part no longer; asking it again brings back what was there."""
    ticket_id = access.ticket(person, number).id
    desk.leave(ticket_id, team_id=directory.team_called(query.team), by=person, at=clock.now())
    return TakingPartsAnswered(ticket=ticket_id, teams_taking_part=taking_part(ticket_id))
