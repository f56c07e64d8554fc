"""What people write to an account in private: items of `messaging` and `standby`.

Source: developers.facebook.com/docs/messenger-platform/reference/webhook-events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from channels.contract import (
    Change,
    ChangeType,
    Contact,
    ContactType,
    Handle,
    Heard,
    Progress,
    ProgressType,
    RemoteAttachment,
    Signal,
    SignalType,
)
from channels.meta.attachments import MOST_FILES, THUMBS, WORDLESS, attachment, shown
from channels.meta.entries import Place, placeholder
from channels.meta.reading import digest, facts, identifier, mapping, mappings, moment, words

OWN_MARK = "faden:"
"""Stands before our own id in `metadata`, so that an echo is known for ours whatever app brought it."""
PART_MARK = "faden-part:"
"""The same on every part but the last: only the last one says that all of a message went out."""
_INBOX = "263902037430900"
_QUIET = frozenset({"sender", "recipient", "timestamp", "is_echo", "hop_context", "mid", "seq", "prior_message"})
_HANDOVER = {
    "pass_thread_control": "Das Gespräch wurde an ein anderes Programm übergeben.",
    "take_thread_control": "Ein anderes Programm hat das Gespräch übernommen.",
    "request_thread_control": "Ein anderes Programm bittet um das Gespräch.",
    "app_roles": "Die Rollen der verbundenen Programme haben sich geändert.",
}
_POLICY = {
    "block": "Facebook hat die Seite für Nachrichten gesperrt.",
    "warning": "Facebook warnt die Seite wegen seiner Richtlinien.",
    "unblock": "Facebook hat die Sperre der Seite aufgehoben.",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One item with what all of them have: who wrote to whom, and when."""

    found: dict[str, Any]
    place: Place
    key: str
    """The person's page-scoped id, whichever side it stands on."""
    is_own: bool

    @property
    def person(self) -> Handle | None:
        return self.place.person(self.key) if self.key else None

    @property
    def sides(self) -> dict[str, Any]:
        ours, person = self.place.ours, self.person
        return {"sender": ours if self.is_own else person, "recipient": person if self.is_own else ours}

    @property
    def times(self) -> dict[str, Any]:
        return {"sent_at": self.place.at(self.found.get("timestamp")), "conversation_key": self.key}

    def named(self, external_id: str) -> dict[str, Any]:
        """Return what every contact has; somebody without an id is called by that of the message."""
        unknown = self.place.person(f"unknown:{external_id}")
        sides = {side: handle or unknown for side, handle in self.sides.items()}
        return {**self.times, **sides, "external_id": external_id, "conversation_key": self.key or unknown.value}

    def known_by(self, word: str, *parts: str) -> str:
        """Return an id for what has none, the same each time it is told."""
        return f"{word}:{digest(self.key, words(self.found.get('timestamp')), *parts)}"


def read(found: dict[str, Any], place: Place) -> Iterator[Heard]:
    """Return what one item says; nothing if it says nothing, or if it is for another page."""
    sender, recipient = (identifier(mapping(found.get(side)).get("id")) for side in ("sender", "recipient"))
    ids = [each for each in (sender, recipient) if each]
    if ids and place.page not in ids and place.page.isdigit() and all(each.isdigit() for each in ids):
        return
    is_own = mapping(found.get("message")).get("is_echo") is True or sender == place.page
    # SDKs record echoes whose sides are not swapped: the person is whoever is not the page.
    person = recipient if sender == place.page or (is_own and recipient != place.page) else sender
    item = Item(found, place, person, is_own)
    named = next((name for name in _READERS if name in found), "")
    if named:
        yield from _READERS[named](item, mapping(found[named]))
        return
    unknown = sorted(words(name) for name in found.keys() - _QUIET)
    if unknown and person and not is_own:
        yield placeholder(found, place, ", ".join(unknown), sender=item.person, conversation_key=person)


def _message(item: Item, message: dict[str, Any]) -> Iterator[Heard]:
    mid = identifier(message.get("mid"))
    text = words(message.get("text"))
    if item.is_own and words(message.get("metadata"), most=1000).startswith(PART_MARK):
        return
    if message.get("is_deleted") is True:
        yield Change(external_id=f"removal:{mid}", type=ChangeType.REMOVAL, about=mid, **item.sides, **item.times)
        return
    sticker = identifier(message.get("sticker_id"))
    remote = tuple(attachment(each, sticker) for each in mappings(message.get("attachments"))[:MOST_FILES])
    if not text and any(each.details.get("sticker_id") in THUMBS for each in remote):
        text = "👍"
    about = {
        **item.named(mid or item.known_by("message", text, *(each.url for each in remote))),
        "remote": remote,
        "replies_to": tuple(filter(None, [identifier(mapping(message.get("reply_to")).get("mid"))])),
        "is_own": item.is_own,
        "own_id": _own_id(item, message) if item.is_own else "",
        "details": _details(message),
    }
    text = text or "\n".join(filter(None, (shown(each) for each in remote)))
    if text or (remote and all(each.type in WORDLESS for each in remote)):
        yield Contact(text=text, is_standby=item.place.is_standby, **about)
    elif message.keys() - _QUIET or mid:
        word = "unsupported" if message.get("is_unsupported") else _word(remote, message)
        yield placeholder(item.found, item.place, word, **about)


def _word(remote: tuple[RemoteAttachment, ...], message: Mapping[str, Any]) -> str:
    kinds = [each.type for each in remote] or sorted(words(name) for name in message.keys() - _QUIET)
    return ", ".join(kinds) or "leer"


def _details(message: Mapping[str, Any]) -> dict[str, object]:
    referral = facts(mapping(message.get("referral")), "ref", "source", "type", "ad_id")
    story = facts(mapping(mapping(message.get("reply_to")).get("story")), "id", "url")
    quick = words(mapping(message.get("quick_reply")).get("payload"), most=1000)
    return {
        **facts(message, "app_id", "metadata", "is_unsupported"),
        **({"quick_reply": quick} if quick else {}),
        **({"referral": referral} if referral else {}),
        **({"story": story} if story else {}),
    }


def _own_id(item: Item, message: Mapping[str, Any]) -> str:
    metadata = words(message.get("metadata"), most=1000)
    is_ours = bool(item.place.hearer.app_id) and identifier(message.get("app_id")) == item.place.hearer.app_id
    return metadata.removeprefix(OWN_MARK) if is_ours or metadata.startswith(OWN_MARK) else ""


def _postback(item: Item, found: dict[str, Any]) -> Iterator[Heard]:
    payload = words(found.get("payload"), most=1000)
    referral = facts(mapping(found.get("referral")), "ref", "source", "type", "ad_id")
    yield Contact(
        type=ContactType.POSTBACK,
        text=words(found.get("title")) or payload or "Schaltfläche",
        is_own=item.is_own,
        is_standby=item.place.is_standby,
        details={**facts(found, "payload"), **({"referral": referral} if referral else {})},
        **item.named(identifier(found.get("mid")) or item.known_by("postback", payload)),
    )


def _edit(item: Item, found: dict[str, Any]) -> Iterator[Heard]:
    mid, text = identifier(found.get("mid")), words(found.get("text"))
    count = identifier(found.get("num_edit")) or digest(text)
    details = facts(found, "num_edit")
    external_id = f"edit:{mid}:{count}"
    yield Change(
        external_id=external_id,
        type=ChangeType.EDIT,
        about=mid,
        text=text,
        details=details,
        **item.sides,
        **item.times,
    )


def _reaction(item: Item, found: dict[str, Any]) -> Iterator[Heard]:
    mid, action = identifier(found.get("mid")), words(found.get("action"), most=20)
    yield Change(
        external_id=item.known_by("reaction", mid, action),
        type=ChangeType.UNREACTION if action == "unreact" else ChangeType.REACTION,
        about=mid,
        text=words(found.get("emoji"), most=60) or words(found.get("reaction"), most=60),
        details=facts(found, "action", "reaction", "emoji"),
        **item.sides,
        **item.times,
    )


def _progress(type_: ProgressType) -> Callable[[Item, dict[str, Any]], Iterator[Heard]]:
    def reader(item: Item, found: dict[str, Any]) -> Iterator[Heard]:
        mids = found.get("mids")
        named = [*(mids if isinstance(mids, list) else []), found.get("mid")]
        watermark = moment(found.get("watermark"))
        yield Progress(
            type=type_,
            about=tuple(filter(None, (identifier(each) for each in named))),
            watermark=min(watermark, item.place.received_at) if watermark else None,
            **item.sides,
            **item.times,
        )

    return reader


def _context(word: str) -> Callable[[Item, dict[str, Any]], Iterator[Heard]]:
    def reader(item: Item, found: dict[str, Any]) -> Iterator[Heard]:
        known = facts(found, "ref", "source", "type", "ad_id", "referer_uri", "user_ref", "payload", "title", "status")
        signal = SignalType.ACCOUNT if word == "account_linking" else SignalType.REFERRAL
        external_id = item.known_by(word, *map(str, known.values()))
        kind = {"kind": word}
        yield Signal(external_id=external_id, type=signal, details=known | kind, **item.sides, **item.times)

    return reader


def _handover(word: str) -> Callable[[Item, dict[str, Any]], Iterator[Heard]]:
    def reader(item: Item, found: dict[str, Any]) -> Iterator[Heard]:
        names = ("new_owner_app_id", "previous_owner_app_id", "requested_owner_app_id", "metadata")
        known = facts(found, *names)
        is_inbox = _INBOX in known.values()
        yield Signal(
            external_id=item.known_by(word, *map(str, known.values())),
            type=SignalType.HANDOVER,
            words=_HANDOVER[word] + (" Es geht um das Postfach der Seite." if is_inbox else ""),
            details=known | {"kind": word},
            **item.sides,
            **item.times,
        )

    return reader


def _policy(item: Item, found: dict[str, Any]) -> Iterator[Heard]:
    action, reason = words(found.get("action"), most=40), words(found.get("reason"), most=1000)
    yield Signal(
        external_id=item.known_by("policy", action, reason),
        type=SignalType.POLICY,
        words=f"{_POLICY.get(action, 'Facebook meldet etwas zu seinen Richtlinien.')} {reason}".strip(),
        is_alarm=action != "unblock",
        code="368",
        details=facts(found, "action", "reason"),
        **item.sides,
        **item.times,
    )


_READERS: dict[str, Callable[[Item, dict[str, Any]], Iterator[Heard]]] = {
    "message": _message,
    "postback": _postback,
    "message_edit": _edit,
    "reaction": _reaction,
    "delivery": _progress(ProgressType.DELIVERED),
    "read": _progress(ProgressType.READ),
    **{word: _handover(word) for word in _HANDOVER},
    **{word: _context(word) for word in ("referral", "optin", "account_linking")},
    "policy-enforcement": _policy,
    "policy_enforcement": _policy,
}
