"""The values that cross the border between a platform and the desk, and the protocol a connector fulfils.

Nothing in here knows Flask, the database or the queue: a connector turns raw bytes into `Contact` values and
`Outgoing` values into calls of the platform.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from channels.heard import (
    Bounce,
    CallEvent,
    CallStep,
    Change,
    ChangeType,
    Contact,
    ContactType,
    Handle,
    Heard,
    HeardAttachment,
    Parent,
    Progress,
    ProgressType,
    Raw,
    RemoteAttachment,
    Signal,
    SignalType,
)
from channels.said import (
    Capability,
    DeliveryError,
    DeliveryFault,
    Exchange,
    Outgoing,
    OutgoingAttachment,
    Sent,
)

__all__ = [
    "Account",
    "Bounce",
    "CallEvent",
    "CallStep",
    "Capability",
    "Change",
    "ChangeType",
    "ChannelFault",
    "Check",
    "Connector",
    "Contact",
    "ContactType",
    "DeliveryError",
    "DeliveryFault",
    "Exchange",
    "Field",
    "Form",
    "Handle",
    "Health",
    "Heard",
    "HeardAttachment",
    "HookAnswer",
    "HookRequest",
    "Hooked",
    "KnowsMedia",
    "KnowsPeople",
    "KnowsPosts",
    "Moderates",
    "Outgoing",
    "OutgoingAttachment",
    "Parent",
    "Poller",
    "Progress",
    "ProgressType",
    "Raw",
    "RemoteAttachment",
    "Sent",
    "SharesHook",
    "Signal",
    "SignalType",
    "Unreadable",
]


class ChannelFault(Exception):
    """A channel cannot be heard or reached; `words` is a sentence for the person who has to mend it."""

    def __init__(self, words: str, *, is_permanent: bool = False, code: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.is_permanent = is_permanent
        """True where waiting does not help: wrong password, missing folder."""
        self.code = code
        """The platform's error code, by which a dead token is told from a bad day; never its text."""


class Unreadable(Exception):
    """Raw input that cannot be understood at all; the desk parks it with this reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of a live connection check."""

    name: str
    is_ok: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How an account is, asked of the platform every few minutes."""

    is_ok: bool
    words: str = ""
    """A German sentence for the person who has to mend it."""
    code: str = ""
    token_expires_at: datetime | None = None
    refreshed: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Secrets that were renewed while asking; the desk seals them in the commit that writes this down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a channel's form; the name is also the one in a configuration file."""

    name: str
    label: str
    kind: str = "text"
    """text, secret, number, yes_no, lines (one entry a line) or choice."""
    help: str = ""
    default: object = ""
    choices: tuple[tuple[str, str], ...] = ()
    is_required: bool = False
    is_advanced: bool = False
    """Folded away; most shops never need it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a kind of channel introduces itself to whoever sets one up; all words are German message ids."""

    title: str
    """What people call the kind, e.g. "Facebook Messenger und Seitenkommentare"."""
    steps: tuple[str, ...] = ()
    """What to do on the platform first, a sentence each."""
    address_label: str = ""
    """What `Account.address` is here, e.g. "Kennung der Seite"."""
    fields: tuple[Field, ...] = ()
    is_social: bool = False
    """A network or messenger where people have profiles; its matters stand in the view of social media, too."""

    @property
    def words(self) -> tuple[str, ...]:
        """Every sentence in it, for those who translate; the names of choices that are proper names among them."""
        said = [text for each in self.fields for text in (each.label, each.help, *dict(each.choices).values())]
        return tuple(dict.fromkeys(text for text in (self.title, self.address_label, *self.steps, *said) if text))


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRequest:
    """What a platform calls us with; header names are lower case, `body` is what came over the wire."""

    method: str
    url: str
    """Our own public address of this hook, without a query."""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HookAnswer:
    status: int = 200
    body: bytes = b""
    media_type: str = "text/plain; charset=utf-8"


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
    """The code for one kind of channel, built from an `Account`; building it talks to nobody."""

    kind: str
    form: Form

    def parse(self, raw: bytes, *, received_at: datetime) -> Iterable[Heard]:
        """Understand raw input; empty if it means nothing to us, `Unreadable` if nothing can be made of it."""

    def send(self, outgoing: Outgoing) -> Sent:
        """Speak; raises `DeliveryError`. Blocks at most about 60 seconds."""

    def capability(self, exchange: Exchange, *, now: datetime) -> Capability:
        """Say whether and how we may answer; reckons only, talks to nobody."""

    def poller(self) -> Poller | None:
        """Connect and log in, raising `ChannelFault`; None where the platform pushes and keeps nothing for us."""

    def check(self) -> list[Check]:
        """Talk to the other side and say line by line what works; never raises."""

    def health(self, *, now: datetime) -> Health:
        """Ask the platform how the account is, with one cheap call; never raises."""


@runtime_checkable
class Hooked(Protocol):
    """A connector whose platform calls us. None of these may talk to anybody: the caller waits."""

    def handshake(self, request: HookRequest) -> HookAnswer:
        """Answer a GET: the platform wants to know whether we are we; 403 where it is not for us."""

    def verify(self, request: HookRequest) -> bool:
        """Check the signature over the raw bytes, in constant time."""

    def acknowledge(self, request: HookRequest) -> HookAnswer:
        """Return what the platform is answered once its call is stored."""


@runtime_checkable
class SharesHook(Protocol):
    """A connector whose platform knows one hook for all accounts of an application (`SignalType.ASTRAY`)."""

    def shares_hook_with(self, other: object) -> bool:
        """Say whether calls for the other account are signed with the very secret that signs ours."""


@runtime_checkable
class KnowsPeople(Protocol):
    def profile(self, handle: Handle) -> Handle | None:
        """Ask the platform for a person's name; None if it does not tell. Raises `ChannelFault`."""


@runtime_checkable
class KnowsPosts(Protocol):
    def post(self, external_id: str) -> Parent | None:
        """Fetch a public post; None if it is gone. Raises `ChannelFault`."""


@runtime_checkable
class KnowsMedia(Protocol):
    def media(self, url: str) -> HeardAttachment | None:
        """Fetch a file that needs our log-in; None if it is gone. Raises `ChannelFault`."""


@runtime_checkable
class Moderates(Protocol):
    def hide(self, external_id: str, *, is_hidden: bool) -> None:
        """Hide a public comment, or show it again. Raises `ChannelFault` or `DeliveryError`."""
