"""What may not be public, in words: the text with its places marked, and why each is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.errors import Spotted
from app.web.words import _

AROUND = 40
"""Letters before and after a place that are shown with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of the text as it is shown; `why` is empty for what may stay."""

    text: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    pieces: list[Piece]
    reasons: list[str]


def reason_words() -> dict[str, str]:
    """Return what each kind of place is called."""
    return {
        "mail_address": _("E-Mail-Adresse"),
        "account": _("Konto- oder Kartennummer"),
        "number": _("Bestell- oder Sendungsnummer"),
        "phone": _("Telefonnummer"),
        "postal": _("Anschrift"),
        "name": _("Name, der nicht öffentlich ist"),
        "amount": _("Betrag aus dem privaten Verlauf"),
        "private_words": _("Worte aus privaten Nachrichten"),
        "channel": _("verrät, dass die Person uns auch anders geschrieben hat"),
    }


def disclosed_words(text: str, spots: Sequence[Spotted]) -> Disclosed | None:
    """Return the text around its spots, each marked, and the reasons once; None where there are none."""
    if not spots:
        return None
    named = reason_words()
    reasons = list(dict.fromkeys(named.get(spot.kind, spot.kind) for spot in spots))
    return Disclosed(pieces=list(_pieces(text, spots, named)), reasons=reasons)


def _pieces(text: str, spots: Sequence[Spotted], named: dict[str, str]) -> Iterator[Piece]:
    shown = 0
    for spot in spots:
        yield Piece(text=_between(text[shown : spot.start], is_first=shown == 0))
        yield Piece(text=spot.words, why=named.get(spot.kind, spot.kind))
        shown = spot.end
    rest = text[shown:]
    yield Piece(text=rest[:AROUND] + ("…" if len(rest) > AROUND else ""))


def _between(text: str, *, is_first: bool) -> str:
    """Shorten what lies before a place; what is far from any is not shown."""
    if is_first:
        return ("…" if len(text) > AROUND else "") + text[-AROUND:]
    return text if len(text) <= AROUND * 2 else f"{text[:AROUND]} … {text[-AROUND:]}"
