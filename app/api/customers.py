"""Who somebody is, for programs: the page of a person, merging, telling apart, and links that prove who comes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from app import access, clock
from app.access import Person
from app.api import routes
from app.api.answered import CustomerAnswered
from app.api.asked import Asked, RowId, Word
from app.api.shape import Answered
from app.desk import distinctions, merging, proof_links, signed_links, suggestions, unmerging
from app.finders import acquaintance, customers, merges, relatives
from routing.identity import Proof


class MergeAnswered(Answered):
    """`evidence` is what proved it; one that was undone says when."""

    id: int
    kept_id: int
    absorbed_id: int
    proof: str
    evidence: dict[str, Any]
    at: datetime
    by: str
    undone_at: datetime | None
    undone_by: str


class RelativeAnswered(Answered):
    """Somebody who may be the same; `reasons` are words of the same-person decision, the strongest first."""

    id: int
    name: str
    is_suspected: bool
    reasons: list[str]


class PersonAnswered(Answered):
    """`hidden_tickets` counts those one may not see; `group` is a word of the shop's own, empty for none."""

    customer: CustomerAnswered
    language: str
    names: list[str]
    tickets: list[int]
    hidden_tickets: int
    orders: list[str]
    merges: list[MergeAnswered]
    relatives: list[RelativeAnswered]
    apart_from: list[int]


class MergeAsked(Asked):
    """`other` becomes part of this one; `take` are the fields in which what the other one says is right."""

    other: RowId
    reason: Annotated[str, Field(min_length=1, max_length=merging.LONGEST_REASON)]
    take: tuple[Literal["name", "language", "group"], ...] = ()


class OtherAsked(Asked):
    other: RowId


class LinkAsked(Asked):
    days: Annotated[int, Field(ge=1, le=90)] = 30


class LinkAnswered(Answered):
    """`token` goes into links the shop sends to this customer; `urls` are ready ones, by the name of the channel."""

    token: str
    ends_on: date
    urls: dict[str, str]


class ProofAsked(Asked):
    """Whom to ask: the other side of a suggestion, a customer, or the address on an order that was named."""

    suggestion: RowId | None = None
    customer: RowId | None = None
    order: Word | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if sum(each is not None for each in (self.suggestion, self.customer, self.order)) != 1:
            raise ValueError("exactly one of suggestion, customer and order is needed")
        return self


class ProofAnswered(Answered):
    link: int


@routes.get("/customers/<id:customer>", answer=PersonAnswered)
def who(*, person: Person, customer: int) -> PersonAnswered:
    """Say who somebody is; one who was merged into another is that one."""
    customer_id = access.customer(person, customer)
    known = acquaintance.of(person, customer_id)
    found, _hidden = relatives.of(person, customer_id)
    return PersonAnswered(
        customer=_customer(customer_id),
        language=known.language,
        names=known.names,
        tickets=[matter.number for matter in known.matters],
        hidden_tickets=known.hidden,
        orders=[each.number for each in known.orders],
        merges=[MergeAnswered.model_validate(each) for each in known.merges],
        relatives=[RelativeAnswered.model_validate(each) for each in found],
        apart_from=[each.other_id for each in known.apart],
    )


@routes.post("/customers/<id:customer>/merge", answer=PersonAnswered, body=MergeAsked)
def merge_people(*, person: Person, customer: int, body: MergeAsked) -> PersonAnswered:
    """Make one person of two, both of whom one must be allowed to see."""
    kept_id, other_id = access.customer(person, customer), access.customer(person, body.other)
    said = {"reason": body.reason}
    at = clock.now()
    merging.merge(kept_id, other_id, proof=Proof.COLLEAGUE, evidence=said, taken=body.take, by=person, at=at)
    return _shown(person, kept_id)


@routes.delete("/customers/<id:customer>/merges/<id:merge>", answer=PersonAnswered)
def unmerge_people(*, person: Person, customer: int, merge: int) -> PersonAnswered:
    """Make two people of one again, each with what was theirs."""
    customer_id = access.customer(person, customer)
    unmerging.undo(merges.of(customer_id, merge), by=person, at=clock.now())
    return _shown(person, customer_id)


@routes.post("/customers/<id:customer>/distinctions", answer=PersonAnswered, body=OtherAsked)
def tell_people_apart(*, person: Person, customer: int, body: OtherAsked) -> PersonAnswered:
    """Say that two are two people; only a proof brings them together again."""
    one_id, other_id = access.customer(person, customer), access.customer(person, body.other)
    distinctions.tell_apart(one_id, other_id, by=person, at=clock.now())
    return _shown(person, one_id)


@routes.delete("/customers/<id:customer>/distinctions", answer=PersonAnswered, query=OtherAsked)
def let_people_be_compared(*, person: Person, customer: int, query: OtherAsked) -> PersonAnswered:
    """Take back that two are two people."""
    customer_id = access.customer(person, customer)
    distinctions.take_back(merges.distinction(customer_id, query.other), by=person, at=clock.now())
    return _shown(person, customer_id)


@routes.post("/customers/<id:customer>/links", answer=LinkAnswered, body=LinkAsked, status=201)
def sign_link(*, person: Person, customer: int, body: LinkAsked) -> LinkAnswered:
    """Make a token for links to this customer: whoever writes to us through one is proven to be them."""
    access.customer(person, customer)
    token, ends_on = signed_links.make(customer, good_for=timedelta(days=body.days), at=clock.now())
    return LinkAnswered(token=token, ends_on=ends_on, urls=signed_links.addresses(token))


@routes.post("/tickets/<id:number>/proof", answer=ProofAnswered, body=ProofAsked, status=201)
def ask_for_proof(*, person: Person, number: int, body: ProofAsked) -> ProofAnswered:
    """Mail a link to somebody who may have written this ticket, so that they can say whether they did."""
    ticket_id, at = access.ticket(person, number).id, clock.now()
    if body.order is not None:
        return ProofAnswered(link=proof_links.send_for_order(ticket_id, body.order, by=person, at=at))
    if body.customer is not None:
        other_id = access.customer(person, body.customer)
        return ProofAnswered(link=proof_links.send_to_person(ticket_id, other_id, by=person, at=at))
    other_ticket = suggestions.other(ticket_id, body.suggestion or 0)
    return ProofAnswered(link=proof_links.send_to_other(ticket_id, other_ticket, by=person, at=at))


def _customer(customer_id: int) -> CustomerAnswered:
    return CustomerAnswered.model_validate(customers.row(customer_id))


def _shown(asker: Person, customer_id: int) -> PersonAnswered:
    return who(person=asker, customer=customer_id)
