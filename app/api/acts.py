"""What is done to a ticket: reply, note, assign, resolve, reopen, join, part, and settling what did not go out."""

from __future__ import annotations

from app import access, clock
from app.access import Person
from app.api import routes
from app.api.answered import DeliveryAnswered, NoteAnswered, QueuedAnswered, TicketAnswered
from app.api.asked import AssignmentAsked, JoinAsked, NoteAsked, PartAsked, ReplyAsked
from app.api.promised import CauseAsked, ResolutionAsked
from app.desk import assignment, closing, joining, notes, replies, status, wider
from app.desk.promises import Given
from app.errors import NotFound, Refused
from app.finders import directory, matters
from app.finders import tickets as lists


def _conversation(person: Person, number: int, conversation_id: int) -> tuple[int, int]:
    """Return the ids of ticket and conversation; raises `NotFound` if the one is not part of the other."""
    ticket_id = access.ticket(person, number).id
    if access.conversation(person, conversation_id).ticket_id != ticket_id:
        raise NotFound("Dieser Gesprächsfaden gehört nicht zu diesem Anliegen.")
    return ticket_id, conversation_id


def _standing(number: int) -> TicketAnswered:
    """Return the ticket as it stands after an act, also where the act took it out of one's sight."""
    return TicketAnswered.model_validate(lists.row(number))


@routes.post("/tickets/<id:number>/replies", answer=QueuedAnswered, body=ReplyAsked, status=201)
def reply(*, person: Person, number: int, body: ReplyAsked) -> QueuedAnswered:
    """Answer the customer; what was owed counts as answered, and is judged when the answer is accepted."""
    if body.automatic and body.message_class == "holding":
        raise Refused("Einen Zwischenbescheid darf nur ein Mensch geben.", field="class", code="person_needed")
    ticket_id, conversation_id = _conversation(person, number, body.conversation)
    message_id, *also = _send(person, ticket_id, [conversation_id, *body.also], _answer(body))
    # A private answer to a public contact lies in a conversation of its own.
    if body.public is False:
        conversation_id = access.message(person, message_id).conversation_id
    return QueuedAnswered(
        ticket=ticket_id, conversation=conversation_id, message=message_id, delivery="queued", also=also
    )


def _answer(body: ReplyAsked) -> replies.Answer:
    return replies.Answer(
        text=body.words,
        last_seen_id=body.last_seen,
        seen_threads=body.seen_conversations,
        is_public=body.public,
        answers_id=body.answers,
        message_class="auto" if body.automatic else body.message_class,
        promise=Given(due_at=body.promise_at, text=body.promise_text) if body.promise_at else None,
    )


def _send(person: Person, ticket_id: int, conversations: list[int], answer: replies.Answer) -> list[int]:
    """Queue an answer in one conversation, or in several at once; returns the messages' ids."""
    if len(conversations) == 1:
        return [replies.reply_with(conversations[0], answer, by=person, at=clock.now())]
    ways = [wider.Way(conversation_id=each) for each in conversations]
    return wider.answer(ticket_id, ways, answer, by=person, at=clock.now())


@routes.post("/tickets/<id:number>/notes", answer=NoteAnswered, body=NoteAsked, status=201)
def note(*, person: Person, number: int, body: NoteAsked) -> NoteAnswered:
    """Write something for colleagues only."""
    ticket_id = access.ticket(person, number).id
    return NoteAnswered(ticket=ticket_id, note=notes.note(ticket_id, text=body.text, by=person, at=clock.now()))


@routes.post("/tickets/<id:number>/assignment", answer=TicketAnswered, body=AssignmentAsked)
def assign(*, person: Person, number: int, body: AssignmentAsked) -> TicketAnswered:
    """Say who answers, and which team the ticket lies with."""
    ticket_id = access.ticket(person, number).id
    assignment.assign(
        ticket_id,
        assignee_id=_assignee(person, body.assignee),
        team_id=directory.team_called(body.team) if body.team is not None else None,
        by=person,
        at=clock.now(),
    )
    return _standing(ticket_id)


def _assignee(person: Person, name: int | str | None) -> int | None:
    if name is None:
        return None
    return person.id if name == "me" else directory.agent_called(name)


@routes.post("/tickets/<id:number>/resolution", answer=TicketAnswered, body=ResolutionAsked)
def resolve(*, person: Person, number: int, body: ResolutionAsked) -> TicketAnswered:
    """Close the ticket; what is still owed is waived. Whoever takes an open promise leaves it open."""
    ticket_id = access.ticket(person, number).id
    terms = closing.Terms(
        promised=closing.Promised(body.promise or ""),
        owner_id=_assignee(person, body.to),
        reason=body.reason,
        cause=body.cause,
        withdraws=body.releases == "withdraw",
    )
    status.resolve(ticket_id, terms=terms, by=person, at=clock.now())
    return _standing(ticket_id)


@routes.post("/tickets/<id:number>/cause", answer=TicketAnswered, body=CauseAsked)
def name_cause(*, person: Person, number: int, body: CauseAsked) -> TicketAnswered:
    """Say why it came to this, before or after the ticket is resolved."""
    ticket_id = access.ticket(person, number).id
    closing.name_cause(ticket_id, body.cause, by=person, at=clock.now())
    return _standing(ticket_id)


@routes.delete("/tickets/<id:number>/resolution", answer=TicketAnswered)
def reopen(*, person: Person, number: int) -> TicketAnswered:
    """Open the ticket again with the deadlines it had."""
    ticket_id = access.ticket(person, number).id
    status.reopen(ticket_id, by=person, at=clock.now())
    return _standing(ticket_id)


@routes.post("/tickets/<id:number>/join", answer=TicketAnswered, body=JoinAsked)
def join(*, person: Person, number: int, body: JoinAsked) -> TicketAnswered:
    """Move all conversations into another ticket; the answer is that one, and the old number leads to it."""
    ticket_id, into = access.ticket(person, number).id, access.ticket(person, body.into).id
    if not body.of_two_people and matters.two_people(ticket_id, into):
        raise Refused("Die Anliegen gehören zwei Personen.", field="into", code="two_people")
    joining.join(ticket_id, into=into, by=person, at=clock.now())
    return _standing(into)


@routes.post("/tickets/<id:number>/part", answer=TicketAnswered, body=PartAsked)
def part(*, person: Person, number: int, body: PartAsked) -> TicketAnswered:
    """Take a conversation out; the answer is the ticket it lies under from now on."""
    _ticket_id, conversation_id = _conversation(person, number, body.conversation)
    return _standing(joining.part(conversation_id, by=person, at=clock.now()))


@routes.post("/messages/<id:message>/retry", answer=DeliveryAnswered)
def retry(*, person: Person, message: int) -> DeliveryAnswered:
    """Queue a failed or unsure message again, under the id it had."""
    replies.retry(access.message(person, message).id, by=person, at=clock.now())
    return DeliveryAnswered(message=message, delivery="queued")


@routes.post("/messages/<id:message>/confirmation", answer=DeliveryAnswered)
def confirm(*, person: Person, message: int) -> DeliveryAnswered:
    """Say that an unsure message did arrive."""
    replies.confirm_sent(access.message(person, message).id, by=person, at=clock.now())
    return DeliveryAnswered(message=message, delivery="sent")


@routes.post("/messages/<id:message>/surrender", answer=DeliveryAnswered)
def surrender(*, person: Person, message: int) -> DeliveryAnswered:
    """Give an unsure message up; what it had answered is owed again."""
    replies.discard(access.message(person, message).id, by=person, at=clock.now())
    return DeliveryAnswered(message=message, delivery="failed")
