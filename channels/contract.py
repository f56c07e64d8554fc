"""The values that cross the border between a platform and the desk, and the protocol a connector fulfils.

Nothing in here knows Flask, the database or the queue: a connector turns raw bytes into `Contact` values and
`Outgoing` values into calls of the platform.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """One address of a person on one kind of channel, e.g. ("email", "eva@kundin.example")."""

    kind: str
    value: str
    name: str = ""
    scope: str = ""
    """Empty where the address is the same everywhere (mail, phone); else the page or account it is valid on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardAttachment:
    """A file that came with a contact; `content` is the decoded bytes."""

    name: str
    type: str
    content: bytes = field(repr=False)
    content_id: str = ""
    is_inline: bool = False


class ContactType(StrEnum):
    """What a contact is; an unsupported one is shown as a placeholder, never dropped."""

    MESSAGE = "message"
    BOUNCE = "bounce"
    RECEIPT = "receipt"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A delivery report on a message of ours.

    `message_id` is the Message-ID of the returned mail without angle brackets, empty if the report does not name it.
    """

    recipients: tuple[str, ...] = ()
    message_id: str = ""
    status: str = ""
    reason: str = ""
    has_failed: bool = True
    """False for a mere delay: the message may still arrive."""
    is_permanent: bool = False
    """The address is dead; a full mailbox or a refused text has failed, too, but another mail may get through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One inbound contact, normalised: who, what, when, in answer to what."""

    external_id: str
    """Unique per channel; for mail the Message-ID without angle brackets, synthetic where the mail has none."""
    sender: Handle
    sent_at: datetime
    """The platform's time, aware UTC, never after the instant of receipt."""
    type: ContactType = ContactType.MESSAGE
    subject: str = ""
    text: str = ""
    """What the sender newly wrote."""
    quoted_text: str = ""
    html: str = field(default="", repr=False)
    """As it arrived, not sanitised; sanitise at render."""
    replies_to: tuple[str, ...] = ()
    """External ids of earlier messages, the nearest first (In-Reply-To, then References from the end)."""
    tokens: tuple[str, ...] = ()
    """Reply tokens found in recipient addresses; unverified, the desk checks their signature."""
    ticket_numbers: tuple[int, ...] = ()
    """Ticket numbers found in the subject; only a hint until the sender is known to belong to the ticket."""
    conversation_key: str = ""
    """The platform's own thread key; empty for mail, where `replies_to` decides."""
    is_public: bool = False
    is_automatic: bool = False
    """Written by a machine: filed, but it starts no clock and gets no answer."""
    is_own: bool = False
    """Sent by ourselves and heard again (echo, copy to our own mailbox)."""
    bounce: Bounce | None = None
    attachments: tuple[HeardAttachment, ...] = ()
    recipients: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The platform accepted the message; `external_id` is the id it is known by over there."""

    external_id: str
    remark: str = ""


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
        self, fault: DeliveryFault, *, is_permanent: bool, words: str = "", retry_within: float | None = None
    ) -> None:
        super().__init__(f"{fault}: {words}" if words else str(fault))
        self.fault = fault
        self.is_permanent = is_permanent
        self.words = words
        self.retry_within = retry_within
        """Seconds the platform asked us to wait, if it did."""


class ChannelFault(Exception):
    """A channel cannot be heard or reached; `words` is a sentence for the person who has to mend it."""

    def __init__(self, words: str, *, is_permanent: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.is_permanent = is_permanent
        """True where waiting does not help: wrong password, missing folder."""


class Unreadable(Exception):
    """Raw input that cannot be understood at all; the desk parks it with this reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """One piece of raw input together with the cursor that is true once it is stored."""

    content: bytes = field(repr=False)
    source: str
    """Where it came from in words, e.g. "IMAP INBOX 7/42"; shown to people, not used as a key."""
    cursor: Mapping[str, object] | None = None
    """The channel's position after this piece; stored in the same commit as the envelope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of a live connection check."""

    name: str
    is_ok: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A configured account of a channel, as a connector needs it: plain settings and opened secrets."""

    id: int
    kind: str
    name: str
    address: str
    settings: Mapping[str, object]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


class Poller(Protocol):
    """A living connection that hears what is new since a cursor; closed by `close`, reopened by making a new one."""

    def fetch(self, cursor: Mapping[str, object], *, limit: int = 50) -> Iterable[Raw]:
        """Yield what arrived after the cursor, oldest first; raises `ChannelFault` when the connection is gone."""

    def wait(self, *, within: float, stop: Callable[[], bool]) -> bool:
        """Block until something may have arrived, `within` seconds passed or `stop()`; True if a fetch is worth it."""

    def close(self) -> None:
        """Say goodbye if possible; never raises."""


@runtime_checkable
class Connector(Protocol):
    """The code for one kind of channel, built from an `Account`."""

    kind: str

    def parse(self, raw: bytes, *, received_at: datetime) -> Iterable[Contact]:
        """Understand raw input; raises `Unreadable` if nothing can be made of it."""

    def send(self, outgoing: Outgoing) -> Sent:
        """Speak; raises `DeliveryError`. Blocks at most about 60 seconds."""

    def poller(self) -> Poller | None:
        """Connect and log in, raising `ChannelFault`; None where the platform pushes."""

    def check(self) -> list[Check]:
        """Talk to the other side and say line by line what works; never raises."""
