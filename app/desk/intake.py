"""Filing what a customer wrote: one commit from the first look for duplicates to the last line of the timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update

from app.db import once_more, transaction
from app.desk import bounces, early, echoes, filing, outbox, threading
from app.desk.cases import Case, Filed, Outcome, case_of, identity_of, ticket_of, vouch
from app.desk.threading import REOPEN_WINDOW
from app.desk.writing import run
from app.models import Direction, Envelope, EnvelopeState
from channels.contract import Contact

__all__ = ["REOPEN_WINDOW", "Filed", "Outcome", "receive"]


@once_more
def receive(
    contact: Contact,
    *,
    channel_id: int,
    envelope_id: int | None,
    digest: str = "",
    enclosures: tuple[outbox.Enclosure, ...] = (),
    closes: bool = True,
    at: datetime,
) -> Filed:
    """File a contact under its ticket, or say where it is filed already.

    `digest` is the envelope's; `enclosures` are the contact's files, whose bytes are in the blob store already.
    `closes`: with this contact the envelope is filed, in the same commit; whoever files several closes it himself.
    Safe to repeat at any point: the database decides which of two filings was first.
    """
    with transaction() as afterwards:
        case = case_of(
            contact,
            channel_id=channel_id,
            envelope_id=envelope_id,
            digest=digest,
            enclosures=enclosures,
            at=at,
            afterwards=afterwards,
        )
        filed = _filed(case)
        if closes and envelope_id is not None:
            run(_FILED, envelope=envelope_id, now=at)
        if not case.is_mail and filed.message_id and filed.outcome is Outcome.FILED:
            about, key = case.contact.external_id, contact.conversation_key
            afterwards.append(lambda: early.catch_up_on(channel_id, about=about, conversation_key=key, at=at))
    return filed


_FILED: Any = (
    update(Envelope.__table__)  # type: ignore[arg-type]
    .where(Envelope.id == bindparam("envelope"))
    .values(state=EnvelopeState.FILED, filed_at=bindparam("now"), problem="")
)


def _filed(case: Case) -> Filed:
    if case.is_mail:
        return _file_mail(case)
    return echoes.file_own(case) if case.contact.is_own else filing.file_by_key(case)


def _file_mail(case: Case) -> Filed:
    contact = case.contact
    earlier = threading.known(contact, digest=case.digest)
    twin = _twin(case, earlier)
    if twin:
        return Filed(outcome=Outcome.DUPLICATE, ticket_id=ticket_of(twin.conversation_id), message_id=twin.id)
    case.identity = identity_of(contact.sender)
    vouch(case)
    known_customer = case.identity.customer_id if case.identity else None
    returned = bounces.returned(contact, earlier)
    conversation_id = (
        returned.conversation_id
        if returned
        else threading.conversation_of(contact, earlier, customer_id=known_customer)
    )
    filed = filing.go_on(case, conversation_id, earlier) if conversation_id else filing.begin(case, earlier)
    if returned and contact.bounce and contact.bounce.has_failed:
        bounces.came_back(
            returned.id,
            ticket_id=filed.ticket_id,
            words=contact.bounce.reason,
            at=case.at,
            afterwards=case.afterwards,
        )
    return filed


def _twin(case: Case, earlier: list[threading.Known]) -> threading.Known | None:
    """Return the message this one repeats: same id, same sender, same text.

    The id alone does not do: some shops' forms send every mail with the same one.
    """
    own = {case.contact.external_id, threading.variant(case.contact.external_id, case.digest)}
    for message in earlier:
        if message.external_id in own and message.channel_id == case.channel.id and _is_same(message, case.contact):
            return message
    return None


def _is_same(message: threading.Known, contact: Contact) -> bool:
    if message.direction is Direction.OUT:
        return contact.is_own
    return message.author_address == contact.sender.value and message.text == contact.text
