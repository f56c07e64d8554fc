"""What answers say. More fields may come, none goes: this is a contract."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from app.api.owed_answers import HandoverAnswered, PromiseAnswered
from app.api.shape import Answered


class IdentityAnswered(Answered):
    """`evidence` says what ties the address to its customer."""

    id: int
    kind: str
    value: str
    name: str
    verified: bool
    evidence: str


class CustomerAnswered(Answered):
    """`group` is a word of the shop's own, empty for none."""

    id: int
    name: str
    group: str
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
    cause: str
    """Why it came to this, as far as anybody has said."""


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


class RevisionAnswered(Answered):
    """What a message said until it was edited."""

    text: str
    until: datetime


class ParentAnswered(Answered):
    """The post a public contact answers or quotes, as far as it is known."""

    external_id: str
    author: str
    text: str
    sent_at: datetime | None
    url: str


class MessageAnswered(Answered):
    """`html` is made harmless: no scripts, nothing that loads from elsewhere.

    `delivery` is the path of an outgoing message: queued, sending, sent, failed or unsure; `received` if inbound.
    A removed or hidden message stays; `hiding` says that the platform is being asked. `elsewhere` is ours, written
    with another tool. `term` is the search term that found a post which does not mention us.
    """

    id: int
    external_id: str
    public: bool
    kind: Literal["message", "comment", "post", "postback", "call", "unknown"]
    elsewhere: bool
    answers: int | None
    late: bool
    edited_at: datetime | None
    removed_at: datetime | None
    hidden_at: datetime | None
    hiding: Literal["hide", "show"] | None
    revisions: list[RevisionAnswered]
    parent: ParentAnswered | None
    term: str | None
    progress: Literal["delivered", "read"] | None
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


class CapabilityAnswered(Answered):
    """Whether and how an answer can be given now.

    `code` and `reason` say what stands against the usual one; `waits` says why an answer would wait: its channel is
    in trouble or paused. After `window_closes_at` only what a person types is taken, until `human_only_until`.
    `length_unit`: characters, bytes, graphemes or weighted (X).
    """

    can_public: bool
    can_private: bool
    code: str | None
    reason: str
    window_closes_at: datetime | None
    human_only_until: datetime | None
    max_length: int
    length_unit: str
    max_attachments: int
    cost: str
    cost_with_link: str
    open_url: str
    waits: str


class ConversationAnswered(Answered):
    id: int
    channel: ChannelNamed
    public: bool
    capability: CapabilityAnswered
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


class TakingPartAnswered(Answered):
    """`because`: a joined ticket brought the team, it handed the ball over, it answered, or it was asked by hand."""

    team: str
    team_id: int
    because: Literal["joined", "handed_over", "answered", "asked"]
    since: datetime


class TakingPartsAnswered(Answered):
    """Who takes part in a ticket after an act, beside the team that holds the ball."""

    ticket: int
    teams_taking_part: list[TakingPartAnswered]


class TagsAnswered(Answered):
    """The tags of a ticket after an act, by name."""

    ticket: int
    tags: list[str]


class DossierAnswered(TicketAnswered):
    """One ticket with everything said and done."""

    customer: CustomerAnswered
    tags: list[str]
    conversations: list[ConversationAnswered]
    events: list[EventAnswered]
    promises: list[PromiseAnswered]
    handovers: list[HandoverAnswered]
    teams_taking_part: list[TakingPartAnswered]
    is_cut: bool


class QueuedAnswered(Answered):
    """A message of ours on its way; `also` are those that carry the same text on other ways."""

    ticket: int
    conversation: int
    message: int
    delivery: Literal["queued"]
    also: list[int] = Field(default=[])


class ReleaseAnswered(Answered):
    """A public answer that waits for somebody who may publish; `message` is the answer it has become."""

    id: int
    ticket: int
    conversation: int
    text: str
    state: Literal["asked", "released", "declined", "withdrawn"]
    reason: str
    message: int | None


class ReleasesAnswered(Answered):
    releases: list[ReleaseAnswered]


class HidingAnswered(Answered):
    """The platform is asked; the message shows when it has answered."""

    message: int
    hiding: Literal["hide", "show"]


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


class ChannelAnswered(ChannelNamed):
    """`problem` is empty while all is well; `waiting` counts messages of ours that are not out yet."""

    address: str
    team_id: int | None
    is_paused: bool
    problem: str
    problem_code: str
    problem_at: datetime | None
    token_expires_at: datetime | None
    waiting: int
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


class SpotAnswered(Answered):
    """A place in a public text that may not be public, by its letters: from `start` up to, not with, `end`."""

    start: int
    end: int
    kind: Literal["mail_address", "account", "number", "phone", "postal", "name", "amount", "private_words", "channel"]
    words: str


class ProblemAnswered(Answered):
    """RFC 9457; `errors` names the fields that do not fit, `code` why the state of things stands against an act.

    Codes of a 409: window_closed, reply_not_allowed, private_reply_spent, too_long, too_many_files, not_hideable,
    hidden_already, not_hidden, person_needed, promise_open, release_waiting, promise_settled, nothing_owed. Codes of
    a 422 beside its field: promise_needed, promise_past, promise_too_late; discloses, with `spots`.
    """

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    code: str = ""
    errors: list[FieldFault] = Field(default=[])
    spots: list[SpotAnswered] = Field(default=[])
