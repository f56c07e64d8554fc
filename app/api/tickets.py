"""`/tickets`: the list, and one ticket with everything said and done."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from app import access, clock
from app.access import Person
from app.api import cursors, routes
from app.api.answered import (
    AttachmentAnswered,
    CapabilityAnswered,
    ChannelNamed,
    ConversationAnswered,
    CustomerAnswered,
    DossierAnswered,
    EventAnswered,
    IdentityAnswered,
    MessageAnswered,
    ParentAnswered,
    RevisionAnswered,
    TicketAnswered,
    TicketsAnswered,
)
from app.api.asked import TicketsAsked
from app.api.events import in_words
from app.api.handovers import answered
from app.api.owed_answers import HandoverAnswered, PromiseAnswered
from app.api.participation import taking_part
from app.finders import dossier as dossiers
from app.finders import handovers, labels, promises
from app.finders import tickets as lists
from app.finders.capability import Speaking
from channels.text import safe_html


@routes.get("/tickets", answer=TicketsAnswered, query=TicketsAsked)
def tickets(*, person: Person, query: TicketsAsked) -> TicketsAnswered:
    """List the tickets one may see, page by page."""
    after = cursors.ticket_position(query.sort, query.cursor)
    rows, end = lists.page(person, query.wanted(), after=after, limit=query.limit)
    return TicketsAnswered(
        tickets=[TicketAnswered.model_validate(row) for row in rows], next_cursor=cursors.after_ticket(query.sort, end)
    )


@routes.get("/tickets/<id:number>", answer=DossierAnswered)
def ticket(*, person: Person, number: int) -> DossierAnswered:
    """Show one ticket; the number of a joined one leads to the ticket that took it in."""
    found = dossiers.dossier(access.ticket(person, number).id, now=clock.now())
    head = TicketAnswered.model_validate(found.head)
    return DossierAnswered(
        **head.model_dump(),
        customer=CustomerAnswered(
            id=head.customer_id,
            name=head.customer_name,
            group=found.head.customer_group,
            identities=[IdentityAnswered.model_validate(address) for address in found.addresses],
        ),
        tags=_tags(found),
        conversations=[_conversation(thread, found) for thread in found.threads],
        events=[_event(event) for event in found.events],
        promises=_promises(found),
        handovers=_handovers(found),
        teams_taking_part=taking_part(found.head.number) if found.head.is_shared else [],
        is_cut=found.is_cut,
    )


def _handovers(found: dossiers.Dossier) -> list[HandoverAnswered]:
    """Ask for hand-overs only where there was one: that is told by an event."""
    if not found.is_cut and all(event.kind != "handed_over" for event in found.events):
        return []
    return [answered(each) for each in handovers.of_ticket(found.head.number)]


def _tags(found: dossiers.Dossier) -> list[str]:
    """Ask for tags only where one was put on: that is told by an event."""
    if not found.is_cut and all(event.kind != "tagged" for event in found.events):
        return []
    return labels.tags_of(found.head.number)


def _promises(found: dossiers.Dossier) -> list[PromiseAnswered]:
    """Ask for promises only where one was given: that is told by an event."""
    if not found.is_cut and all(event.kind != "promised" for event in found.events):
        return []
    return [PromiseAnswered.model_validate(each) for each in promises.on_ticket(found.head.number)]


def _conversation(thread: dossiers.Thread, found: dossiers.Dossier) -> ConversationAnswered:
    said = [message for message in found.messages if message.conversation == thread.id]
    return ConversationAnswered(
        id=thread.id,
        channel=ChannelNamed(id=thread.channel_id, kind=thread.channel_kind, name=thread.channel_name),
        public=thread.public,
        capability=_capability(thread.speaking),
        subject=thread.subject,
        address=thread.address,
        home_ticket=thread.home_ticket,
        messages=[_message(each, found) for each in said],
    )


def _capability(speaking: Speaking) -> CapabilityAnswered:
    known, against = asdict(speaking.capability), speaking.obstacle
    return CapabilityAnswered(
        **{name: known[name] for name in CapabilityAnswered.model_fields if name in known},
        code=against.code if against else None,
        waits=speaking.problem or ("Der Kanal ist angehalten." if speaking.is_paused else ""),
    )


LATE_AFTER = timedelta(hours=24)
"""A message that reaches us later than this after it was written."""


def _message(said: dossiers.Said, found: dossiers.Dossier) -> MessageAnswered:
    hiding = said.details.get("hiding")
    files = [file for file in found.files if file.message == said.id]
    known = said._asdict() | {
        "author": said.author_name or said.author_address,
        "html": safe_html(said.html).html if said.html else None,
        "fault": said.fault_words or said.fault or None,
        "attachments": [AttachmentAnswered.model_validate(file) for file in files],
        "late": said.direction == "in" and said.stored_at - said.sent_at > LATE_AFTER,
        "hiding": ("hide" if hiding.get("is_hidden") else "show") if isinstance(hiding, dict) else None,
        "revisions": [RevisionAnswered.model_validate(each) for each in found.revisions if each.message == said.id],
        "parent": _parent(said.details.get("parent")),
        "term": said.details.get("term") or None,
        "progress": said.progress or None,
    }
    return MessageAnswered(**known)


def _parent(post: object) -> ParentAnswered | None:
    """Return the post a contact answers, from what the desk keeps of it."""
    if not isinstance(post, dict) or not post.get("external_id"):
        return None
    return ParentAnswered(
        external_id=str(post["external_id"]),
        author=str(post.get("author") or ""),
        text=str(post.get("text") or ""),
        sent_at=post.get("sent_at") or None,
        url=str(post.get("url") or ""),
    )


def _event(event: dossiers.Happened) -> EventAnswered:
    words = event.note if event.note is not None else in_words(event.kind, event.details)
    return EventAnswered(
        at=event.at, kind=event.kind, actor=event.actor, text=words, ticket=event.ticket, message=event.message
    )
