"""Which things a text is about: the nouns that are not part of every letter to a shop."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice

LONGEST = 4_000
MOST = 60
_FEWEST_FOR_END = 4
_ORDINARY = frozenset(
    word
    for line in (
        "abbuchung abend abholung absender adresse anfrage angabe angebot anleitung anliegen anruf anschrift",
        "antwort april arbeit artikel aufkleber auftrag auftragsnummer august auskunft bank beitrag beleg bereich",
        "bereits berlin bescheid beschwerde beste bestellnummer bestellung bestätigung betrag betreff bezahlung",
        "bislang bitte buchhaltung chat code customer damen danke daten delivery dezember dienst dienstag ding",
        "dinge direktnachricht donnerstag eingang einkauf email ersatz erstattung etikett etwas euch eure eurem",
        "euren eurer euro facebook fall februar fehler firma foto fotos frage fragen frau freitag fremde",
        "freundliche freundlichen früh frühling garantie gebühr geehrte geld gern gerne gerät gestern",
        "gewährleistung gruesse grund gruss gruß größe grüße guten gutschein gutscheincode gutschrift hallo",
        "hamburg handy hause hello herbst herr herren herzlichst heute hilfe hotline ihnen ihre ihrem ihren ihrer",
        "ihres immer instagram internet invoice jahr jahre januar juli juni karte karton kasse kauf kaufpreis",
        "keine keinen keiner kind kinder kollege kollegin kommentar kontakt konto kopie kosten kunde kunden",
        "kundendienst kundenkonto kundennummer kundenservice kundin laden lager leider leute liebe liebes",
        "lieferadresse lieferung link mail mails mehrwertsteuer meinung meldung mensch messenger minute minuten",
        "mittag mittwoch mobil moin monat monate monaten montag morgen mühe münchen nachmittag nachricht",
        "nachrichten name nichts nochmal nordlicht november nummer oktober onlineshop order ordnung packung paket",
        "paketdienst parcel please post postleitzahl preis problem produkt qualität rabatt reaktion rechnung",
        "rechnungsbetrag refund reklamation rest retoure return rückerstattung rückfrage rückgabe rückmeldung",
        "rückruf rücksendeetikett rücksendeschein rücksendung sache samstag schaden schein schon schreiben sehr",
        "seine seiner seite sendung sendungsnummer sendungsverfolgung september service shop sommer sonntag stadt",
        "stelle stornierung strasse straße stunde stunden stück tage tagen tausch team teil teile telefon",
        "telefonnummer termin text thanks tracking trackingnummer transport tweet twitter uhrzeit umgang umtausch",
        "unterlagen vergangenheit verpackung versand versandaufkleber versuch viele vorgang vormittag ware",
        "warenkorb website werktage whatsapp widerruf wieder winter woche wochen wohnung wunsch zahlung zeit",
        "zusage zustand zustellung überweisung",
    )
    for word in line.split()
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_KNOWN = frozenset(word.translate(_UMLAUTS) for word in _ORDINARY)
_WORD = re.compile(r"[^\W\d_]{4,40}")
_NOUN = re.compile(r"(?<=[a-zäöüß,;] )[A-ZÄÖÜ][a-zäöüß]{4,39}\b")
"""Within a sentence; at its beginning everything has a capital, and behind a number stands a town."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Things:
    """What a text may be about: its nouns, and all its longer words, for many write without capitals."""

    nouns: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


def things_in(text: str, *, without: Collection[str] = ()) -> Things:
    """Read a text; `without`: parts of names, in the spelling of `routing.claims.name_parts`, which are no things."""
    words = text[:LONGEST]
    return Things(nouns=_chosen(_NOUN.findall(words), without), words=_chosen(_WORD.findall(words), without))


def shared(one: Things, other: Things) -> frozenset[str]:
    """Return the things that both name; a lamp is also the end of a floor lamp."""
    found = (one.nouns & other.words) | (other.nouns & one.words)
    return found or _ends(one.nouns, other.words) or _ends(other.nouns, one.words)


def _ends(nouns: frozenset[str], words: frozenset[str]) -> frozenset[str]:
    ends = {noun[start:] for noun in nouns for start in range(2, len(noun) - _FEWEST_FOR_END + 1)}
    return words & ends


def _chosen(found: Iterable[str], without: Collection[str]) -> frozenset[str]:
    spelled = dict.fromkeys(word.casefold().translate(_UMLAUTS) for word in found)
    chosen = (word for word in spelled if word not in _KNOWN and word not in without)
    return frozenset(islice(chosen, MOST))
