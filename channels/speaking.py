"""What may be said on a conversation now, asked of its connector; values in, values out, nobody is talked to.

Pages ask before anybody types and verbs before anything is queued: both get the same answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from channels.contract import Account, Capability, Connector, Exchange, Moderates
from channels.foreign import attempted
from channels.registry import build

_LINK = re.compile(r"https?://\S+")
_LINK_WEIGHT = 23
_NARROW = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points that X counts once, every other one twice (twitter-text configuration v3)."""
_MOST_KEPT = 200

_built: dict[int, tuple[Account, Connector | None]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why a text cannot be said now: a code for programs, a German sentence, and the values it names."""

    code: str
    """window_closed, reply_not_allowed, private_reply_spent, too_long, too_many_files, file_type or file_too_large."""
    words: str = ""
    """The connector's own sentence; empty where the code says it all."""
    values: Mapping[str, int | str] | None = None
    unit: str = ""


def capability_of(account: Account, exchange: Exchange, *, is_public: bool | None = None, now: datetime) -> Capability:
    """Ask the connector of an account; where it cannot be built an answer is possible, and waits in the outbox.

    `is_public=False` asks for a private answer to a public contact, which has the limits of a private one.
    """
    asked = _asked(account, exchange, now=now)
    if is_public is not False or not exchange.is_public:
        return asked
    private = _asked(account, replace(exchange, is_public=False), now=now)
    return replace(
        asked,
        max_length=private.max_length,
        length_unit=private.length_unit,
        max_attachments=min(asked.max_attachments, private.max_attachments),
        file_types=private.file_types,
        file_words=private.file_words,
        cost=private.cost,
        cost_with_link=private.cost_with_link,
    )


def _asked(account: Account, exchange: Exchange, *, now: datetime) -> Capability:
    usual = Capability(can_public=exchange.is_public, can_private=not exchange.is_public)
    connector = _connector(account)
    if connector is None:
        return usual
    return attempted(lambda: connector.capability(exchange, now=now), lambda _error: usual)


@cache
def can_moderate(kind: str) -> bool:
    """Say whether comments can be hidden on this kind of channel."""
    bare = Account(id=0, kind=kind, name="", address="", settings={})
    return attempted(lambda: isinstance(build(bare), Moderates), lambda _error: False)


def _connector(account: Account) -> Connector | None:
    """Return the connector without its secrets, which it does not need for reckoning; built once for each value."""
    bare = replace(account, secrets={})
    kept = _built.get(account.id)
    if kept is None or kept[0] != bare:
        if len(_built) > _MOST_KEPT:
            _built.clear()
        kept = bare, attempted(lambda: build(bare), lambda _error: None)
        _built[account.id] = kept
    return kept[1]


def obstacle(
    capability: Capability, *, is_public: bool, text: str = "", files: int = 0, now: datetime
) -> Obstacle | None:
    """Return what stands against saying this in public or in private; None where nothing does."""
    if not (capability.can_public if is_public else capability.can_private):
        return Obstacle(code=_closed(capability, is_public=is_public, now=now), words=capability.reason)
    length = length_of(text, capability.length_unit)
    if length > capability.max_length:
        values = {"count": length, "most": capability.max_length}
        return Obstacle(code="too_long", values=values, unit=capability.length_unit)
    if files > capability.max_attachments:
        return Obstacle(code="too_many_files", values={"count": files, "most": capability.max_attachments})
    return None


def unfit(capability: Capability, files: Iterable[tuple[str, str, int]]) -> Obstacle | None:
    """Return what stands against sending these files along, each with name, type and bytes; None where nothing does."""
    if not capability.file_types:
        return None
    for name, type_, size in files:
        most = capability.file_types.get(type_)
        if most is None:
            return Obstacle(code="file_type", words=capability.file_words)
        if size > most:
            return Obstacle(code="file_too_large", values={"name": name, "most": most // 1_000_000})
    return None


def _closed(capability: Capability, *, is_public: bool, now: datetime) -> str:
    if is_public:
        return "reply_not_allowed"
    if capability.private_ways_used:
        return "private_reply_spent"
    until = capability.human_only_until or capability.window_closes_at
    return "window_closed" if until is not None and until <= now else "reply_not_allowed"


def is_for_people_only(capability: Capability, *, now: datetime) -> bool:
    """Say whether only a text that a person typed is taken now; nothing automatic may use that time."""
    return capability.window_closes_at is not None and capability.window_closes_at <= now


def length_of(text: str, unit: str) -> int:
    """Count a text the way a platform does: in characters, bytes, graphemes (nearly) or weighted as on X."""
    if unit == "bytes":
        return len(text.encode("utf-8", "surrogatepass"))
    if unit == "graphemes":
        return sum(1 for letter in text if not unicodedata.combining(letter) and letter not in "\u200d\ufe0f")
    if unit == "weighted":
        return _weighted(unicodedata.normalize("NFC", text))
    return len(text)


def _weighted(text: str) -> int:
    bare, links = _LINK.subn("", text)
    narrow = sum(1 for letter in bare if any(first <= ord(letter) <= last for first, last in _NARROW))
    return links * _LINK_WEIGHT + narrow + 2 * (len(bare) - narrow)
