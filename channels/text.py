"""HTML that strangers wrote: made harmless for a page, or turned into plain text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

import nh3

from channels.foreign import attempted

_LONGEST = 500_000
_TAGS = {
    "a", "abbr", "address", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup",
    "dd", "del", "div", "dl", "dt", "em", "figcaption", "figure", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"align", "dir", "lang", "style", "title", "valign"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "table": {"border", "cellpadding", "cellspacing", "width", "bgcolor"},
    "td": {"colspan", "rowspan", "width", "height", "bgcolor"},
    "th": {"colspan", "rowspan", "width", "height", "bgcolor"},
    "tr": {"bgcolor"},
}
# Nothing that loads, moves out of its box or covers the page: no url(), position, z-index, transform, negative margins.
_STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-radius",
    "border-right", "border-style", "border-top", "border-width", "color", "font-family", "font-size", "font-style",
    "font-weight", "line-height", "list-style-type", "padding", "padding-bottom", "padding-left", "padding-right",
    "padding-top", "text-align", "text-decoration", "vertical-align", "white-space",
}  # fmt: skip
_DROPPED_WHOLE = {
    "script", "style", "title", "head", "svg", "math", "object", "embed", "iframe", "noscript", "template", "textarea",
    "select", "button", "audio", "video", "canvas", "applet", "frameset",
}  # fmt: skip
_IMAGE_LINK = re.compile(r"^\s*https?://", re.IGNORECASE)
_LINK = re.compile(r"^\s*(?:https?://|mailto:|tel:)", re.IGNORECASE)
_INLINE_IMAGE = re.compile(r"^data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]{1,300000}$")
_LOADS = re.compile(r"url\s*\(|image-set|expression|@import|\\", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/h\d|/li)\b[^>]{0,500}>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style|head|title)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,5000}>")
_RULES: dict[str, Any] = {
    "tags": _TAGS,
    "attributes": _ATTRIBUTES,
    "clean_content_tags": _DROPPED_WHOLE,
    "filter_style_properties": _STYLES,
    "url_schemes": {"http", "https", "mailto", "tel", "cid", "data"},
    "link_rel": "noopener noreferrer nofollow",
    "set_tag_attribute_values": {
        "a": {"target": "_blank"},
        "img": {"loading": "lazy", "referrerpolicy": "no-referrer"},
    },
    "strip_comments": True,
}


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """HTML that may stand in a page; `blocked_images` counts what would have been fetched from elsewhere."""

    html: str
    blocked_images: int


def safe_html(
    html: str, *, allow_images: bool = False, image_url: Callable[[str], str | None] | None = None
) -> SafeHtml:
    """Return what is harmless of a mail's HTML.

    Pictures of the mail itself (`cid:`) get the address that `image_url` knows for their content id. Pictures from
    elsewhere tell the sender when and where the mail is read, so they stay out until somebody asks for them.
    """
    blocked = 0

    def source(value: str) -> str | None:
        nonlocal blocked
        if value[:4].lower() == "cid:":
            return image_url(value[4:].strip("<> ")) if image_url else None
        if _INLINE_IMAGE.match(value) or (allow_images and _IMAGE_LINK.match(value)):
            return value
        blocked += 1
        return None

    def attribute(_tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return source(value)
        if name == "href":
            # Without a scheme it would point into our own pages.
            return value if _LINK.match(value) else None
        return None if name == "style" and _LOADS.search(value) else value

    cleaned = nh3.clean(html.replace("\x00", ""), attribute_filter=attribute, **_RULES)
    return SafeHtml(cleaned, blocked)


def text_of_html(html: str) -> str:
    """Return HTML as plain text with its tables and lists legible; never raises."""
    from inscriptis import get_text  # type: ignore[import-untyped]  # noqa: PLC0415 - pulls lxml; most mails bring their own text
    from inscriptis.css_profiles import CSS_PROFILES  # type: ignore[import-untyped]  # noqa: PLC0415
    from inscriptis.model.config import ParserConfig  # type: ignore[import-untyped]  # noqa: PLC0415

    html = html[:_LONGEST]
    # Legible text of any kind beats none.
    text = attempted(lambda: str(get_text(html, ParserConfig(css=CSS_PROFILES["strict"]))), lambda _: _stripped(html))
    lines = [line.rstrip() for line in text.replace("\xa0", " ").splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _stripped(html: str) -> str:
    return unescape(_TAG.sub(" ", _BREAK.sub("\n", _HIDDEN.sub(" ", html))))
