"""What of a mail is its text, and what came with it as a file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape

from channels.contract import HeardAttachment
from channels.email.charsets import decoded, one_line
from channels.email.headers import parameters, text_of
from channels.email.tree import MOST_PARTS, Part, leaves
from channels.text import text_of_html

_LONGEST_NAME = 150
_META_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f"<>|*?\u202a-\u202e\u2066-\u2069]')
_EXTENSIONS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/svg+xml": ".svg",
    "application/pdf": ".pdf", "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "text/csv": ".csv",
    "message/rfc822": ".eml", "application/zip": ".zip", "application/pkcs7-signature": ".p7s",
    "application/pgp-signature": ".asc", "application/pkcs7-mime": ".p7m", "message/delivery-status": ".txt",
}  # fmt: skip


@dataclass(slots=True)
class _Passage:
    """One stretch of the body that may exist as text, as HTML or as both."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the text; HTML is converted only where there is no text, because that is slow."""
        plain = "\n".join(self.plain)
        return plain if plain.strip() or not self.html else text_of_html("\n".join(self.html))

    def markup(self) -> str:
        if self.html:
            return "\n".join(self.html)
        plain = "\n".join(self.plain).strip()
        return f'<div style="white-space: pre-wrap">{escape(plain)}</div>' if plain else ""


@dataclass(frozen=True, slots=True)
class Body:
    """`text` is the whole text; `html` is empty where the mail has none."""

    text: str
    html: str
    attachments: tuple[HeardAttachment, ...]


def read_body(root: Part, warnings: list[str]) -> Body:
    """Sort the parts of a mail into text and files."""
    passages: dict[int, _Passage] = {}
    files: list[tuple[Part, str]] = []
    for number, (part, above) in enumerate(leaves(root)):
        if number >= MOST_PARTS:
            warnings.append(f"Die Mail hat mehr als {MOST_PARTS} Teile; die übrigen stehen nur im Original.")
            break
        kind, disposition, name = part.get_content_type(), *_disposition(part)
        if _is_body(kind, disposition, name, above, is_first=number == 0):
            # Text and HTML under one multipart/alternative are the same words twice.
            choice = next((each for each in above if each.get_content_type() == "multipart/alternative"), part)
            passage = passages.setdefault(id(choice), _Passage())
            (passage.html if kind == "text/html" else passage.plain).append(_text(part))
        elif not (kind.startswith("multipart/") and not part.raw_text().strip()):
            files.append((part, disposition))
    found = list(passages.values())
    html = "\n".join(filter(None, (each.markup() for each in found))) if any(each.html for each in found) else ""
    text = "\n\n".join(filter(None, (each.text().strip("\n") for each in found)))
    attachments = (_attachment(part, number, disposition, html) for number, (part, disposition) in enumerate(files, 1))
    return Body(text.rstrip(), html, tuple(attachments))


def _disposition(part: Part) -> tuple[str, str]:
    raw = part.first("content-disposition")
    disposition, found = parameters(raw) if raw else ("", {})
    return disposition, found.get("filename") or part.content[1].get("name", "")


def _is_body(kind: str, disposition: str, name: str, above: tuple[Part, ...], *, is_first: bool) -> bool:
    if any(each.get_content_type() == "multipart/encrypted" for each in above):
        return False
    if kind.startswith("multipart/"):
        # A multipart without its boundary is a leaf; whatever it holds is all the text there is.
        return is_first
    return kind in {"text/plain", "text/html"} and disposition != "attachment" and (is_first or not name)


def _text(part: Part) -> str:
    content = part.content_bytes()
    declared = part.content[1].get("charset", "")
    if not declared and part.get_content_type() == "text/html":
        match = _META_CHARSET.search(content[:2000])
        declared = match[1].decode("ascii") if match else ""
    text = decoded(content, declared)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _attachment(part: Part, number: int, disposition: str, html: str) -> HeardAttachment:
    kind = part.get_content_type()
    content = part.embedded_bytes() if kind.startswith("message/") else part.content_bytes()
    content_id = one_line(part.first("content-id")).strip("<> ")[:200]
    return HeardAttachment(
        name=_name(part, kind, number),
        type=kind if re.fullmatch(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}", kind) else "application/octet-stream",
        content=content,
        content_id=content_id,
        is_inline=disposition == "inline" or bool(content_id and f"cid:{content_id}" in html),
    )


def _name(part: Part, kind: str, number: int) -> str:
    """Return a name that is safe to show and to offer for saving; never empty, never a path."""
    name = _disposition(part)[1]
    if not name:
        subject = part.parts[0].first("subject") if part.parts else ""
        name = text_of(subject or part.first("content-description"))
        name = name[:100].replace("/", "-") + _EXTENSIONS.get(kind, "") if name else ""
    name = _UNSAFE_IN_NAMES.sub("", one_line(name)).replace("\\", "/").rstrip("/").rpartition("/")[2].strip(" .")
    if len(name) > _LONGEST_NAME:
        stem, dot, extension = name.rpartition(".")
        name = stem[: _LONGEST_NAME - 10] + dot + extension[:9] if dot else name[:_LONGEST_NAME]
    return name or f"Anhang-{number}{_EXTENSIONS.get(kind, '')}"
