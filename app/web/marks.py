"""What tells one message from another at a glance: public or private, overheard, late, hidden, answered elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from app.finders.ticket import Enclosed, Said, Thread
from app.web import reach
from app.web.entry import Above, File, Mark, Sign
from app.web.formats import Formats, formats, size
from app.web.kinds import voice_of
from app.web.words import _

LATE = timedelta(hours=24)
"""A message older than this when it reached us is marked."""
MOST_STARS = 5
_ICONS = {"image": "image", "video": "play", "audio": "sound", "location": "pin", "link": "link", "sticker": "image"}


def marks(message: Said, thread: Thread) -> list[Mark]:
    """Return the words beside a message, the one that matters most first; a mail has none."""
    if thread.channel_kind == "email":
        return []
    return list(_marks(message, thread))


def _marks(message: Said, thread: Thread) -> Iterator[Mark]:
    is_out = message.direction == "out"
    if message.is_public:
        yield Mark(words=_publicity(message, is_out=is_out), icon="megaphone", look="public")
    elif message.kind != "call":
        yield Mark(words=_("Direktnachricht"), icon="lock", look="private")
    if released_by := message.details.get("released_by"):
        yield Mark(words=_("freigegeben von %(name)s", name=released_by), icon="check")
    if not is_out and (told := reach.own(message.details, formats())):
        yield Mark(words=told, icon="users")
    if message.is_elsewhere:
        look = voice_of(thread.channel_kind, is_public=message.is_public)
        yield Mark(words=_("auf %(channel)s beantwortet", channel=look.name), icon="out")
    if term := message.details.get("term"):
        yield Mark(words=_("nicht erwähnt · gefunden mit „%(term)s“", term=term), icon="listen", look="overheard")
    if not is_out and message.stored_at - message.sent_at > LATE:
        yield Mark(words=_("verspätet eingetroffen"), icon="clock", look="late")
    if message.details.get("standby"):
        yield Mark(words=_("ein anderes Werkzeug führt das Gespräch"), icon="pause")
    yield from _hiding(message)


def _hiding(message: Said) -> Iterator[Mark]:
    if message.hidden_at:
        yield Mark(words=_("verborgen"), icon="eye-off", look="hidden")
    elif _is_asked_to_hide(message):
        yield Mark(words=_("wird verborgen"), icon="eye-off")


def _is_asked_to_hide(message: Said) -> bool:
    asked = message.details.get("hiding")
    return isinstance(asked, dict) and bool(asked.get("is_hidden"))


def is_hidden(message: Said) -> bool:
    """Say whether the public cannot see it, or soon cannot."""
    asked = message.details.get("hiding")
    if isinstance(asked, dict):
        return bool(asked.get("is_hidden"))
    return message.hidden_at is not None


def _publicity(message: Said, *, is_out: bool) -> str:
    if is_out:
        return _("Öffentliche Antwort")
    if stars(message) or message.details.get("recommendation_type"):
        return _("Öffentliche Bewertung")
    return _("Öffentlicher Kommentar") if message.kind == "comment" else _("Öffentlicher Beitrag")


def above(message: Said, thread: Thread, words: Formats) -> Above | None:
    """Return the post that a message answers, as far as it is known; None where it answers none."""
    parent = message.details.get("parent")
    if not isinstance(parent, dict):
        return None
    text = _text(parent, "text")
    if not text:
        text = _("Der Beitrag ist nicht mehr da.") if parent.get("is_gone") else _("Der Beitrag wird geholt …")
    look = voice_of(thread.channel_kind, is_public=message.is_public)
    at = _instant(_text(parent, "sent_at"))
    return Above(
        replies=reach.below(parent, words),
        who=_text(parent, "author") or _text(parent, "author_value") or _("Unbekannt"),
        text=text,
        when=words.when(at) if at else "",
        url=web_address(_text(parent, "url")),
        open_words=_("Auf %(channel)s öffnen", channel=look.name),
    )


def _text(found: dict[str, object], key: str) -> str:
    value = found.get(key)
    return value.strip() if isinstance(value, str) else ""


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def web_address(text: str) -> str:
    """Return an address that may stand behind a link of ours; strangers' other schemes are left out."""
    return text if text.startswith("https://") else ""


def stars(message: Said) -> str:
    """Return a rating as stars: `★★★★☆`; empty where none was given."""
    rating = message.details.get("rating")
    number = int(rating) if isinstance(rating, (int, str)) and str(rating).isdecimal() else 0
    return "★" * number + "☆" * (MOST_STARS - number) if 0 < number <= MOST_STARS else ""


def rating_words(message: Said) -> str:
    """Return what a rating says in words, for those who do not see stars."""
    given = stars(message)
    if given:
        return _("%(count)s von %(most)s Sternen", count=given.count("★"), most=MOST_STARS)
    verdict = str(message.details.get("recommendation_type", "")).casefold()
    return {"positive": _("Empfiehlt uns"), "negative": _("Empfiehlt uns nicht")}.get(verdict, "")


def signs(emojis: list[str]) -> list[Sign]:
    """Return reactions, the same ones counted together."""
    return [Sign(emoji=emoji or "👍", count=count) for emoji, count in Counter(emojis).items()]


def file(enclosed: Enclosed) -> File:
    """Return a file, or why it is not here (yet)."""
    icon = _ICONS.get(enclosed.kind) or ("image" if enclosed.type.startswith("image/") else "file")
    name = enclosed.name or _names().get(enclosed.kind, _("Datei"))
    if enclosed.digest:
        return File(name=name, icon=icon, url=f"/attachments/{enclosed.id}", words=size(enclosed.size))
    if enclosed.kind == "location":
        return File(name=name, icon=icon, url=_map(enclosed.details or {}), is_outside=True)
    source = web_address(enclosed.source_url)
    if enclosed.kind == "link":
        return File(name=name, icon=icon, url=source, is_outside=True)
    if enclosed.fault_words:
        words = _("nicht geholt: %(why)s", why=enclosed.fault_words)
        return File(name=name, icon="alert", url=source, words=words, is_outside=True)
    words = _("wird geholt …") if enclosed.source_url else _("liegt nur auf der Plattform")
    return File(name=name, icon=icon, words=words)


def _names() -> dict[str, str]:
    return {
        "image": _("Bild"),
        "video": _("Video"),
        "audio": _("Tonaufnahme"),
        "location": _("Standort"),
        "sticker": _("Sticker"),
        "link": _("Verweis"),
    }


def _map(details: dict[str, object]) -> str:
    """Return where a place lies on a map."""
    place = details.get("coordinates")
    found = place if isinstance(place, dict) else details
    latitude, longitude = found.get("lat", found.get("latitude")), found.get("long", found.get("longitude"))
    if not isinstance(latitude, (int, float)) or not isinstance(longitude, (int, float)):
        return ""
    return (
        f"https://www.openstreetmap.org/?mlat={latitude:.6f}&mlon={longitude:.6f}#map=16/{latitude:.6f}/{longitude:.6f}"
    )
