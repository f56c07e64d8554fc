"""Files, places and links that hang on a message; what they are called differs, and some come without an address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channels.contract import RemoteAttachment
from channels.meta.reading import MOST_NAME, facts, identifier, mapping, mappings, words

MOST_FILES = 50
THUMBS = frozenset({"369239263222822", "369239343222814", "369239383222810"})
"""The thumbs-up in its three sizes."""
WORDLESS = frozenset({"image", "video", "audio", "file", "sticker"})
"""What is shown without words."""
NAMED = {"location": "Standort", "fallback": "Link", "reel": "Reel", "ig_reel": "Reel", "ig_post": "Beitrag"}
NAMED |= {"share": "Link", "template": "Vorlage", "post": "Beitrag", "story_mention": "Story-Erwähnung"}
_FACEBOOK = "https://www.facebook.com"


def attachment(found: dict[str, Any], sticker: str) -> RemoteAttachment:
    payload = mapping(found.get("payload"))  # a fallback's payload may be a text; url and title stand beside it
    type_ = identifier(found.get("type")) or "unknown"
    sticker = identifier(payload.get("sticker_id")) or (sticker if type_ == "image" else "")
    place = mapping(payload.get("coordinates"))
    details = facts(payload, "reel_video_id") | ({"sticker_id": sticker} if sticker else {})
    spot = [place.get(name) for name in ("lat", "long")]
    if all(isinstance(each, int | float) and abs(each) <= 180 for each in spot):
        details |= {"latitude": spot[0], "longitude": spot[1]}
    return RemoteAttachment(
        type="sticker" if sticker else type_[:24],
        url=_absolute(words(payload.get("url") or found.get("url"), most=4000).strip()),
        name=_title(found, payload),
        details=details,
    )


def _title(found: Mapping[str, Any], payload: Mapping[str, Any]) -> str:
    """Return what stands on an attachment; a template has its words in its elements."""
    elements = mappings(payload.get("elements")) or mappings(mapping(payload.get("product")).get("elements"))
    named = [found.get("title"), payload.get("title"), payload.get("text"), *(each.get("title") for each in elements)]
    return next((name for name in (words(each, most=MOST_NAME) for each in named) if name), "")


def _absolute(url: str) -> str:
    """Return an address of the web; a reel's may be a path, and a fallback's may be anything."""
    if url.startswith("/") and not url.startswith("//"):
        return _FACEBOOK + url
    return url if url.lower().startswith(("https://", "http://")) else ""


def shown(remote: RemoteAttachment) -> str:
    """Return words for what is neither picture nor file, so that no bubble stays empty."""
    label = NAMED.get(remote.type)
    if label is None:
        return ""
    spot = [str(remote.details[name]) for name in ("latitude", "longitude") if name in remote.details]
    return f"{label}: " + " ".join(filter(None, (remote.name, ", ".join(spot), remote.url))).strip()
