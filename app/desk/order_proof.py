"""Whose order it is that somebody names: proved by its number and a second fact, said in private, by one of that name.

The postcode stands on the parcel beside the number, and families share it: without the buyer's own name it proves
nothing. What was paid is known to whoever moves the money, too, and to an agency or a parcel service: by mail it wants
that name as well, in a platform's private chat at least a profile's name that may be a short form of it. Who names
several postcodes or amounts is guessing, however many messages that takes, and whoever names the orders of several
buyers asks for others.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select

from app.db import db
from app.desk import marks
from app.desk import names as names_of
from app.desk.keys import CLAIMED
from app.models import Conversation, Direction, Identity, Message, MessageKind, Order, Ticket
from routing.claims import Claims, claims_in, name_key, name_parts

MOST_TEXTS = 100
LONGEST_TEXT = 4_000
MOST_AMOUNTS = 2
"""What was paid, and what posting it cost."""
_FOR_SOMEBODY = re.compile(
    r"\b(?:mein|unser|sein|ihr|ein|der|die|dem|den|des|für|my|our|his|her|an?|the)\w{0,3}\s+(?:\w+\s+)?"
    r"(?:(?:ehe)?(?:frau|mann|partner|mutter|mama|vater|papa|eltern|nachbar|freund|schwester|bruder|oma|opa|tante"
    r"|onkel|tochter|sohn|kolleg|chef|bekannt|mitbewohner|wife|husband|mother|father|parent|neighbo|friend|sister|brother"
    r"|daughter|son\b|colleague|flatmate|schwager|schwägerin|schwieger|verlobt|lebensgef|enkel|nichte|neff|cousin|patin"
    r"|patenkind|fianc|in-laws|grand|nephew|niece)"
    r"|(?:mandant|betreut|auftraggeb|käufer|mieter|patient|client|buyer|tenant)|(?:kund(?:e|en|in|innen)|customers?)\b)"
    r"|\bim (?:auftrag|namen)\b|\bon behalf\b|\bbevollmächtig|\bvollmacht\b|\bfür (?!mich|uns)\w+ (?:\w+ )?bestellt"
    r"|\bfalsch zugestellt|\bzahlung beanstandet",
    re.IGNORECASE,
)
SHORTEST_NAME = 3
"""Letters by which a profile's name and the buyer's must begin alike."""


def proven(ticket: Ticket) -> tuple[int | None, str]:
    """Return whose order the ticket's customer has proved to be theirs, and its number; None where they have not."""
    rows = _said(ticket.customer_id)
    here = [row.text for row in rows if row.ticket_id == ticket.id]
    is_by_mail = any(row.kind in CLAIMED for row in rows if row.ticket_id == ticket.id)
    if not here or any(_FOR_SOMEBODY.search(text) for text in here):
        return None, ""
    claims = claims_in("\n".join(here))
    everywhere = claims_in("\n".join(row.text for row in rows))
    named = marks.named(claims)
    orders = [order for order in marks.orders(named.numbers | named.bare) if order.email]
    if not orders or _asks_for_several(everywhere, ticket.customer_id):
        return None, ""
    names = {name for row in rows for name in (row.author_name, row.profile_name) if name}
    for order in orders:
        if claims.addresses and order.email not in claims.addresses:
            continue
        owner_id = _owner(order)
        if owner_id is None or owner_id == ticket.customer_id:
            continue
        if _is_known(order, claims, everywhere, names, owner_id, is_by_mail=is_by_mail):
            return owner_id, order.shown or order.number
    return None, ""


def _said(customer_id: int) -> Sequence[Any]:
    """Return what a customer has written in private from their own addresses, the newest first."""
    return db.session.execute(
        select(
            Conversation.ticket_id,
            func.substr(Message.text, 1, LONGEST_TEXT).label("text"),
            Message.author_name,
            Identity.name.label("profile_name"),
            Identity.kind,
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Identity, Identity.id == Conversation.identity_id)
        .where(
            Identity.customer_id == customer_id,
            Conversation.is_public.is_(False),
            Message.is_public.is_(False),
            Message.direction == Direction.IN,
            Message.is_automatic.is_(False),
            Message.is_bounce.is_(False),
            Message.kind != MessageKind.CALL,
        )
        .order_by(Message.id.desc())
        .limit(MOST_TEXTS)
    ).all()


def _owner(order: Order) -> int | None:
    return db.session.scalar(
        select(Identity.customer_id).where(Identity.kind == "email", Identity.value == order.email)
    )


def _asks_for_several(everywhere: Claims, customer_id: int) -> bool:
    """Say whether somebody has named orders of several others: an agency, a payment service, a parcel service."""
    named = marks.named(everywhere)
    own = select(Identity.value).where(Identity.customer_id == customer_id, Identity.kind == "email")
    buyers = {order.email for order in marks.orders(named.numbers | named.bare) if order.email}
    return len(buyers - set(db.session.scalars(own))) > 1


def _is_known(
    order: Order, here: Claims, everywhere: Claims, names: Collection[str], owner_id: int, *, is_by_mail: bool
) -> bool:
    """Say whether the second fact is known and not guessed, by somebody whose name does not speak against it."""
    owners = {order.name, *names_of.of_customer(owner_id)}
    is_namesake = any(names_of.are_one(one, other) for one in names for other in owners)
    if order.postcode and here.postcodes == {order.postcode} and everywhere.postcodes == {order.postcode}:
        return is_namesake
    is_paid = order.amount_cents is not None and order.amount_cents in here.amounts
    if not is_paid or len(everywhere.amounts) > MOST_AMOUNTS:
        return False
    if is_namesake or is_by_mail or any(map(name_key, names)):
        return is_namesake
    return any(_may_be_short_for(one, other) for one in names for other in owners)


def _may_be_short_for(profile: str, name: str) -> bool:
    """Say whether a profile's name of one word holds a part of the buyer's, or begins as one does."""
    word, parts = "".join(name_parts(profile)), [part for part in name_parts(name) if len(part) >= SHORTEST_NAME]
    return any(part in word or word[:SHORTEST_NAME] == part[:SHORTEST_NAME] for part in parts)
