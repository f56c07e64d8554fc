"""What people say about a ticket and its customer: priority, tags, group. The earlier value again takes an act back."""

from __future__ import annotations

from app import access, clock
from app.access import Person
from app.api import routes
from app.api.answered import CustomerAnswered, TagsAnswered, TicketAnswered
from app.api.asked import GroupAsked, PriorityAsked, TagAsked
from app.desk import customers as customer_acts
from app.desk import priority as priorities
from app.desk import tags as tagging
from app.finders import customers, labels
from app.finders import tickets as lists


@routes.post("/tickets/<id:number>/priority", answer=TicketAnswered, body=PriorityAsked)
def prioritise(*, person: Person, number: int, body: PriorityAsked) -> TicketAnswered:
    """Say how much a matter is pressing; what is open follows, and nobody turns red by it."""
    ticket_id = access.ticket(person, number).id
    priorities.change(ticket_id, priority=body.priority, by=person, at=clock.now())
    return TicketAnswered.model_validate(lists.row(ticket_id))


@routes.post("/tickets/<id:number>/tags", answer=TagsAnswered, body=TagAsked)
def tag(*, person: Person, number: int, body: TagAsked) -> TagsAnswered:
    """Put a tag on a ticket; one that is there already changes nothing."""
    ticket_id = access.ticket(person, number).id
    tagging.add(ticket_id, name=body.tag, by=person, at=clock.now())
    return TagsAnswered(ticket=ticket_id, tags=labels.tags_of(ticket_id))


@routes.delete("/tickets/<id:number>/tags", answer=TagsAnswered, query=TagAsked)
def untag(*, person: Person, number: int, query: TagAsked) -> TagsAnswered:
    """Take a tag off a ticket; what it had pulled forward is due as before."""
    ticket_id = access.ticket(person, number).id
    tagging.remove(ticket_id, name=query.tag, by=person, at=clock.now())
    return TagsAnswered(ticket=ticket_id, tags=labels.tags_of(ticket_id))


@routes.post("/customers/<id:customer>/group", answer=CustomerAnswered, body=GroupAsked)
def put_into_group(*, person: Person, customer: int, body: GroupAsked) -> CustomerAnswered:
    """Say which group of the shop's own a customer belongs to, none for an empty one."""
    customer_id = customers.seen(person, customer).id
    customer_acts.put_into(customer_id, group=body.group, by=person, at=clock.now())
    return CustomerAnswered.model_validate(customers.seen(person, customer_id))
