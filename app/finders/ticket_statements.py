"""The statements of a ticket's page: built once a process, because building costs more than running them."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Executable,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from app.access import Person, openable, visible
from app.db import UtcDateTime
from app.models import (
    Agent,
    Attachment,
    Call,
    Channel,
    Conversation,
    Customer,
    Direction,
    Event,
    Identity,
    Message,
    Note,
    Obligation,
    ObligationState,
    Reaction,
    Tag,
    Team,
    Ticket,
    TicketState,
)

PAGE = 30
MOST_EVENTS = 200
MOST_OTHERS = 8
TOLD_BY_MESSAGES = (
    *("opened", "received", "replied", "held", "wrote", "noted", "sent", "joined_away", "parted_away", "called"),
    *("edited", "removed", "hidden", "shown", "reacted", "unreacted", "elsewhere", "completed", "progressed"),
    *("suggested", "suggestion_accepted", "suggestion_rejected"),
)
"""Kinds of events that a message, a note or another line says already."""

Rows = Select[*tuple[Any, ...]]


@lru_cache(maxsize=512)
def head(person: Person) -> Rows:
    """The ticket `number`, if this person may open it."""
    return (
        select(
            Ticket.id,
            Ticket.subject,
            Ticket.state,
            Ticket.priority,
            Ticket.team_id,
            Team.name,
            Ticket.assignee_id,
            Agent.name,
            Ticket.customer_id,
            Ticket.customer_name,
            Customer.created_at,
            Ticket.created_at,
            Ticket.closed_at,
            Ticket.due_at,
            Ticket.soon_at,
            Ticket.oldest_unanswered_at,
            Ticket.joined_into_id,
            Ticket.asked_team_id,
            Ticket.asked_agent_id,
            Ticket.handed_at,
            Ticket.clocked_at,
            Ticket.waits_for,
            Ticket.waits_since,
            Ticket.is_shared,
            # Without commas as they are, they come in one piece: a statement of their own would cost more.
            select(func.aggregate_strings(Tag.name, ",")).where(Tag.ticket_id == Ticket.id).scalar_subquery(),
        )
        .join(Customer, Customer.id == Ticket.customer_id)
        .outerjoin(Team, Team.id == Ticket.team_id)
        .outerjoin(Agent, Agent.id == Ticket.assignee_id)
        .where(Ticket.id == bindparam("number", type_=BigInteger()), openable(person))
    )


@cache
def threads() -> Rows:
    """The conversations of ticket `number`; several rows for one with several obligations, the most urgent last."""
    is_owed = (
        (Obligation.conversation_id == Conversation.id)
        & (Obligation.state == ObligationState.OPEN)
        & Obligation.answered_by_id.is_(None)
    )
    return (
        select(
            Conversation.id,
            Conversation.home_ticket_id,
            Conversation.subject,
            Conversation.is_public,
            Channel.id,
            Channel.kind,
            Channel.name,
            Channel.address,
            Channel.settings,
            Channel.problem,
            Channel.is_paused,
            Identity.id,
            Identity.kind,
            Identity.value,
            Identity.name,
            Identity.scope,
            Identity.evidence,
            Conversation.external_key,
            Conversation.heard_at,
            Conversation.details,
            _newest_heard(),
            Obligation.kind,
            Obligation.due_at,
        )
        .join(Channel, Channel.id == Conversation.channel_id)
        .join(Identity, Identity.id == Conversation.identity_id)
        .outerjoin(Obligation, is_owed)
        .where(Conversation.ticket_id == bindparam("number", type_=BigInteger()))
        .order_by(Conversation.id, Obligation.due_at.desc())
    )


def _newest_heard() -> ColumnElement[str | None]:
    """What the customer said last in a conversation, by its id on the platform: an answer goes to it.

    Mails need none, and by far the longest threads are theirs.
    """
    return (
        select(Message.external_id)
        .where(Channel.kind != "email", Message.conversation_id == Conversation.id, Message.direction == Direction.IN)
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(1)
        .scalar_subquery()
    )


@cache
def said(is_before: bool) -> Rows:  # noqa: FBT001 - a cache key
    """The newest messages of `conversations`, or those before the message `before`; one more than a page."""
    statement = select(
        Message.id,
        Message.conversation_id,
        Message.direction,
        Message.state,
        Message.message_class,
        Message.is_automatic,
        Message.is_bounce,
        Message.author_name,
        Message.author_address,
        Message.subject,
        Message.text,
        Message.has_quote,
        Message.has_html,
        Message.attachment_count,
        Message.fault,
        Message.fault_words,
        Message.sent_at,
        Message.stored_at,
        Message.external_id,
        type_coerce(Message.kind, String),
        Message.is_public,
        Message.is_elsewhere,
        Message.edited_at,
        Message.removed_at,
        Message.hidden_at,
        Message.progress,
        Message.answers_id,
        Message.details,
        Message.author_id,
        Message.leaves_at,
    ).where(Message.conversation_id.in_(_several("conversations")))
    if is_before:
        statement = statement.where(Message.id < bindparam("before", type_=BigInteger()))
    return statement.order_by(Message.id.desc()).limit(PAGE + 1)


@cache
def happened(is_since: bool, is_until: bool) -> Rows:  # noqa: FBT001 - cache keys
    """The events of the tickets `numbers`, the newest first; `since` an instant, until the message `until_message`."""
    statement = (
        select(Event.id, Event.kind, Event.at, Agent.name, Event.message_id, Note.text, Event.details)
        .outerjoin(Agent, Agent.id == Event.actor_id)
        .outerjoin(Note, Note.id == Event.note_id)
        .where(Event.ticket_id.in_(_several("numbers")))
        .where(or_(Event.kind.not_in(TOLD_BY_MESSAGES), Event.note_id.is_not(None)))
    )
    if is_since:
        statement = statement.where(Event.at >= bindparam("since", type_=UtcDateTime()))
    if is_until:
        until = bindparam("until_message", type_=BigInteger())
        statement = statement.where(Event.at < select(Message.stored_at).where(Message.id == until).scalar_subquery())
    return statement.order_by(Event.id.desc()).limit(MOST_EVENTS)


@cache
def beside(is_talkative: bool) -> Executable:  # noqa: FBT001 - a cache key
    """What hangs on `messages`: files, and where people talk in other ways than by mail, reactions and calls.

    The first column says which it is. Pictures that stand inside a mail's HTML are left out.
    """
    never = cast(null(), UtcDateTime)
    files = (
        select(
            literal_column("'file'", String),
            Attachment.message_id,
            Attachment.id,
            Attachment.name,
            Attachment.type,
            Attachment.kind,
            Attachment.size,
            Attachment.digest,
            Attachment.source_url,
            Attachment.fault_words,
            Attachment.details,
            never,
            never,
            never,
        )
        .where(Attachment.message_id.in_(_several("messages")), Attachment.is_inline.is_(False))
        .order_by(Attachment.id)
    )
    if not is_talkative:
        return files
    return union_all(files.order_by(None), _reactions(), _calls())


def _nowhere() -> ColumnElement[Any]:
    """Stands where only files have details."""
    return cast(null(), Attachment.details.type)


def _reactions() -> Rows:
    nothing, none = literal_column("''", String), literal_column("0", Integer)
    never = cast(null(), UtcDateTime)
    return select(
        literal_column("'reaction'", String),
        Reaction.message_id,
        Reaction.id,
        Reaction.emoji,
        Reaction.author_value,
        nothing,
        none,
        nothing,
        nothing,
        nothing,
        _nowhere(),
        Reaction.at,
        never,
        never,
    ).where(Reaction.message_id.in_(_several("messages")), Reaction.removed_at.is_(None))


def _calls() -> Rows:
    return (
        select(
            literal_column("'call'", String),
            Call.message_id,
            Call.id,
            Agent.name,
            Call.number,
            type_coerce(Call.state, String),
            cast(Call.is_outgoing, Integer),
            type_coerce(Call.outcome, String),
            literal_column("''", String),
            literal_column("''", String),
            _nowhere(),
            Call.rang_at,
            Call.answered_at,
            Call.ended_at,
        )
        .outerjoin(Agent, Agent.id == Call.agent_id)
        .where(Call.message_id.in_(_several("messages")))
    )


@lru_cache(maxsize=512)
def known(person: Person) -> CompoundSelect[*tuple[Any, ...]]:
    """Addresses and other tickets of `customer`: kind, kind of channel, words, number, flag, instant, name, scope."""
    customer = bindparam("customer", type_=BigInteger())
    addresses = select(
        literal_column("'address'", String),
        Identity.kind,
        Identity.value,
        cast(Identity.id, Integer),
        Identity.is_verified,
        cast(null(), UtcDateTime),
        Identity.name,
        Identity.scope,
    ).where(Identity.customer_id == customer)
    others = (
        select(
            literal_column("'ticket'", String).label("what"),
            literal_column("''", String).label("channel"),
            Ticket.subject,
            cast(Ticket.id, Integer),
            Ticket.closed_at.is_(None),
            Ticket.created_at,
            literal_column("''", String).label("name"),
            literal_column("''", String).label("scope"),
        )
        .where(Ticket.customer_id == customer, Ticket.id != bindparam("number", type_=BigInteger()), visible(person))
        .where(Ticket.state != TicketState.JOINED)
        .order_by(Ticket.id.desc())
        .limit(MOST_OTHERS)
        .subquery()
    )
    return union_all(addresses, select(others))


def _several(name: str) -> Any:
    return bindparam(name, expanding=True, type_=BigInteger())
