"""What proves or suggests who somebody is, in words."""

from __future__ import annotations

from collections.abc import Mapping

from app.web.words import _


def proof_words(proof: str) -> str:
    """Return the sentence of a word of `routing.identity.Proof`; nothing for one that has none."""
    return {
        "verified_mail": _("Der Mailserver verbürgt sich für die Absenderadresse."),
        "phone_number": _("Dieselbe Rufnummer, vom Telefonnetz gemeldet."),
        "platform_id": _("Dieselbe Kennung auf der Plattform."),
        "signed_link": _("Kam über einen Link, den wir für diese Person unterschrieben haben."),
        "one_click": _("Der Link an die bekannte Adresse wurde bestätigt."),
        "order_and_fact": _("Bestellnummer und eine zweite Angabe aus der Bestellung stimmen."),
        "colleague": _("Jemand von uns steht dafür ein."),
    }.get(proof, "")


def evidence_words(evidence: str) -> str:
    """Return what ties an address to a person; it is stored as a word of ours."""
    known: Mapping[str, str] = {
        "wrote to us": _("Hat uns von hier geschrieben"),
        "called us": _("Hat uns von hier angerufen"),
        "an agent said so": _("Von uns eingetragen"),
        "claimed": _("Von uns eingetragen"),
        "platform_id": _("Von der Plattform gemeldet"),
        "order": _("Steht auf einer Bestellung"),
        "": _("Seit der ersten Nachricht bekannt"),
    }
    return known.get(evidence) or proof_words(evidence) or evidence


def hint_words(hint: str) -> str:
    """Return the sentence of a word of `routing.identity.Hint`."""
    return {
        "claimed_address": _("nennt eine Adresse der anderen Person"),
        "order_number": _("gleiche Bestell- oder Sendungsnummer"),
        "handle": _("nennt den Namen der anderen Person auf der Plattform"),
        "name_and_postcode": _("gleicher Name und gleiche Postleitzahl"),
        "said_so": _("schreibt, schon Kontakt gehabt zu haben, und die Zeit passt"),
        "same_name": _("gleicher Name"),
        "like_name": _("gleicher Nachname, gleicher Anfangsbuchstabe"),
        "similar_text": _("ähnlicher Text"),
    }.get(hint, hint)
