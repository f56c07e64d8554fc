"""What answers say. More fields may come, none goes: this is a contract."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Answered(BaseModel):
    """Instants are ISO 8601 in UTC with `Z`."""

    model_config = ConfigDict(from_attributes=True)


class IdentityAnswered(Answered):
    kind: str
    value: str
    verified: bool


class CustomerAnswered(Answered):
    id: int
    name: str
    identities: list[IdentityAnswered]


class TicketAnswered(Answered):
    """`team` is a name, `assignee` an address: what the filters and acts take back."""

    number: int
    subject: str
    state: Literal["open", "waiting", "resolved", "joined"]
    priority: Literal["normal", "urgent"]
    team: str | None
    team_id: int | None
    assignee: str | None
    assignee_id: int | None
    assignee_name: str | None
    customer_id: int
    customer_name: str
    channel_kind: str
    preview: str
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    oldest_unanswered_at: datetime | None


class TicketsAnswered(Answered):
    tickets: list[TicketAnswered]
    next_cursor: str | None


class AttachmentAnswered(Answered):
    id: int
    name: str
    type: str
    size: int
    sha256: str
    inline: bool


class MessageAnswered(Answered):
    """`html` is made harmless: no scripts, nothing that loads from elsewhere.

    `delivery` is the path of an outgoing message: queued, sending, sent, failed or unsure; `received` if inbound.
    """

    id: int
    external_id: str
    direction: Literal["in", "out"]
    author: str
    author_address: str
    message_class: str
    automatic: bool
    bounce: bool
    subject: str
    text: str
    quoted_text: str
    html: str | None
    sent_at: datetime
    delivery: Literal["received", "queued", "sending", "sent", "failed", "unsure"]
    fault: str | None
    attachments: list[AttachmentAnswered]


class ChannelNamed(Answered):
    id: int
    kind: str
    name: str


class ConversationAnswered(Answered):
    id: int
    channel: ChannelNamed
    public: bool
    subject: str
    address: str
    home_ticket: int
    messages: list[MessageAnswered]


class EventAnswered(Answered):
    at: datetime
    kind: str
    actor: str | None
    text: str
    ticket: int
    message: int | None


class DossierAnswered(TicketAnswered):
    """One ticket with everything said and done; `promises`, `handovers` and `tags` are empty for now."""

    customer: CustomerAnswered
    tags: list[str]
    conversations: list[ConversationAnswered]
    events: list[EventAnswered]
    promises: list[dict[str, Any]]
    handovers: list[dict[str, Any]]
    is_cut: bool


class ObligationAnswered(Answered):
    """The shape of `faden sla replay`; `channel` is the route.

    `answered_by` is set from queueing on, `state` and `verdict` follow once the provider has accepted the answer.
    """

    id: int
    conversation: int
    message: int
    kind: Literal["first", "next"]
    channel: str
    at: datetime
    calendar: str
    policy: str
    target_min: int
    due: datetime
    breach: datetime
    state: Literal["open", "met", "waived"]
    verdict: Literal["met", "breached"] | None
    elapsed_min: float
    warn50: datetime
    warn75: datetime
    warn90: datetime
    fired: Literal["warn", "breach"] | None
    answered_by: int | None
    settled_at: datetime | None
    explanation: str


class ClocksAnswered(Answered):
    number: int
    oldest_unanswered_since: datetime | None
    due: datetime | None
    promise: dict[str, Any] | None
    obligations: list[ObligationAnswered]


class QueuedAnswered(Answered):
    """A message of ours on its way."""

    ticket: int
    conversation: int
    message: int
    delivery: Literal["queued"]


class DeliveryAnswered(Answered):
    message: int
    delivery: Literal["queued", "sent", "failed"]


class NoteAnswered(Answered):
    ticket: int
    note: int


class CustomersAnswered(Answered):
    customers: list[CustomerAnswered]
    next_cursor: str | None


class SearchAnswered(Answered):
    tickets: list[TicketAnswered]
    customers: list[CustomerAnswered]


class NotificationAnswered(Answered):
    id: int
    at: datetime
    kind: str
    to: str
    to_name: str
    ticket: int | None
    subject: str
    text: str
    state: Literal["queued", "sending", "sent", "failed", "unsure"]
    sent_at: datetime | None
    fault: str


class NotificationsAnswered(Answered):
    notifications: list[NotificationAnswered]
    next_cursor: str | None


class ChannelAnswered(ChannelNamed):
    address: str
    team_id: int | None
    is_paused: bool
    problem: str
    heard_at: datetime | None
    reached_at: datetime | None


class ChannelsAnswered(Answered):
    channels: list[ChannelAnswered]


class TeamAnswered(Answered):
    id: int
    name: str
    open_tickets: int


class TeamsAnswered(Answered):
    teams: list[TeamAnswered]


class AgentAnswered(Answered):
    id: int
    name: str
    email: str
    role: Literal["agent", "lead", "admin"]
    team_ids: list[int]


class AgentsAnswered(Answered):
    agents: list[AgentAnswered]


class FieldFault(Answered):
    field: str
    words: str


class ProblemAnswered(Answered):
    """RFC 9457; `errors` names the fields that do not fit."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    errors: list[FieldFault] = []
