"""One mail, read once: the value on which both the intake and `faden mail explain` rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from channels.contract import Bounce
from channels.email import signals
from channels.email.addresses import Address, addresses
from channels.email.body import Body, read_body
from channels.email.headers import date_of, message_ids, text_of
from channels.email.quoting import Folded, fold
from channels.email.tree import Part, tree

_MOST_TEXT = 200_000
_MOST_ADDRESS_TEXT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What a raw mail says; `date` is None where it names none that makes sense."""

    root: Part
    sender: Address | None
    reply_to: list[Address]
    to: list[Address]
    cc: list[Address]
    subject: str
    date: datetime | None
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    body: Body
    folded: Folded
    bounce: Bounce | None
    is_auto_reply: bool
    warnings: list[str]


def read_mail(raw: bytes) -> Mail:
    """Read a mail of any quality; raises `Unreadable` only if it has no header at all."""
    warnings: list[str] = []
    root = tree(raw, warnings)
    subject = text_of(root.first("subject"))
    body = read_body(root, warnings)
    return Mail(
        root=root,
        sender=_sender(root, warnings),
        reply_to=all_addresses(root, "reply-to"),
        to=all_addresses(root, "to"),
        cc=all_addresses(root, "cc"),
        subject=subject,
        date=date_of(root.first("date")) if root.first("date") else None,
        message_id=_message_id(root, raw, warnings),
        in_reply_to=message_ids(root.first("in-reply-to")) if root.first("in-reply-to") else (),
        references=message_ids(" ".join(root.fields.get("references", ()))) if root.first("references") else (),
        body=body,
        folded=fold(body.text) if len(body.text) <= _MOST_TEXT else _folded_in_part(body.text),
        bounce=signals.bounce_of(root, subject, body.text),
        is_auto_reply=signals.is_auto_reply(root, subject),
        warnings=warnings,
    )


def all_addresses(root: Part, *names: str) -> list[Address]:
    """Return the addresses of all headers of these names in their order, of a mail full of them the first ones."""
    values = (value for name in names for value in root.fields.get(name, ()))
    found: list[Address] = []
    left = _MOST_ADDRESS_TEXT
    for value in values:
        if left > 0:
            found += addresses(value[:left])
        left -= len(value)
    return found


def _sender(root: Part, warnings: list[str]) -> Address | None:
    for name in ("from", "reply-to", "sender", "x-original-sender", "return-path"):
        found = all_addresses(root, name)
        if found:
            if name != "from":
                warnings.append(f"Die Mail hat keinen lesbaren Absender; genommen wurde {name.title()}.")
            return found[0]
    warnings.append("Die Mail nennt keinen Absender.")
    return None


def _message_id(root: Part, raw: bytes, warnings: list[str]) -> str:
    found = message_ids(root.first("message-id")) if root.first("message-id") else ()
    if found:
        return found[0]
    warnings.append("Die Mail hat keine Message-ID; sie bekam eine aus ihrem Inhalt.")
    return f"{sha256(raw).hexdigest()}@synthetic.invalid"


def _folded_in_part(text: str) -> Folded:
    """Fold the beginning of a very long text; the rest goes where the beginning ended."""
    first = fold(text[:_MOST_TEXT])
    rest = text[_MOST_TEXT:]
    if first.quoted_text:
        return Folded(first.visible_text, first.quoted_text + rest, first.signature)
    return Folded(text)
