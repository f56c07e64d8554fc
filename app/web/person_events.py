"""Sentences about who somebody is: proven, said, taken back, asked."""

from __future__ import annotations

from collections.abc import Callable

from app.finders.ticket import Happened, TicketPage
from app.web.event_words import EventWords, by
from app.web.proof_words import proof_words
from app.web.words import _


def _merged(event: Happened, _page: TicketPage) -> EventWords:
    text = proof_words(str(event.details.get("proof", "")))
    if event.actor_name:
        text = _("Das sagt %(name)s.", name=event.actor_name)
    return EventWords(bold=_("Dieselbe Person:"), text=text, icon="person")


def _unmerged(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Doch zwei Personen:"), text=by(event), icon="person")


def _apart(event: Happened, _page: TicketPage) -> EventWords:
    text = by(event) or _("sagt, wem die Adresse gehört")
    return EventWords(bold=_("Zwei Personen:"), text=text, icon="person")


def _maybe_one(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Vielleicht doch dieselbe Person:"), text=by(event), icon="person")


def _proof_asked(event: Happened, _page: TicketPage) -> EventWords:
    text = _(
        "%(name)s hat an %(address)s geschrieben.", name=event.actor_name, address=event.details.get("address", "")
    )
    return EventWords(bold=_("Bestätigungslink gesendet:"), text=text, icon="mail")


def _proof_denied(_event: Happened, _page: TicketPage) -> EventWords:
    text = _("Wem die Adresse gehört, der hat uns nicht geschrieben. Bitte nennen Sie hier nichts über die Bestellung.")
    return EventWords(bold=_("Nicht dieselbe Person:"), text=text, icon="alert", look="late")


TELLERS: dict[str, Callable[[Happened, TicketPage], EventWords]] = {
    "person_merged": _merged,
    "person_unmerged": _unmerged,
    "people_apart": _apart,
    "people_maybe_one": _maybe_one,
    "proof_asked": _proof_asked,
    "proof_denied": _proof_denied,
}
