"""What we promise customers and what needs no answer: given, passed on, waived, taken back."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from app import access, clock
from app.access import Person
from app.api import routes
from app.api.answered import TicketAnswered
from app.api.asked import Asked, RowId, Term, Text, Word
from app.api.owed_answers import PromiseAnswered, PromisesAnswered
from app.desk import promise_acts, waiver
from app.desk.promises import Given
from app.errors import NotFound
from app.finders import directory, promises
from app.finders import tickets as lists


class ResolutionAsked(Asked):
    """What is said besides when a ticket is closed.

    `promise` is needed where one is open: `take` lets somebody stand for it (`to`, else whoever asks) and leaves the
    ticket open until it is kept, `waive` lets it go for a `reason`. `cause`: why it came to this. `releases` is needed
    where a public answer waits for its release: `withdraw` gives it back to its author as a draft.
    """

    promise: Literal["take", "waive"] | None = None
    to: RowId | Word | None = None
    reason: Term = ""
    releases: Literal["withdraw"] | None = None
    cause: Annotated[Term, Field(max_length=120)] | None = None


class CauseAsked(Asked):
    """Empty takes back what was said."""

    cause: Annotated[Term, Field(max_length=120)]


class PromiseAsked(Asked):
    """`owner` stands for it, else whoever gives it; without a conversation it belongs to the newest."""

    due: AwareDatetime
    text: Text
    owner: RowId | Word | None = None
    conversation: RowId | None = None


class PassingAsked(Asked):
    to: RowId | Word


class ReasonAsked(Asked):
    reason: Word


class WaiverAsked(Asked):
    """`thanks`, `spam`, `duplicate`, or the reason in one's own words."""

    reason: Word


def _listed(number: int) -> PromisesAnswered:
    return PromisesAnswered(promises=[PromiseAnswered.model_validate(each) for each in promises.on_ticket(number)])


def _who(person: Person, name: int | str | None) -> int | None:
    if name is None:
        return None
    return person.id if name == "me" else directory.agent_called(name)


def _of_ticket(person: Person, number: int, promise: int) -> int:
    """Return the ticket's own number; raises `NotFound` if the promise is not part of it."""
    ticket_id = access.ticket(person, number).id
    if all(each.id != promise for each in promises.on_ticket(ticket_id)):
        raise NotFound("Diese Zusage gibt es nicht.")
    return ticket_id


@routes.get("/tickets/<id:number>/promises", answer=PromisesAnswered)
def list_promises(*, person: Person, number: int) -> PromisesAnswered:
    """List what was promised on the ticket, the oldest first."""
    return _listed(access.ticket(person, number).id)


@routes.post("/tickets/<id:number>/promises", answer=PromisesAnswered, body=PromiseAsked, status=201)
def give_promise(*, person: Person, number: int, body: PromiseAsked) -> PromisesAnswered:
    """Write down what was promised elsewhere; an earlier promise that is still owed is replaced."""
    ticket_id = access.ticket(person, number).id
    if body.conversation and access.conversation(person, body.conversation).ticket_id != ticket_id:
        raise NotFound("Dieser Gesprächsfaden gehört nicht zu diesem Anliegen.")
    given = Given(due_at=body.due, text=body.text, owner_id=_who(person, body.owner))
    promise_acts.give(ticket_id, given=given, conversation_id=body.conversation, by=person, at=clock.now())
    return _listed(ticket_id)


@routes.post("/tickets/<id:number>/promises/<id:promise>/owner", answer=PromisesAnswered, body=PassingAsked)
def pass_promise_on(*, person: Person, number: int, promise: int, body: PassingAsked) -> PromisesAnswered:
    """Let somebody else stand for a promise."""
    ticket_id = _of_ticket(person, number, promise)
    promise_acts.pass_on(promise, to=_who(person, body.to) or person.id, by=person, at=clock.now())
    return _listed(ticket_id)


@routes.post("/tickets/<id:number>/promises/<id:promise>/waiver", answer=PromisesAnswered, body=ReasonAsked)
def waive_promise(*, person: Person, number: int, promise: int, body: ReasonAsked) -> PromisesAnswered:
    """Say that a promise need not be kept any more, and why."""
    ticket_id = _of_ticket(person, number, promise)
    promise_acts.waive(promise, reason=body.reason, by=person, at=clock.now())
    return _listed(ticket_id)


@routes.delete("/tickets/<id:number>/promises/<id:promise>/waiver", answer=PromisesAnswered)
def take_promise_up(*, person: Person, number: int, promise: int) -> PromisesAnswered:
    """Owe a promise again that was waived."""
    ticket_id = _of_ticket(person, number, promise)
    promise_acts.take_back(promise, by=person, at=clock.now())
    return _listed(ticket_id)


@routes.post("/tickets/<id:number>/waiver", answer=TicketAnswered, body=WaiverAsked)
def waive(*, person: Person, number: int, body: WaiverAsked) -> TicketAnswered:
    """Say that what is owed needs no answer; promises stay promised."""
    ticket_id = access.ticket(person, number).id
    waiver.waive(ticket_id, reason=body.reason, by=person, at=clock.now())
    return TicketAnswered.model_validate(lists.row(ticket_id))


@routes.delete("/tickets/<id:number>/waiver", answer=TicketAnswered)
def take_waiver_back(*, person: Person, number: int) -> TicketAnswered:
    """Owe again what was waived last, with its old deadlines."""
    ticket_id = access.ticket(person, number).id
    waiver.take_back(ticket_id, by=person, at=clock.now())
    return TicketAnswered.model_validate(lists.row(ticket_id))
