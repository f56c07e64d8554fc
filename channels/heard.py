"""What a connector hears: the values that come from a platform to the desk.

A message becomes a `Contact`. Everything else that a platform tells about messages, people and calls is a value of its
own, so that none of it can be taken for a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """One address of a person on one kind of channel, e.g. ("email", "eva@kundin.example")."""

    kind: str
    value: str
    name: str = ""
    scope: str = ""
    """Empty where the address is the same everywhere (mail, phone, X); else the page or account it is valid on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardAttachment:
    """A file that came with a contact; `content` is the decoded bytes."""

    name: str
    type: str
    content: bytes = field(repr=False)
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteAttachment:
    """A file that lies with the platform; it is fetched after filing, because such links expire."""

    type: str
    """image, video, audio, file, sticker, location, link or another word of the platform's."""
    url: str
    """Empty where there is nothing to fetch, e.g. a location or a video without an address."""
    name: str = ""
    size: int | None = None
    media_type: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The post a public contact answers or quotes, as far as it is known."""

    external_id: str
    author: Handle | None = None
    text: str = ""
    sent_at: datetime | None = None
    url: str = ""
    replies: int | None = None
    """How many answers stand below it; None where the platform does not say."""


class ContactType(StrEnum):
    """What a contact is; an unsupported one is shown as a placeholder, never dropped."""

    MESSAGE = "message"
    COMMENT = "comment"
    POST = "post"
    POSTBACK = "postback"
    """A button that was pressed; `text` is what stood on it."""
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
    """Who wrote it: the customer, or ourselves where `is_own`."""
    sent_at: datetime
    """The platform's time, aware UTC, never after the instant of receipt."""
    type: ContactType = ContactType.MESSAGE
    recipient: Handle | None = None
    """Whom it went to, where the platform has one recipient: our page or account, or the customer where `is_own`."""
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
    is_vouched_for: bool = False
    """The sender's own domain says that the mail is theirs; what a platform tells, it vouches for by itself."""
    is_own: bool = False
    """Written by us, here or with another tool (echo, copy): outgoing, it may stop a clock and opens no ticket."""
    own_id: str = ""
    """Our own id of the message, where the platform carries it back to us (echo metadata)."""
    is_standby: bool = False
    """Another tool owns the thread at the moment; the message is filed all the same."""
    listening_term: str = ""
    """The search term that found a public contact which does not address us; empty for everything else."""
    parent: Parent | None = None
    bounce: Bounce | None = None
    attachments: tuple[HeardAttachment, ...] = ()
    remote: tuple[RemoteAttachment, ...] = ()
    recipients: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)
    """The platform's facts worth keeping, JSON only; `Connector.capability` reads those of the newest contact.

    The desk reads two: `is_group` (a private thread with more than one person) and `is_edited` (the text is a later
    version; the first one may still come under the same id). Pages show `username`, `url`, `followers` of the author
    and `replies` below the post.
    """


class ChangeType(StrEnum):
    EDIT = "edit"
    REMOVAL = "removal"
    HIDING = "hiding"
    SHOWING = "showing"
    """A hidden comment can be seen again."""
    REACTION = "reaction"
    UNREACTION = "unreaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something happened to a message that was heard or said before; the message itself never vanishes."""

    external_id: str
    """Unique per channel, so that a repeated report changes nothing: e.g. `edit:<mid>:2`."""
    type: ChangeType
    about: str
    """The external id of the message it happened to; the desk may not know it."""
    sent_at: datetime
    sender: Handle | None = None
    text: str = ""
    """The new text of an edit, the emoji of a reaction."""
    conversation_key: str = ""
    is_public: bool = False
    recipient: Handle | None = None
    details: Mapping[str, object] = field(default_factory=dict)


class ProgressType(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far messages of ours came: those named in `about`, else all of the conversation up to `watermark`."""

    type: ProgressType
    sent_at: datetime
    about: tuple[str, ...] = ()
    watermark: datetime | None = None
    sender: Handle | None = None
    recipient: Handle | None = None
    conversation_key: str = ""
    reason: str = ""
    is_permanent: bool = False
    details: Mapping[str, object] = field(default_factory=dict)


class SignalType(StrEnum):
    REFERRAL = "referral"
    """Where somebody came from: an ad, a link, a plugin."""
    HANDOVER = "handover"
    """Another tool takes a thread, gives it back or asks for it."""
    ACCOUNT = "account"
    """Something happened to our account or to the platform's way to us, e.g. a revoked authorisation."""
    POLICY = "policy"
    """The platform warns or blocks us."""
    ASTRAY = "astray"
    """Part of the input is for another account of the same application: `details["address"]` is that account's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Something worth knowing that is no message: context of a conversation, or the state of the account."""

    external_id: str
    type: SignalType
    sent_at: datetime
    words: str = ""
    """A German sentence for the timeline, or for the person who has to mend the channel."""
    is_alarm: bool = False
    """The channel turns red with `words` until it works again."""
    code: str = ""
    sender: Handle | None = None
    recipient: Handle | None = None
    conversation_key: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


class CallStep(StrEnum):
    RING = "ring"
    ANSWER = "answer"
    HANGUP = "hangup"
    KEY = "key"
    """A key was pressed during the call (DTMF)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """One step of one leg of a call; legs of one customer's call share `root_id`, steps come in any order."""

    external_id: str
    """Unique per channel, e.g. `<call id>:answer`."""
    step: CallStep
    call_id: str
    root_id: str
    """The first leg's id; equal to `call_id` for that leg, empty where the event does not say it."""
    sent_at: datetime
    """The instant of receipt where the platform tells none."""
    is_outgoing: bool = False
    customer: Handle | None = None
    """The other side by its E.164 number (kind "phone"); None where it is withheld or the event does not say it."""
    own_number: str = ""
    agents: tuple[str, ...] = ()
    """The platform's ids of those it rings at, or of the one who answered."""
    is_voicemail: bool = False
    cause: str = ""
    """Why it ended, in the platform's word."""
    diversion: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


Heard = Contact | Change | Progress | Signal | CallEvent
"""Everything that raw input can mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """One piece of raw input together with the cursor that is true once it is stored."""

    content: bytes = field(repr=False)
    source: str
    """Where it came from in words, e.g. "IMAP INBOX 7/42"; shown to people, not used as a key."""
    cursor: Mapping[str, object] | None = None
    """The channel's position after this piece; stored in the same commit as the envelope."""
