"""From raw bytes to the `Contact` the desk files, and to the account `faden mail explain` gives of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import md5, sha256

from channels.contract import Account, Bounce, Contact, ContactType, Handle, Unreadable
from channels.email import signals
from channels.email.addresses import Address
from channels.email.authentication import is_vouched_for
from channels.email.body import Body
from channels.email.headers import date_of
from channels.email.mail import Mail, all_addresses, read_mail

OUR_ID_PREFIX = "faden."
"""Every Message-ID of ours begins with it."""
_RECIPIENT_HEADERS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_TICKET_NUMBER = re.compile(r"(?:#|\b(?:Anliegen|Ticket)(?:\s+Nr\.?)?\s+#?)(\d{1,9})\b", re.IGNORECASE)
_MOST_EARLIER = 50


def contact(raw: bytes, *, received_at: datetime, account: Account) -> Contact:
    """Understand a mail; raises `Unreadable` if it has no header at all."""
    mail = read_mail(raw)
    own = account.address.lower()
    recipients = all_addresses(mail.root, *_RECIPIENT_HEADERS)
    sender = _sender(mail, own)
    is_written_by_sender = mail.sender is not None and mail.sender.key == sender.value
    is_receipt = signals.is_delivery_receipt(mail.root)
    folded = mail.folded
    return Contact(
        external_id=mail.message_id,
        sender=sender,
        sent_at=_sent_at(mail, received_at),
        type=ContactType.BOUNCE if mail.bounce else ContactType.RECEIPT if is_receipt else ContactType.MESSAGE,
        subject=mail.subject,
        text="\n\n".join(filter(None, (folded.visible_text, folded.signature))),
        quoted_text=folded.quoted_text,
        html=mail.body.html,
        replies_to=_earlier(mail),
        tokens=tuple(dict.fromkeys(filter(None, (_token(each, own) for each in recipients)))),
        ticket_numbers=tuple(dict.fromkeys(int(number) for number in _TICKET_NUMBER.findall(mail.subject))),
        is_automatic=_is_automatic(mail, own, is_receipt=is_receipt),
        is_own=_is_own(mail, own),
        is_vouched_for=is_written_by_sender
        and is_vouched_for(
            mail.root.fields.get("authentication-results", ()),
            sender=sender.value,
            server=str(account.settings.get("trusted_server") or "").strip(),
        ),
        bounce=mail.bounce,
        attachments=mail.body.attachments,
        recipients=tuple(dict.fromkeys(each.key for each in recipients)),
        warnings=tuple(mail.warnings),
        details=_details(mail),
    )


def _sent_at(mail: Mail, received_at: datetime) -> datetime:
    """Return when the mailbox's own server took the mail, as the newest Received line says (RFC 5321 section 4.4).

    Without one it is the Date header: only what the sender's device believed.
    """
    stamp = mail.root.first("received").rpartition(";")[2].strip()
    at = (date_of(stamp) if stamp else None) or mail.date or received_at
    return min(at, received_at).astimezone(UTC)


def explain(raw: bytes) -> dict[str, object]:
    """Say what was understood, in the fields of `faden mail explain` without `file`; never raises."""
    try:
        mail = read_mail(raw)
    except Unreadable as refusal:
        mail = read_mail(b"X-Unreadable: yes\n\n" + raw)
        mail.warnings.insert(0, str(refusal))
    sender, body, folded = mail.sender, mail.body, mail.folded
    return {
        "from": sender.key if sender else "",
        "from_name": sender.name if sender else "",
        "reply_to": [each.key for each in mail.reply_to],
        "to": [each.key for each in mail.to],
        "cc": [each.key for each in mail.cc],
        "subject": mail.subject,
        "date": mail.date.strftime("%Y-%m-%dT%H:%M:%SZ") if mail.date else None,
        "message_id": mail.message_id,
        "in_reply_to": list(mail.in_reply_to),
        "references": list(mail.references),
        "text": body.text,
        "visible_text": folded.visible_text,
        "quoted_text": folded.quoted_text,
        "signature": folded.signature,
        "html": body.html,
        "attachments": _explained_attachments(body),
        "is_auto_reply": mail.is_auto_reply,
        "is_bounce": mail.bounce is not None,
        "bounce": _explained_bounce(mail.bounce, body.text) if mail.bounce else None,
        "is_feedback_report": signals.is_feedback_report(mail.root),
        "is_delivery_receipt": signals.is_delivery_receipt(mail.root),
        "is_forward": False,
        "forward": None,
        "own_text": folded.visible_text,
        "language": "",
        "warnings": mail.warnings,
    }


def _explained_attachments(body: Body) -> list[dict[str, object]]:
    return [
        {
            "name": each.name,
            "type": each.type,
            "size": len(each.content),
            "sha256": sha256(each.content).hexdigest(),
            "md5": md5(each.content, usedforsecurity=False).hexdigest(),
            "inline": each.is_inline,
            "content_id": each.content_id,
        }
        for each in body.attachments
    ]


def _explained_bounce(bounce: Bounce, text: str) -> dict[str, object]:
    return {
        "recipients": list(bounce.recipients),
        "status": bounce.status,
        "code": signals.smtp_code(bounce, text),
        "reason": bounce.reason,
        "permanent": bounce.is_permanent,
    }


def _sender(mail: Mail, own: str) -> Handle:
    """Return who wrote. Reply-To counts only where From is empty or our own address, as with contact forms.

    Elsewhere it would let a stranger's From be filed under whatever address they name.
    """
    chosen = mail.sender
    if chosen and own and chosen.key == own:
        chosen = next((each for each in mail.reply_to if _without_token(each.key) != own), chosen)
    if chosen is None:
        # One customer each, or all mails without a sender would become one person's matter.
        chosen = Address(f"unbekannt-{sha256(mail.message_id.encode()).hexdigest()[:16]}@sender.invalid")
    return Handle(kind="email", value=chosen.key, name=chosen.name)


def _earlier(mail: Mail) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*mail.in_reply_to, *reversed(mail.references))))[:_MOST_EARLIER]


def _token(recipient: Address, own: str) -> str:
    """Return TOKEN of local+TOKEN@domain where local@domain is our address."""
    local, _, domain = recipient.value.rpartition("@")
    name, plus, token = local.partition("+")
    return token if plus and f"{name}@{domain}".lower() == own else ""


def _without_token(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _is_automatic(mail: Mail, own: str, *, is_receipt: bool) -> bool:
    has_no_return = mail.root.first("return-path").strip() == "<>"
    is_report = bool(mail.bounce) or is_receipt or signals.is_feedback_report(mail.root)
    return mail.is_auto_reply or is_report or has_no_return or signals.is_bulk(mail.root, frozenset({own} - {""}))


def _is_own(mail: Mail, own: str) -> bool:
    return bool(mail.sender and mail.sender.key == own and mail.message_id.startswith(OUR_ID_PREFIX))


def _details(mail: Mail) -> dict[str, str]:
    """Return what only mail knows and a page may want to show."""
    found = {"to": mail.to, "cc": mail.cc, "reply_to": mail.reply_to}
    return {name: ", ".join(each.key for each in those)[:2000] for name, those in found.items() if those}
