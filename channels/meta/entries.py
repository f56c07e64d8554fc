"""From a hook's payload to what was heard: the entries of our account, each item by itself.

Source: developers.facebook.com/docs/messenger-platform/webhooks and docs/graph-api/webhooks/reference/page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from channels.contract import Contact, ContactType, Handle, Heard, Progress, ProgressType, Signal, SignalType
from channels.foreign import attempted
from channels.meta.faults import error_in
from channels.meta.reading import digest, facts, identifier, instant, mapping, mappings, words


@dataclass(frozen=True, slots=True)
class Hearer:
    """Who hears: the account as it is set up. Without an address every page is ours, as for recorded input."""

    kind: str
    """The kind of the handles of people who write in private."""
    address: str
    app_id: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stood: our page or account, the time of its entry, and when we received it."""

    hearer: Hearer
    page: str
    time: object
    received_at: datetime
    is_standby: bool = False

    def at(self, *times: object) -> datetime:
        return instant(*times, self.time, received_at=self.received_at)

    @property
    def ours(self) -> Handle:
        return self.person(self.page)

    def person(self, value: str, *, kind: str = "", name: str = "") -> Handle:
        return Handle(kind=kind or self.hearer.kind, value=value, name=name, scope=self.page)


Reader = Callable[[dict[str, Any], Place], Iterator[Heard]]


def understood(
    payload: dict[str, Any], hearer: Hearer, *, received_at: datetime, private: Reader, public: Reader
) -> list[Heard]:
    """Return everything in a payload that concerns our account, and the names of others it is for."""
    found: list[Heard] = []
    for entry in mappings(payload.get("entry")):
        page = identifier(entry.get("id"))
        if not page:
            continue
        if hearer.address and page != hearer.address:
            found.append(_astray(page, received_at))
            continue
        place = Place(hearer, page, entry.get("time"), received_at)
        for name, reader in (("messaging", private), ("standby", private), ("changes", public)):
            here = replace(place, is_standby=name == "standby")
            for item in mappings(entry.get(name)):
                found += _one(reader, item, here)
    return found


def _astray(page: str, received_at: datetime) -> Signal:
    """One application has one hook for all its pages; this is for one with a channel of its own."""
    return Signal(
        external_id=f"astray:{page}",
        type=SignalType.ASTRAY,
        sent_at=received_at,
        words=f"Facebook meldet etwas für die Seite {page}, die hier kein Kanal derselben App ist.",
        details={"address": page},
    )


def _one(reader: Reader, item: dict[str, Any], place: Place) -> list[Heard]:
    """Read one item; one that nobody can read becomes a placeholder, and the rest of the batch is read."""
    return attempted(lambda: list(reader(item, place)), lambda error: [placeholder(item, place, type(error).__name__)])


def placeholder(item: dict[str, Any], place: Place, word: str, *, external_id: str = "", **known: Any) -> Contact:
    """Return a visible contact for a message of a type that is not shown yet."""
    sender = identifier(mapping(item.get("sender")).get("id")) or "unknown"
    at = place.at(item.get("timestamp"))
    return Contact(
        external_id=external_id or f"unknown:{digest(sender, words(item.get('timestamp')), word)}",
        type=ContactType.UNKNOWN,
        sender=known.pop("sender", None) or place.person(sender),
        recipient=known.pop("recipient", None) or place.ours,
        sent_at=known.pop("sent_at", None) or at,
        conversation_key=known.pop("conversation_key", "") or sender,
        text=f"Nachricht eines Typs, den Faden noch nicht zeigt ({word[:60]})",
        is_standby=place.is_standby,
        **known,
    )


def recorded(payload: dict[str, Any], kind: str, *, received_at: datetime) -> Iterator[Heard]:
    """Read an answer of the interface that was written down: an error, or the id of what we sent."""
    if payload.get("error") or payload.get("error_type"):
        error = error_in(payload, status=400)
        numbers = {"code": error.code, "error_subcode": error.subcode, "fbtrace_id": error.trace}
        yield Signal(
            external_id=f"error:{digest(repr(numbers), received_at.isoformat())}",
            type=SignalType.ACCOUNT,
            sent_at=received_at,
            words=error.sentence,
            is_alarm=error.is_about_account,
            code=error.key,
            details={**facts(numbers, *numbers), **facts({"error_user_msg": error.said}, "error_user_msg")},
        )
    elif identifier(payload.get("message_id")):
        person = identifier(payload.get("recipient_id"))
        yield Progress(
            type=ProgressType.SENT,
            sent_at=received_at,
            about=(identifier(payload.get("message_id")),),
            recipient=Handle(kind=kind, value=person) if person else None,
            conversation_key=person,
        )
