"""How far a public message reaches, as far as its platform told us; what nobody told is never shown as zero."""

from __future__ import annotations

from collections.abc import Mapping

from app.web.formats import Formats
from app.web.words import _


def told(details: Mapping[str, object], words: Formats) -> str:
    """Say how many follow the author, and how many answers stand below the post or the one it answers."""
    parent = details.get("parent")
    post = parent if isinstance(parent, dict) else details
    return " · ".join(said for said in (_followers(details, words), below(post, words)) if said)


def below(post: Mapping[str, object], words: Formats) -> str:
    """Say how many answers stand below a post."""
    replies = _number(post.get("replies"))
    if not replies:
        return ""
    return _("1 Antwort") if replies == 1 else _("%(count)s Antworten", count=words.count(replies))


def own(details: Mapping[str, object], words: Formats) -> str:
    """As `told`, where the post above says its own number."""
    replies = "" if isinstance(details.get("parent"), dict) else below(details, words)
    return " · ".join(said for said in (_followers(details, words), replies) if said)


def _followers(details: Mapping[str, object], words: Formats) -> str:
    followers = _number(details.get("followers"))
    return "" if followers is None else _("%(count)s Follower", count=words.count(followers))


def _number(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None
