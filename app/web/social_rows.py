"""What a row of the view of social media says besides: to how many, below which post, who it is, until when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import escape

from app.finders.inbox import InboxRow
from app.finders.social import Beside
from app.web import reach
from app.web.formats import Formats
from app.web.kinds import look_of
from app.web.windows import window
from app.web.words import _

LONGEST_PARENT = 280

Skeleton = Callable[[str], str]


def slots(row: InboxRow, beside: Beside | None, words: Formats, skeleton: Skeleton) -> dict[str, Any]:
    """Return what the slots of `_social_row.html` take beyond those of every row, ready to stand in HTML."""
    if beside is None:
        private = "" if row.publicity else escape(_("privat"))
        return {"handle": "", "private": private, "reach": "", "parent": "", "known": "", "window": ""}
    return {
        "handle": escape(_handle(beside)),
        **_publicity(row, beside),
        "reach": escape(reach.told(beside.details, words)),
        "parent": _parent(beside, skeleton),
        "known": escape(_known(beside)),
        "window": _window(beside, words, skeleton) if row.state == "open" else "",
    }


def _publicity(row: InboxRow, beside: Beside) -> dict[str, Any]:
    """Say who can read what was said here, also where somebody has rung up about it since."""
    if row.publicity:
        return {"private": ""}
    if beside.is_public:
        return {"private": "", "publicity": escape(_("öffentlich"))}
    return {"private": escape(_("privat"))}


def _handle(beside: Beside) -> str:
    return f"@{beside.handle}" if beside.handle else ""


def _parent(beside: Beside, skeleton: Skeleton) -> str:
    """Return the post above in one line, to be unfolded; nothing where it is not here."""
    parent = beside.details.get("parent")
    text = parent.get("text") if isinstance(parent, dict) else ""
    if not isinstance(parent, dict) or not isinstance(text, str) or not text.strip():
        return ""
    said = " ".join(text[: LONGEST_PARENT * 3].split())
    said = said if len(said) <= LONGEST_PARENT else f"{said[:LONGEST_PARENT].rstrip()} …"
    author = parent.get("author") or parent.get("author_value") or _("Unbekannt")
    return skeleton("_parent") % {"author": escape(author), "text": escape(said)}


def _known(beside: Beside) -> str:
    if beside.known is None:
        return ""
    name, orders = beside.known.name or beside.author, beside.known.orders
    if not orders:
        return _("Kunde bekannt: %(name)s", name=name)
    if orders == 1:
        return _("Kunde bekannt: %(name)s, 1 Bestellung", name=name)
    return _("Kunde bekannt: %(name)s, %(count)s Bestellungen", name=name, count=orders)


def _window(beside: Beside, words: Formats, skeleton: Skeleton) -> str:
    """Return the platform's clock beside ours; public answers have none."""
    found = None if beside.is_public else window(beside.capability, words)
    if found is None:
        return ""
    name = look_of(beside.channel_kind).name
    said = {
        "open": _("%(channel)s-Fenster: noch %%s", channel=name),
        "human": _("%(channel)s: nur noch von Hand", channel=name),
        "shut": _("%(channel)s-Fenster geschlossen", channel=name),
    }
    left = words.tight(found.closes_at - words.now)
    shown = said["open"] % left if found.state in {"open", "soon"} else said[found.state]
    return skeleton("_row_window") % {
        "state": found.state,
        "glyph": found.glyph,
        "closes": found.closes,
        "human": found.human,
        "open_words": escape(said["open"]),
        "human_words": escape(said["human"]),
        "shut_words": escape(said["shut"]),
        "words": escape(shown),
        "until": escape(found.until),
    }
