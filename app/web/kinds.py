"""How a kind of channel looks: its glyph, its shape and its name."""

from __future__ import annotations

from typing import NamedTuple

from flask import g

from app.web.words import _
from channels.registry import connectors, form_of


class Look(NamedTuple):
    icon: str
    is_round: bool
    """Social networks and messengers are round; mail, phone and forms are square."""
    name: str

    @property
    def shape(self) -> str:
        return " round" if self.is_round else ""


def looks() -> dict[str, Look]:
    """Return the look of every kind, translated once a request."""
    if "looks" not in g:
        g.looks = {
            "email": Look("mail", False, _("E-Mail")),
            "form": Look("web", False, _("Kontaktformular")),
            "phone": Look("phone", False, _("Telefon")),
            "x": Look("x", True, "X"),
            "messenger": Look("bubble", True, "Messenger"),
            "instagram": Look("instagram", True, "Instagram"),
            "whatsapp": Look("whatsapp", True, "WhatsApp"),
            "telegram": Look("telegram", True, "Telegram"),
            "facebook": Look("comment", True, "Facebook"),
        }
    found: dict[str, Look] = g.looks
    return found


def look_of(kind: str) -> Look:
    """Return the look of a kind; one that nobody drew yet gets the globe and its own name."""
    return looks().get(kind) or Look("web", False, kind)


def voice_of(kind: str, *, is_public: bool) -> Look:
    """Return the look of what is said on a channel: on a page's comments and its messages stand apart."""
    return look_of("facebook" if is_public and kind == "messenger" else kind)


class Kind(NamedTuple):
    """A kind of channel that can be set up."""

    name: str
    title: str
    look: Look


def kinds() -> list[Kind]:
    """Return every kind that is installed, e-mail first."""
    found = [Kind(name, _(form_of(name).title), look_of(name)) for name in connectors()]
    return sorted(found, key=lambda kind: (kind.name != "email", kind.title.casefold()))
