"""Links that a shop puts into its mails: whoever comes to us by one is the customer it was signed for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app import seal
from app.access import owner_of
from app.db import db
from app.desk import errands, names
from app.errors import Refused
from app.models import Channel, Conversation, Customer, Direction, ErrandKind, Identity, Message
from routing import person_token
from routing.claims import name_key

LONGEST = timedelta(days=90)
USUAL = timedelta(days=30)
MOST_READ = 5
"""Messages, the newest first; a link is followed before one writes."""
PREPARED = frozenset({"whatsapp", "telegram"})
"""Kinds on which a link can only prepare the text that somebody sends."""


def make(customer_id: int, *, good_for: timedelta = USUAL, at: datetime) -> tuple[str, date]:
    """Return a token for a customer and the last day on which it is good.

    It names them as they were asked for: whom they are merged with is looked up when somebody comes by it.
    """
    if not timedelta(days=1) <= good_for <= LONGEST:
        raise Refused("Ein Link gilt einen Tag bis 90 Tage.", field="days")
    ends_on = (at + good_for).date()
    return person_token.sign(customer_id, ends_on=ends_on, key=seal.token_keys()[0]), ends_on


def addresses(token: str) -> dict[str, str]:
    """Return where a token can be sent along: the way to each of the shop's pages, by the name of its channel."""
    pages = select(Channel.name, Channel.address).where(Channel.kind == "messenger", Channel.is_paused.is_(False))
    rows = db.session.execute(pages.order_by(Channel.id))
    return {name: f"https://m.me/{address}?ref={token}" for name, address in rows}


def owner_on(ticket_id: int, *, at: datetime) -> int | None:
    """Return whose signed link somebody came by in what was last written on a ticket; None where nobody did.

    None, too, where the link was passed on: to somebody of another name, or on a platform on which its owner has
    another profile already; and as long as a platform is still asked for a profile's name.
    """
    rows = db.session.execute(
        select(Message.text, Message.details, Conversation.details, Identity)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Identity, Identity.id == Conversation.identity_id)
        .where(
            Conversation.ticket_id == ticket_id,
            Conversation.is_public.is_(False),
            Message.direction == Direction.IN,
            Identity.kind != "email",
        )
        .order_by(Message.id.desc())
        .limit(MOST_READ)
    )
    for text, details, facts, writer in rows:
        for token in (
            *_carried(details),
            *_carried(facts),
            *(person_token.tokens_in(text) if writer.kind in PREPARED else ()),
        ):
            owner_id = _owner(token, at=at)
            if owner_id is not None and not _is_passed_on(owner_id, writer):
                return owner_id
    return None


def _is_passed_on(owner_id: int, writer: Identity) -> bool:
    """Say whether the writer is somebody else than the owner: a link in a mail is forwarded as easily as the mail."""
    if writer.customer_id == owner_id:
        return False
    same = (Identity.kind == writer.kind, Identity.scope == writer.scope, Identity.id != writer.id)
    if db.session.scalars(select(Identity.id).where(Identity.customer_id == owner_id, *same).limit(1)).first():
        return True
    if not writer.name and errands.is_undone(ErrandKind.PROFILE, writer.id):
        return True
    full = [name for name in names.of_customer(owner_id) if name_key(name)]
    return bool(full and name_key(writer.name)) and not any(names.are_one(writer.name, name) for name in full)


def is_one(ref: str, *, at: datetime) -> bool:
    """Say whether this is a token of ours that is still good."""
    return _owner(ref, at=at) is not None


def _owner(token: str, *, at: datetime) -> int | None:
    customer_id = person_token.verify(token, keys=seal.token_keys(), on=at.date())
    is_known = customer_id is not None and db.session.get(Customer, customer_id) is not None
    return owner_of(customer_id) if customer_id is not None and is_known else None


def _carried(details: Mapping[str, object]) -> Iterator[str]:
    """Yield what a platform carried along: the reference of a link, or the payload of a button."""
    referral = details.get("referral")
    for found in (details, referral if isinstance(referral, Mapping) else {}):
        for name in ("ref", "payload"):
            if isinstance(value := found.get(name), str) and value:
                yield value
