"""What a connector is told to say, what it may say, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from channels.heard import Handle


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingAttachment:
    name: str
    type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message of ours, ready to be spoken on a channel."""

    external_id: str
    """Our own id, fixed before the first attempt so that a repeated attempt can be recognised."""
    recipient: Handle
    text: str
    subject: str = ""
    replies_to: str = ""
    references: tuple[str, ...] = ()
    reply_token: str = ""
    """Signed token for the reply address; empty if the answer needs none."""
    ticket_number: int | None = None
    is_automatic: bool = False
    author_name: str = ""
    sent_at: datetime
    attachments: tuple[OutgoingAttachment, ...] = ()
    is_public: bool = False
    exchange: Exchange | None = None
    """The conversation it goes to; None for the first message of one that we begin."""
    is_unsure: bool = False
    """An earlier attempt may have arrived: look before speaking again, where the platform lets us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A conversation as far as it decides whether and how we may answer on it."""

    recipient: Handle
    is_public: bool
    conversation_key: str = ""
    heard_at: datetime | None = None
    """The customer's last act in it, by the platform's time; None where only we have spoken."""
    newest_id: str = ""
    """The external id of the customer's message an answer goes to."""
    details: Mapping[str, object] = field(default_factory=dict)
    """`Contact.details` of that message, and what `Sent.details` added since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What a platform lets us do on a conversation now; shown before anybody types."""

    can_public: bool = False
    can_private: bool = False
    reason: str = ""
    """A German sentence saying why an answer is not possible, or what stands against the usual way."""
    window_closes_at: datetime | None = None
    """Until when an ordinary private answer is taken."""
    human_only_until: datetime | None = None
    """Until when a person may still answer after that; nothing automatic is sent then."""
    max_length: int = 100_000
    length_unit: str = "characters"
    """characters, bytes, graphemes or weighted (X counts wide letters twice and every link as 23)."""
    max_attachments: int = 100
    file_types: Mapping[str, int] = field(default_factory=dict)
    """The types of files a platform takes, each with the most bytes; empty: all."""
    file_words: str = ""
    """A German sentence saying which these are."""
    cost: str = ""
    """What one answer costs in words, e.g. "0,01 $"; empty where it costs nothing."""
    cost_with_link: str = ""
    open_url: str = ""
    """Where a person can answer on the platform itself."""
    is_private_once: bool = False
    """A public contact may be answered in private once only, not as often as we like."""
    private_ways_used: bool = False
    """The one private reply this public contact allows has been spent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The platform accepted the message; `external_id` is the id it is known by over there."""

    external_id: str
    remark: str = ""
    recipient: Handle | None = None
    """Whom it reached, where that is learnt only now: a private reply to a comment opens a thread with a new id."""
    conversation_key: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    """Facts that later answers need (`Exchange.details`), e.g. that the one private reply is spent.

    `parts`, a list of ids, where the platform made several messages of one: no echo of them is an answer of its own.
    """


class DeliveryFault(StrEnum):
    """The closed list of reasons why a message did not go out."""

    UNREACHABLE = "unreachable"
    REJECTED = "rejected"
    WINDOW_CLOSED = "window_closed"
    RATE_LIMITED = "rate_limited"
    UNAUTHORISED = "unauthorised"
    TOO_LONG = "too_long"
    GONE = "gone"
    UNSURE = "unsure"
    """The connection broke after the text was handed over: it may or may not have been accepted."""


class DeliveryError(Exception):
    """A message did not go out: why, whether trying again can help, and what the other side said."""

    def __init__(
        self,
        fault: DeliveryFault,
        *,
        is_permanent: bool,
        words: str = "",
        retry_within: float | None = None,
        code: str = "",
    ) -> None:
        super().__init__(f"{fault}: {words}" if words else str(fault))
        self.fault = fault
        self.is_permanent = is_permanent
        self.words = words
        self.retry_within = retry_within
        """Seconds the platform asked us to wait, if it did."""
        self.code = code
        """The platform's error code; where the account may not speak, the next step is offered by it."""
