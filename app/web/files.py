"""What strangers sent: their files to download, and their HTML made harmless for a frame without rights."""

from __future__ import annotations

import base64
import re
from io import BytesIO

from flask import Blueprint, Response, make_response, request, send_file
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app import access, blobs
from app.errors import NotFound
from app.finders.files import InlineFile, inline
from app.web.door import person, settings
from app.web.words import _
from channels.text import safe_html

bp = Blueprint("files", __name__)

SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp"}
"""What a browser may show by itself; everything else is only saved. SVG can carry scripts and is not here."""
FILE_POLICY = "default-src 'none'; sandbox"
MOST_INLINE = 8_000_000
"""Bytes of pictures inside one message."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]+")


@bp.get("/attachments/<int:attachment_id>")
def attachment(attachment_id: int) -> ResponseReturnValue:
    found = access.attachment(person(), attachment_id)
    return stored(found.digest, found.name, found.type)


def stored(digest: str, name: str, type_: str) -> Response:
    """Answer with a file from the store; what a browser may not show by itself is saved. Raises `NotFound`."""
    is_shown = type_ in SHOWN
    return _file(_content(digest), name, type_ if is_shown else "", is_shown=is_shown)


def download(content: bytes, name: str) -> Response:
    """Answer with bytes that are only ever saved."""
    return _file(content, name, "", is_shown=False)


def _content(digest: str) -> bytes:
    try:
        return blobs.at(settings().blobs_url).get(digest)
    except blobs.BlobMissing as error:
        raise NotFound(_("Die Datei fehlt im Speicher. Sie lässt sich nur aus einer Sicherung zurückholen.")) from error


def _file(content: bytes, name: str, type_: str, *, is_shown: bool) -> Response:
    response = send_file(
        BytesIO(content),
        mimetype=type_ or "application/octet-stream",
        as_attachment=not is_shown,
        # Marks that turn the direction of writing can hide the real ending of a name.
        download_name=_CONTROL.sub("_", name).strip() or _("Anhang"),
    )
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@bp.get("/messages/<int:message_id>/html")
def html(message_id: int) -> ResponseReturnValue:
    """Return a mail's own HTML for a frame; pictures from elsewhere only on request, because they tell the sender."""
    message = access.message(person(), message_id)
    allow_images = request.args.get("images") == "1"
    pictures = _Pictures(inline(message.id))
    safe = safe_html(message.html, allow_images=allow_images, image_url=pictures.address)
    response = make_response(_document(safe.html, blocked=safe.blocked_images))
    response.headers["Content-Security-Policy"] = _mail_policy(allow_images=allow_images)
    return response


def _mail_policy(*, allow_images: bool) -> str:
    images = "data: https: http:" if allow_images else "data:"
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src {images}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )


def _document(body: str, *, blocked: int) -> str:
    """Put the cleaned HTML on white paper of its own: mails are written for it, whatever colours the page has."""
    remark = ""
    if blocked:
        words = _("%(count)s Bilder von anderen Servern wurden nicht geladen.", count=blocked)
        if blocked == 1:
            words = _("Ein Bild von einem anderen Server wurde nicht geladen.")
        remark = Markup('<p class="remark">{}</p>').format(words)
    return (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light">'
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        "<style>body{margin:12px;background:#fff;color:#14201e;font:14px/21px system-ui,sans-serif;"
        "overflow-wrap:anywhere}img{max-width:100%;height:auto}table{max-width:100%}"
        ".remark{margin:0 0 12px;padding:6px 10px;border-radius:6px;background:#edf0ed;color:#43504d;font-size:12px}"
        f"</style></head><body>{remark}{body}</body></html>"
    )


class _Pictures:
    """Pictures of a mail written into its HTML: the frame has no cookie it could fetch them with."""

    def __init__(self, files: list[InlineFile]) -> None:
        self._files = {each.content_id.strip("<>"): each for each in files if each.type in SHOWN}
        self._left = MOST_INLINE

    def address(self, content_id: str) -> str | None:
        """Return the picture as a data address; None where the mail has none of this name, or too many."""
        file = self._files.get(content_id)
        if file is None or file.size > self._left:
            return None
        self._left -= file.size
        try:
            content = blobs.at(settings().blobs_url).get(file.digest)
        except blobs.BlobMissing:
            return None
        return f"data:{file.type};base64,{base64.b64encode(content).decode()}"
