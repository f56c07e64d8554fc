"""What a connector heard, as flat JSON: the same shape for every channel, for people and for judges from outside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from channels.contract import (
    CallEvent,
    CallStep,
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
)

_CONTACT = {ContactType.UNKNOWN: "unsupported", ContactType.BOUNCE: "status", ContactType.RECEIPT: "status"}
_CHANGE = {
    ChangeType.EDIT: "edit",
    ChangeType.REMOVAL: "delete",
    ChangeType.HIDING: "comment",
    ChangeType.SHOWING: "comment",
    ChangeType.REACTION: "reaction",
    ChangeType.UNREACTION: "reaction",
}
_PROGRESS = {ProgressType.DELIVERED: "delivery", ProgressType.READ: "read"}
_UNANSWERED = frozenset({"busy", "cancel", "noAnswer", "missed"})


def body_of(recorded: bytes) -> bytes:
    """Return what came over the wire out of a recorded request; anything else as it is.

    A recorded exchange (`request` and `json`) stays whole, for only the connector knows what was asked.
    """
    try:
        found = json.loads(recorded)
    except (ValueError, RecursionError):
        return recorded
    if isinstance(found, dict) and isinstance(found.get("body"), str) and "method" in found:
        return str(found["body"]).encode("utf-8", "surrogatepass")
    return recorded


def explained(heard: Heard) -> dict[str, Any]:
    """Return one normalised event with the same keys whatever it is."""
    if isinstance(heard, Contact):
        return _contact(heard)
    if isinstance(heard, CallEvent):
        return _call(heard)
    if isinstance(heard, Change):
        return _change(heard)
    return _progress(heard) if isinstance(heard, Progress) else _signal(heard)


def _event(type_: str, heard: Heard, **known: Any) -> dict[str, Any]:
    empty = {
        "type": type_,
        "external_id": "",
        "conversation": "",
        "direction": "in",
        "public": False,
        "sender": None,
        "recipient": None,
        "text": "",
        "sent_at": _instant(heard.sent_at),
        "reply_to": None,
        "attachments": [],
        "details": dict(heard.details),
    }
    return {**empty, **known}


def _contact(contact: Contact) -> dict[str, Any]:
    is_echo = contact.is_own and not contact.is_public and contact.sender.kind == "messenger"
    details = dict(contact.details)
    for name in ("listening_term", "own_id", "subject"):
        if getattr(contact, name):
            details[name] = getattr(contact, name)
    if contact.is_standby:
        details["standby"] = True
    if contact.parent:
        details["parent"] = _parent(contact)
    return _event(
        "echo" if is_echo else _CONTACT.get(contact.type, contact.type.value),
        contact,
        external_id=contact.external_id,
        conversation=contact.conversation_key,
        direction="out" if contact.is_own else "in",
        public=contact.is_public,
        sender=_handle(contact.sender),
        recipient=_handle(contact.recipient),
        text=contact.text,
        reply_to=contact.replies_to[0] if contact.replies_to else None,
        attachments=[_remote(each) for each in contact.remote]
        + [{"type": a.type, "url": None, "name": a.name, "size": len(a.content)} for a in contact.attachments],
        details=details,
    )


def _change(change: Change) -> dict[str, Any]:
    return _event(
        _CHANGE[change.type],
        change,
        external_id=change.about,
        conversation=change.conversation_key,
        public=change.is_public,
        sender=_handle(change.sender),
        recipient=_handle(change.recipient),
        text=change.text,
        details={"change": change.type.value, **change.details},
    )


def _progress(progress: Progress) -> dict[str, Any]:
    status = {} if progress.type in _PROGRESS else {"status": progress.type.value, "reason": progress.reason}
    mark = {"watermark": int(progress.watermark.timestamp() * 1000)} if progress.watermark else {}
    return _event(
        _PROGRESS.get(progress.type, "status"),
        progress,
        external_id=progress.about[0] if progress.about else "",
        conversation=progress.conversation_key,
        sender=_handle(progress.sender),
        recipient=_handle(progress.recipient),
        details={"mids": list(progress.about), **mark, **status, **progress.details},
    )


def _signal(signal: Signal) -> dict[str, Any]:
    return _event(
        signal.type.value,
        signal,
        external_id=signal.external_id,
        conversation=signal.conversation_key,
        sender=_handle(signal.sender),
        recipient=_handle(signal.recipient),
        text=signal.words,
        details={**({"code": signal.code} if signal.code else {}), "alarm": signal.is_alarm, **signal.details},
    )


def _call(event: CallEvent) -> dict[str, Any]:
    ours = {"kind": "phone", "value": event.own_number, "name": ""} if event.own_number else None
    theirs = _handle(event.customer)
    said = {
        "state": _state(event),
        "step": event.step.value,
        "call_id": event.call_id,
        "root_id": event.root_id,
        "users": list(event.agents),
    }
    optional = {"cause": event.cause, "diversion": event.diversion}
    return _event(
        "call",
        event,
        external_id=event.call_id,
        conversation=event.root_id or event.call_id,
        direction="out" if event.is_outgoing else "in",
        sender=ours if event.is_outgoing else theirs,
        recipient=theirs if event.is_outgoing else ours,
        details={**said, **{name: text for name, text in optional.items() if text}, **event.details},
    )


def _state(event: CallEvent) -> str:
    """Return what this one step says; the state of the whole call is reckoned from all of its steps."""
    if event.step is CallStep.ANSWER:
        return "voicemail" if event.is_voicemail else "talking"
    if event.step is CallStep.HANGUP:
        return "missed" if event.cause in _UNANSWERED else "ended"
    return "ringing" if event.step is CallStep.RING else "talking"


def _handle(handle: Handle | None) -> dict[str, str] | None:
    return {"kind": handle.kind, "value": handle.value, "name": handle.name} if handle else None


def _parent(contact: Contact) -> Mapping[str, Any] | None:
    parent = contact.parent
    if parent is None:
        return None
    return {
        "external_id": parent.external_id,
        "author": _handle(parent.author),
        "text": parent.text,
        "sent_at": _instant(parent.sent_at) if parent.sent_at else None,
        "url": parent.url,
    }


def _remote(remote: RemoteAttachment) -> dict[str, Any]:
    shown = {"type": remote.type, "url": remote.url or None, "name": remote.name, "size": remote.size}
    return {**shown, **({"details": dict(remote.details)} if remote.details else {})}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
