"""Words by which an answer gives away that somebody has reached us another way, too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NOT_A_CONTACT = r"(?![\s-]?(?:adresse|anschrift|nummer|postfach|programm|app\b|konto|account|verteiler))"
_MAIL = rf"e-?\s?mails?\b{_NOT_A_CONTACT}|mails?\b{_NOT_A_CONTACT}|kontaktformular\w{{0,3}}\b"
_PHONE = r"anrufe?s?\b(?!-)|telefonate?s?\b|telefongespräch\w{0,2}\b|voicemail\b"
_CHAT = r"whatsapp(?:-?\s?nachricht)?\b|telegram(?:-?\s?nachricht)?\b|chat(?:nachricht|verlauf)?\b"
_YOUR = r"(?:ihr|ihre|ihrer|ihrem|ihren|deine|deiner|deinem|deinen|dein|eure|eurer|eurem|euren|euer|your)"
_OUR = r"(?:unser|unsere|unserer|unserem|unseren|our)"
_FEW = r"(?:[\wäöüß:-]{1,24}\s){0,3}"
_PAST = (
    r"(?:geschrieben|geschickt|gesendet|geantwortet|beantwortet|informiert|gemeldet|mitgeteilt|besprochen|erklärt"
    r"|erläutert|zugesagt|vereinbart|bestätigt|weitergeleitet|kontaktiert|erreicht|angekündigt)"
)


@dataclass(frozen=True, slots=True)
class _Contact:
    """One way to reach us: how it is named, and by what somebody says in public that they went it."""

    named: str
    done: str
    """What somebody has done who went it."""
    told: re.Pattern[str]


_CONTACTS = (
    _Contact(
        _MAIL,
        r"(?:an)?gemailt",
        re.compile(r"\b(?:e-?\s?mails?|mails?|gemailt|angemailt|kontaktformular|e-?mailed)\b", re.IGNORECASE),
    ),
    _Contact(
        _PHONE,
        r"(?:angerufen|telefoniert)",
        re.compile(
            r"\b(?:angerufen|anruf\w{0,2}|telefon\w{0,12}|hotline|warteschleife|called|phoned)\b", re.IGNORECASE
        ),
    ),
    _Contact(_CHAT, r"gechattet", re.compile(r"\b(?:whatsapp|telegram|chat\w{0,12})\b", re.IGNORECASE)),
)
_ASKS = re.compile(
    r"\b(?:schick\w{0,4}|send\w{0,3}|schreib\w{0,3}|mail\w{0,3}|richte\w?|nenn\w{0,3}|teil\w{0,3}|ruf\w{0,3}"
    r"|wenn|falls|sobald|prüf\w{0,3}|checkt?|schau\w{0,3}|per|please|gern[e]?)\b[^.!?\n]{0,60}\Z",
    re.IGNORECASE,
)
_BEFORE = 80


def _always(named: str) -> re.Pattern[str]:
    """Repeat what stood there, or say that it is here: said of nobody whose two ways are not known to us."""
    return re.compile(
        rf"""
        \b(?:wie|laut|gemäß|siehe|as|per)\s{_FEW}(?:in|aus|mit|auf|per|bei|über)?\s?{_YOUR}\s{_FEW}(?:{named})
        |\b(?:wie|laut|gemäß|siehe)\s{_FEW}(?:per|in\sder|in\seiner|beim|am|im)\s(?:{named})
        |\b(?:in|aus|auf|nach|zu)\s{_OUR}\s(?:[\wäöüß-]{{1,20}}\s){{0,2}}(?:{named})(?!\s?(?:an\sdie|:|@))
        |\b(?:(?:haben|hatten|habe|hat)\s(?:wir\s)?(?:ihnen|dir|euch)|(?:wir|we)\s(?:haben|have)\s(?:sie|dich|you))\s{_FEW}
          (?:(?:per|eine|die|zwei|mehrere|an)\s)(?:{named})
        |\b(?:per|via|mit\seiner)\s(?:{named})\s{_FEW}{_PAST}
        |\b{_YOUR}\s(?:[\wäöüß-]{{1,20}}\s){{0,2}}(?:{named})\s{_FEW}
          (?:gefunden|erhalten|bekommen|vorliegen|liegt|angekommen|eingegangen|gelesen|vor\b|received|found)
        |\b(?:haben|habe|liegt)\s{_FEW}{_YOUR}\s(?:[\wäöüß-]{{1,20}}\s){{0,2}}(?:{named})
        """,
        re.VERBOSE | re.IGNORECASE,
    )


def _acknowledging(named: str, done: str) -> re.Pattern[str]:
    """Speak of a contact of theirs; allowed where they have spoken of it in public themselves."""
    return re.compile(
        rf"""
        \b{_YOUR}\s(?:[\wäöüß-]{{1,20}}\s){{0,2}}(?:{named})(?!\s(?:freu|ist\b|wird|kostet))
        |\b(?:sie\sha(?:ben|tten)|du\shas?t(?:test)?|ihr\sha(?:bt|ttet))\s{_FEW}
          (?:(?:(?:per|eine|die)\s)?(?:{named})(?:\s{_PAST})|{done}\b)
        """,
        re.VERBOSE | re.IGNORECASE,
    )


_RULES = tuple((contact, _always(contact.named), _acknowledging(contact.named, contact.done)) for contact in _CONTACTS)
_SAID = (
    r"(?:gesagt|erwähnt|genannt|geschildert|berichtet|sagte[n]?|sagtest|schrieben|schriebst|erwähnten|nannten"
    r"|schilderten|berichteten|erzählten|erklärten|mitteilten)"
)
_THEY = r"(?:sie|du|ihr)"
_SPOKEN = re.compile(
    rf"\b(?:wie|was)\s{_THEY}\s(?:[\wäöüß-]{{1,20}}\s){{0,3}}"
    r"(?:telefonisch|am\stelefon|per\s(?:telefon|e?-?mail|whatsapp|telegram|chat)|in\sder\se?-?mail)\s"
    rf"(?:[\wäöüß-]{{1,20}}\s){{0,2}}(?:{_PAST}|{_SAID})\b|"
    r"\b(?:wie|was)\s(?:[\wäöüß-]{1,20}\s){0,3}"
    r"(?:telefonisch|am\stelefon|per\stelefon|in\sder\smail)\s(?:[\wäöüß-]{1,20}\s){0,2}"
    rf"{_PAST}|\b(?:haben|hatten)\s(?:ihnen|dir|euch)\s(?:[\wäöüß-]{{1,20}}\s){{0,3}}(?:ge|ange)mailt\b"
    r"|\bwir\shaben\s(?:ja\s|doch\s|bereits\s|schon\s)?(?:mit\s(?:ihnen|dir)\s)?telefoniert"
    r"|\b(?:haben|hatten)\s(?:sie|dich|euch)\s(?:[\wäöüß-]{1,20}\s){0,3}angerufen"
    r"|\b(?:e-?mailed|mailed|called|phoned)\syou\b",
    re.IGNORECASE,
)


_DAY = r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)"
_EARLIER = (
    rf"(?:vorgestern|gestern|neulich|kürzlich|letzte[nr]?\s(?:woche|monat|{_DAY})|am\s(?:letzten\s)?{_DAY}"
    r"|vor\s\w{1,12}\s(?:tagen|wochen|stunden)|am\s\d{1,2}\.\s?\d{1,2}\.)"
)
_LETTER = r"(?:nachricht|anfrage|beschwerde|zuschrift|reklamation|meldung|schreiben)"
_REACHED = r"(?:geschrieben|angeschrieben|kontaktiert|geschildert|gemeldet|beschwert|gefragt|angefragt|erreicht)"
_BY_ITS_DAY = re.compile(
    rf"""
    \b{_YOUR}\s(?:vor)?gestrige[nrms]?\s{_LETTER}\b
    |\b{_YOUR}\s{_LETTER}\s(?:(?:von|aus)\s(?:(?:vor)?gestern|letzter\swoche)|vom\s(?:{_DAY}|\d{{1,2}}\.\s?\d{{1,2}}\.))
    |\b(?:sie\sha(?:ben|tten)|du\shas?t(?:test)?|ihr\sha(?:bt|ttet))\suns\s{_FEW}{_EARLIER}\s{_FEW}{_REACHED}\b
    |\b{_EARLIER}\s(?:haben\ssie|hast\sdu|habt\sihr)\suns\s{_FEW}{_REACHED}\b
    |\b(?:wie|was)\s{_THEY}\suns\s{_FEW}{_EARLIER}\s{_FEW}{_SAID}\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SAYS_WHEN = re.compile(rf"\b{_EARLIER}", re.IGNORECASE)


def earlier(text: str, *, told: str = "") -> Iterator[tuple[int, int]]:
    """Yield where a text speaks of an earlier word of its reader by its day; `told`: as for `ties`.

    For whoever wrote nothing in public before: what they wrote earlier came another way.
    """
    if not _SAYS_WHEN.search(told):
        yield from (found.span() for found in _BY_ITS_DAY.finditer(text) if not _is_asked(text, found))


def ties(text: str, *, told: str = "") -> Iterator[tuple[int, int]]:
    """Yield where a text ties its reader to another channel; `told`: what they said in public themselves.

    To ask somebody to write or to call gives nothing away.
    """
    yield from (found.span() for found in _SPOKEN.finditer(text))
    for contact, always, acknowledging in _RULES:
        yield from (found.span() for found in always.finditer(text) if not _is_asked(text, found))
        if not contact.told.search(told):
            yield from (found.span() for found in acknowledging.finditer(text) if not _is_asked(text, found))


def _is_asked(text: str, found: re.Match[str]) -> bool:
    """Say whether it is asked for, and so lies ahead: "Schicken Sie uns Ihre E-Mail"."""
    return _ASKS.search(text, max(0, found.start() - _BEFORE), found.start()) is not None
