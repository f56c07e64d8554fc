"""From an `Outgoing` value to the bytes of a mail. No value of it can add a header of its own."""

from __future__ import annotations

import re
from contextlib import suppress
from email.charset import QP, Charset
from email.encoders import encode_base64
from email.generator import BytesGenerator
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, quote
from io import BytesIO

from channels.contract import Outgoing, OutgoingAttachment
from channels.email.charsets import clean, one_line
from channels.email.settings import EmailSettings

# compat32, because the newer policies turn long Message-IDs in References into encoded words.
_POLICY = compat32.clone(linesep="\r\n", max_line_length=78)
_MOST_REFERENCES = 20
_LONGEST_NAME = 100
_LONGEST_SUBJECT = 300
_LONGEST_LINE = 900
_IS_ANSWER = re.compile(r"^(?:re|aw|antw|sv|ré?f?)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_ID = re.compile(r"[^\s<>\x00-\x1f\x7f]{3,500}")
_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}")
_PLAIN_NAME = re.compile(r"[\w .'-]*", re.ASCII)


def composed(outgoing: Outgoing, settings: EmailSettings) -> bytes:
    """Return the mail with CRLF line ends, ready for SMTP."""
    text = _text_part(outgoing.text)
    mail: Message = text
    if outgoing.attachments:
        mail = MIMEMultipart("mixed", _subparts=[text, *map(_attachment_part, outgoing.attachments)])
    for name, value in _headers(outgoing, settings):
        mail[name] = value
    written = BytesIO()
    BytesGenerator(written, mangle_from_=False, policy=_POLICY).flatten(mail)
    return written.getvalue()


def subject_of(outgoing: Outgoing) -> str:
    """Return the subject with "Re:" where it answers something and the ticket's number at its end."""
    subject = one_line(clean(outgoing.subject))[:_LONGEST_SUBJECT]
    if outgoing.replies_to and not _IS_ANSWER.match(subject):
        subject = f"Re: {subject}"
    mark = f"[#{outgoing.ticket_number}]"
    return subject if outgoing.ticket_number is None or mark in subject else f"{subject} {mark}".strip()


def reply_address(address: str, token: str) -> str:
    """Return local+TOKEN@domain."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{token}@{domain}" if token else address


def ascii_address(address: str) -> str:
    """Return an address with its domain as the DNS knows it (RFC 3490); raises `UnicodeError` where there is none."""
    local, _, domain = address.rpartition("@")
    return f"{local.encode('ascii').decode()}@{domain.encode('idna').decode()}"


def _headers(outgoing: Outgoing, settings: EmailSettings) -> list[tuple[str, str]]:
    author = ", ".join(filter(None, (one_line(outgoing.author_name), one_line(settings.from_name))))
    headers = [
        ("From", _mailbox(author, settings.address, "From")),
        ("To", _mailbox(outgoing.recipient.name, outgoing.recipient.value, "To")),
        ("Subject", _encoded(subject_of(outgoing), "Subject")),
        ("Date", format_datetime(outgoing.sent_at)),
        ("Message-ID", f"<{_checked_id(outgoing.external_id)}>"),
    ]
    if outgoing.reply_token:
        address = reply_address(settings.address, one_line(outgoing.reply_token).replace(" ", ""))
        headers.append(("Reply-To", _mailbox(settings.from_name, address, "Reply-To")))
    if _ID.fullmatch(outgoing.replies_to):
        headers.append(("In-Reply-To", f"<{outgoing.replies_to}>"))
    references = _references(outgoing)
    if references:
        headers.append(("References", " ".join(f"<{each}>" for each in references)))
    if outgoing.is_automatic:
        # RFC 3834 section 5; the other two are what Exchange and older mailers look at.
        headers += [
            ("Auto-Submitted", "auto-replied" if outgoing.replies_to else "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
            ("Precedence", "auto_reply"),
        ]
    return headers


def _references(outgoing: Outgoing) -> list[str]:
    """Return the thread: its first message and the latest ones, the one answered last (RFC 5322 section 3.6.4)."""
    thread = [each for each in (*outgoing.references, outgoing.replies_to) if _ID.fullmatch(each)]
    # The newest mention of an id counts, so that the message answered ends the list.
    ordered = list(reversed(dict.fromkeys(reversed(thread))))
    return ordered if len(ordered) <= _MOST_REFERENCES else [ordered[0], *ordered[1 - _MOST_REFERENCES :]]


def _checked_id(external_id: str) -> str:
    if not _ID.fullmatch(external_id):
        raise ValueError(f"Not a Message-ID: {external_id!r}")
    return external_id


def _mailbox(name: str, address: str, header: str) -> str:
    address = one_line(address).replace(" ", "")
    if not address.isascii():
        # What has no such form is refused on the way out.
        with suppress(UnicodeError):
            address = ascii_address(address)
    name = one_line(clean(name))[:_LONGEST_NAME]
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{Header(name, 'utf-8', header_name=header).encode()} <{address}>"
    return f"{name} <{address}>" if _PLAIN_NAME.fullmatch(name) else f'"{quote(name)}" <{address}>'


def _encoded(text: str, header: str) -> str:
    if text.isascii() and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name=header).encode()


def _text_part(text: str) -> MIMEText:
    text = clean(text).replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
    if text.isascii() and all(len(line) <= _LONGEST_LINE for line in text.split("\n")):
        return MIMEText(text, "plain", "us-ascii")
    charset = Charset("utf-8")
    charset.body_encoding = QP
    return MIMEText(text, "plain", charset)  # type: ignore[arg-type]


def _attachment_part(attachment: OutgoingAttachment) -> MIMEBase:
    kind = attachment.type.lower()
    # message/ and multipart/ must not be base64 (RFC 2045 section 6.4), so they travel as a file of bytes.
    if not _TYPE.fullmatch(kind) or kind.startswith(("message/", "multipart/")):
        kind = "application/octet-stream"
    part = MIMEBase(*kind.split("/", 1))
    part.set_payload(attachment.content)
    encode_base64(part)
    name = one_line(clean(attachment.name)).replace('"', "'") or "Anhang"
    part.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    return part
