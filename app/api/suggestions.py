"""What may be the same matter, and what is said about it; orders, as far as they prove who somebody is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from app import access, clock
from app.access import Person
from app.api import routes
from app.api.answered import TicketAnswered
from app.api.asked import Asked, Term, Word
from app.api.shape import Answered
from app.desk import accepting, orders, suggestions
from app.errors import NotFound
from app.finders import debts
from app.finders import tickets as lists


class ReasonAnswered(Answered):
    """`why` is a word of the same-matter or of the same-person decision; `words` is the span it was read from."""

    why: str
    points: int
    words: str


class SuggestionAnswered(Answered):
    """Another ticket and what is owed there; `is_proven`: both are certainly the same person's.

    `number` is null where one may not see the ticket: what is to be done is done by the `suggestion`.
    """

    suggestion: int
    number: int | None
    team: str
    assignee: str
    unanswered_since: datetime | None
    due_at: datetime | None
    promised_until: datetime | None
    points: int
    reasons: list[ReasonAnswered]
    is_proven: bool
    is_visible: bool
    is_closed: bool
    asked_by: str
    asked_at: datetime | None
    can_join: bool


class SuggestionsAnswered(Answered):
    suggestions: list[SuggestionAnswered]


class QuestionAsked(Asked):
    question: Annotated[str, Field(max_length=300)] = ""


class OrderAsked(Asked):
    """Everything but the number may be left out; only what is there can prove anything."""

    email: Term = ""
    name: Term = ""
    postcode: Annotated[str, Field(max_length=16)] = ""
    amount_cents: Annotated[int, Field(ge=0, le=10**12)] | None = None
    customer_reference: Annotated[str, Field(max_length=60)] = ""
    placed_at: AwareDatetime | None = None
    number: Word


class OrderAnswered(Answered):
    order: int


@routes.get("/tickets/<id:number>/suggestions", answer=SuggestionsAnswered)
def suggested(*, person: Person, number: int) -> SuggestionsAnswered:
    """List what may be the same matter, the likeliest first; of what one may not see only who owes since when."""
    ticket_id = access.ticket(person, number).id
    return SuggestionsAnswered(suggestions=[_answered(each) for each in debts.of(ticket_id, person)])


def _answered(debt: debts.Debt) -> SuggestionAnswered:
    fields = {name: getattr(debt, name) for name in SuggestionAnswered.model_fields}
    return SuggestionAnswered.model_validate(fields if debt.is_visible else fields | {"number": None})


@routes.post("/tickets/<id:number>/suggestions/<id:suggestion>/accept", answer=TicketAnswered)
def accept(*, person: Person, number: int, suggestion: int) -> TicketAnswered:
    """Make one matter of the two; the answer is the older ticket. One must see both, unless it is proven or asked."""
    ticket_id = access.ticket(person, number).id
    return TicketAnswered.model_validate(lists.row(accepting.accept(ticket_id, suggestion, by=person, at=clock.now())))


@routes.post("/tickets/<id:number>/suggestions/<id:suggestion>/ask", answer=TicketAnswered, body=QuestionAsked)
def ask(*, person: Person, number: int, suggestion: int, body: QuestionAsked) -> TicketAnswered:
    """Ask the team of the other ticket, which one may not see oneself, whether both are one; it may join them then."""
    ticket_id = access.ticket(person, number).id
    accepting.ask(ticket_id, suggestion, question=body.question, by=person, at=clock.now())
    return TicketAnswered.model_validate(lists.row(ticket_id))


@routes.post("/tickets/<id:number>/suggestions/<id:suggestion>/reject", answer=TicketAnswered)
def reject(*, person: Person, number: int, suggestion: int) -> TicketAnswered:
    """Say that these are two matters; they are not suggested again."""
    ticket_id = access.ticket(person, number).id
    suggestions.other(ticket_id, suggestion)
    suggestions.reject(suggestion, by=person, at=clock.now())
    return TicketAnswered.model_validate(lists.row(ticket_id))


@routes.post("/orders", answer=OrderAnswered, body=OrderAsked, status=201, may_miss=True)
def put_order(*, person: Person, body: OrderAsked) -> OrderAnswered:
    """Tell us of an order, or what is new of it; for administrators' tokens only."""
    if not person.is_admin:
        raise NotFound("Bestellungen nimmt nur die Verwaltung entgegen.")
    return OrderAnswered(order=orders.put(**body.model_dump()))
