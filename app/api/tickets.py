"""`/tickets`: the list, and one ticket with everything said and done."""

from __future__ import annotations

from app import access
from app.access import Person
from app.api import cursors, routes
from app.api.answered import (
    AttachmentAnswered,
    ChannelNamed,
    ConversationAnswered,
    CustomerAnswered,
    DossierAnswered,
    EventAnswered,
    IdentityAnswered,
    MessageAnswered,
    TicketAnswered,
    TicketsAnswered,
)
from app.api.asked import TicketsAsked
from app.api.events import in_words
from app.finders import dossier as dossiers
from app.finders import tickets as lists
from channels.text import safe_html


@routes.get("/tickets", answer=TicketsAnswered, query=TicketsAsked)
def tickets(*, person: Person, query: TicketsAsked) -> TicketsAnswered:
    """List the tickets one may see, page by page."""
    if query.tag:
        return TicketsAnswered(tickets=[], next_cursor=None)
    after = cursors.ticket_position(query.sort, query.cursor)
    rows, end = lists.page(person, query.wanted(), after=after, limit=query.limit)
    return TicketsAnswered(
        tickets=[TicketAnswered.model_validate(row) for row in rows], next_cursor=cursors.after_ticket(query.sort, end)
    )


@routes.get("/tickets/<id:number>", answer=DossierAnswered)
def ticket(*, person: Person, number: int) -> DossierAnswered:
    """Show one ticket; the number of a joined one leads to the ticket that took it in."""
    found = dossiers.dossier(access.ticket(person, number).id)
    head = TicketAnswered.model_validate(found.head)
    return DossierAnswered(
        **head.model_dump(),
        customer=CustomerAnswered(
            id=head.customer_id,
            name=head.customer_name,
            identities=[IdentityAnswered.model_validate(address) for address in found.addresses],
        ),
        tags=[],
        conversations=[_conversation(thread, found) for thread in found.threads],
        events=[_event(event) for event in found.events],
        promises=[],
        handovers=[],
        is_cut=found.is_cut,
    )


def _conversation(thread: dossiers.Thread, found: dossiers.Dossier) -> ConversationAnswered:
    said = [message for message in found.messages if message.conversation == thread.id]
    return ConversationAnswered(
        id=thread.id,
        channel=ChannelNamed(id=thread.channel_id, kind=thread.channel_kind, name=thread.channel_name),
        public=thread.public,
        subject=thread.subject,
        address=thread.address,
        home_ticket=thread.home_ticket,
        messages=[_message(each, [file for file in found.files if file.message == each.id]) for each in said],
    )


def _message(said: dossiers.Said, files: list[dossiers.File]) -> MessageAnswered:
    known = said._asdict() | {
        "author": said.author_name or said.author_address,
        "html": safe_html(said.html).html if said.html else None,
        "fault": said.fault_words or said.fault or None,
        "attachments": [AttachmentAnswered.model_validate(file) for file in files],
    }
    return MessageAnswered(**known)


def _event(event: dossiers.Happened) -> EventAnswered:
    words = event.note if event.note is not None else in_words(event.kind, event.details)
    return EventAnswered(
        at=event.at, kind=event.kind, actor=event.actor, text=words, ticket=event.ticket, message=event.message
    )
