"""Which things a text is about: the nouns that are not part of every letter to a shop."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice

LONGEST = 4_000
MOST = 60
_FEWEST_FOR_END = 4
_FEWEST_IN_HASTE = 7
"""Who writes without any capital may mean a thing by every longer word."""
_ORDINARY = frozenset(
    word
    for line in (
        "abbuchung abend abgebucht abholung absender adresse anfrage angabe angebot angekommen anleitung anliegen",
        "anruf anschrift antwort antworten april arbeit artikel aufkleber auftrag auftragsnummer august auskunft",
        "bank beitrag bekommen beleg bereich bereits berlin bescheid beschwerde beschädigt beste bestellnummer",
        "bestellt bestellung bestätigung betrag betreff bezahlt bezahlung bislang bitte buchhaltung chat code",
        "customer damen danke daten defekt delivery dezember dienst dienstag ding dinge direktnachricht donnerstag",
        "doppelt dringend eingang einkauf email endlich erhalten ersatz erstattung etikett etwas euch eure eurem",
        "euren eurer euro facebook fall falsche falschen falscher falsches februar fehlen fehlende fehler fehlt",
        "firma foto fotos frage fragen frau freitag fremde freundliche freundlichen früh frühling funktioniert",
        "garantie geantwortet gebühr geehrte gekauft geld geliefert gern gerne gerät geschrieben gestern",
        "gewährleistung gruesse gruessen grund gruss gruß größe grüße grüßen guten gutschein gutscheincode",
        "gutschrift hallo hamburg handy hause hello herbst herr herren herzlichst heute hilfe hoffentlich hotline",
        "ihnen ihre ihrem ihren ihrer ihres immer immernoch instagram internet invoice jahr jahre januar juli juni",
        "kaputt karte karton kasse kauf kaufpreis keine keinen keiner kind kinder kollege kollegin kommentar",
        "kommentiert komplett kontakt konto kopie kosten kunde kunden kundendienst kundenkonto kundennummer",
        "kundenservice kundin kundschaft laden lager leider leute liebe liebes lieferadresse lieferung link mail",
        "mails mehrwertsteuer meinung meldung mensch messenger minute minuten mittag mittwoch mobil moin monat",
        "monate monaten montag morgen mühe münchen nachmittag nachricht nachrichten name nichts nochmal nordlicht",
        "november nummer oktober onlineshop order ordnung packung paket paketdienst parcel passiert please post",
        "postleitzahl preis problem produkt qualität rabatt reaktion rechnung rechnungen rechnungsbetrag refund",
        "reklamation reklamieren rest retoure return rückerstattung rückfrage rückgabe rückmeldung rückruf",
        "rücksendeetikett rücksendeschein rücksendung sache samstag schaden schein schicken schon schreiben sehr",
        "seine seiner seite sendung sendungsnummer sendungsverfolgung september service shop sommer sonntag stadt",
        "stelle stornieren storniert stornierung strasse straße stunde stunden stück tage tagen tausch tauschen",
        "team teil teile telefon telefonnummer termin text thanks tracking trackingnummer transport tweet twitter",
        "uhrzeit umgang umgezogen umtausch umtauschen ungültig unterlagen unvollständig vergangenheit verpackung",
        "versand versandaufkleber verschickt versenden versuch viele vorgang vorgestern vormittag ware warenkorb",
        "website werktage whatsapp widerruf wieder winter woche wochen wohnung wunsch zahlung zeit zurückgeschickt",
        "zurückschicken zusage zusammen zustand zustellung überweisung",
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
    words = _WORD.findall(text[:LONGEST])
    is_hasty = not any(word[0].isupper() for word in words)
    nouns = (word for word in words if len(word) >= _FEWEST_IN_HASTE) if is_hasty else _NOUN.findall(text[:LONGEST])
    return Things(nouns=_chosen(nouns, without), words=_chosen(words, without))


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
