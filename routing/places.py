"""Where a text names somebody's postal address: streets with a house number, postcodes with a town."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from routing.particulars import UNIT, Place

_STREET = re.compile(
    r"""
    (?<![\w-])(?P<name>
      (?:[A-ZÄÖÜ][\wäöüß.-]{2,24}[ ]){0,2}(?:[A-ZÄÖÜ][a-zäöüß-]{0,30}(?:straße|strasse|str\.|gasse|allee|chaussee)
        |[A-ZÄÖÜ][\wäöüß.-]{2,24}[ ](?:Straße|Strasse|Str\.|Gasse|Allee|Chaussee|Weg|Platz|Ring|Ufer|Damm))
      |[A-ZÄÖÜ][a-zäöüß-]{2,30}(?:weg|platz|ring|damm|ufer|steig|pfad)
    )[ ]{0,2}(?:nr\.?[ ]?|hausnummer[ ])?(?P<house>\d{1,3}[ ]?[a-f]?)\b(?![.,:]\d|-\d{2,})
    """,
    re.VERBOSE,
)
_WRITTEN_OTHERWISE = re.compile(
    r"(?<![\w-])(?P<name>[a-zäöüß-]{3,30}(?:straße|strasse|str\.?|gasse|allee|chaussee))[ ]{0,2}"
    r"(?P<house>\d{1,3}[ ]?[a-f]?)\b(?![.,:]\d)",
    re.IGNORECASE,
)
_WITHOUT_SUFFIX = re.compile(
    r"(?<![\w-])(?P<name>(?:Am|An der|Im|In der|Auf der|Zum|Zur) [A-ZÄÖÜ][a-zäöüß-]{3,24}) (?P<house>\d{1,3}[ ]?[a-f]?)"
    r"\b(?![.,:]\d)"
)
"""So many sentences look like these that only those in the private texts are addresses."""
_NO_STREET = re.compile(
    r"(?:ohr|schlüssel|park|stell|sitz|arbeits|listen|speicher|schmuck|feder|kühl|flug|bahn|bau|heiz|markt|lager|regal)"
    r"(?:ring|platz|weg|damm)",
    re.IGNORECASE,
)
_TOWN = re.compile(
    r"(?<![\d.,/#-])(?:D-|DE-|A-|AT-|CH-)?\d{5}[ ]{1,2}[A-ZÄÖÜ][a-zäöüß-]{2,30}"
    r"(?:[ ](?:am|an der|im)[ ][A-ZÄÖÜ][a-zäöüß]{2,20})?"
)
_NO_TOWN = re.compile(
    r"(?:euro|stück|follower|kund|menschen|mal|artikel|teile|produkte|bestellungen|punkte|tonnen|kilometer|meter|gramm"
    r"|liter|nutzer|fans|abonnent|teilnehm|gewinn|besucher|exemplar|mitglied|quadratmeter|schritte|bäume|paar|pakete"
    r"|stunden|tage|personen|leute|likes|bewertungen|sterne|cent|uhr|sendungen)",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\b(?:unser\w{0,3}|eigene\w?)\s(?:[\wäöüß-]{1,20}\s){0,2}"
    r"(?:filial|laden|läden|geschäft|store|showroom|shop|lager|standort|haus|werkstatt|atelier|zentral|outlet|adresse"
    r"|retourenadresse|rücksendeadresse|anschrift)\w{0,12}",
    re.IGNORECASE,
)
_SHOP = re.compile(
    r"\b(?:filial|laden\b|läden|geschäft|store|showroom|standort|werkstatt|atelier|outlet)", re.IGNORECASE
)
_REACH = 90
_WORD_AND_NUMBER = re.compile(
    r"(?<![\w-])(?P<name>[^\W\d_][^\W\d_-]{2,40}\.?)[ ]{0,2}(?P<house>\d{1,3}[ ]?[a-f]?)\b", re.IGNORECASE
)
_STREET_WORD = re.compile(r"(?:straße|strasse|str\.?)$")
_ONLY_A_STREET = frozenset({"strasse", "gasse", "allee", "chaussee"})
_STREET_ALONE = re.compile(
    r"(?<![\w-])(?:[^\W\d_][\w-]{1,30}(?:straße|strasse|str\.|gasse|allee|chaussee)"
    r"|[^\W\d_][\w.-]{2,24}[ ](?:straße|strasse|str\.|gasse|allee|chaussee))(?![\w-])",
    re.IGNORECASE,
)
"""Roads that are called by such a word are nothing else; a way, a place or a ring may be."""


def postal(text: str, private: Sequence[str], told: Sequence[str] = ()) -> Iterator[Place]:
    """Find addresses, and however they are written those of the private texts; a place that is called ours may stay.

    A street without its house is found if one of the private texts names it as an address and nothing public does.
    """
    for found in _places(text):
        if not _is_ours(text, found.start()):
            yield found.span()
    yield from _streets(text, private, told)
    paired = list(_WORD_AND_NUMBER.finditer(text))
    if not paired:
        return
    said = {
        _key(found) for each in private for found in (*_places(each), *_WITHOUT_SUFFIX.finditer(each)) if _house(found)
    }
    for found in paired:
        if _key(found) in said and not _is_ours(text, found.start()):
            yield found.span()


def _places(text: str) -> Iterator[re.Match[str]]:
    for pattern in (_STREET, _WRITTEN_OTHERWISE):
        for found in pattern.finditer(text):
            if not _NO_STREET.fullmatch(found["name"].strip()) and not UNIT.match(text, found.end()):
                yield found
    for found in _TOWN.finditer(text):
        if not _NO_TOWN.match(found.group().partition(" ")[2].strip()):
            yield found


def _streets(text: str, private: Sequence[str], told: Sequence[str]) -> Iterator[Place]:
    written = [each for each in _STREET_ALONE.finditer(text) if not _has_a_shop(text, each)]
    if not written:
        return
    said = {_road(each["name"]) for part in private for each in _places(part) if _house(each)}
    said -= {_road(each.group()) for part in told for each in _STREET_ALONE.finditer(part)}
    yield from (each.span() for each in written if _road(each.group()) in said)


def _has_a_shop(text: str, found: re.Match[str]) -> bool:
    """Say whether it is a street of ours: a shop of some sort stands near it."""
    return _SHOP.search(text, max(0, found.start() - _REACH), found.end() + _REACH) is not None


def _road(name: str) -> str:
    """Return a street as it is compared: its one word, or the two if the last says only that it is one."""
    words = _STREET_WORD.sub("strasse", name.casefold().replace("ß", "ss")).split()
    return " ".join(words[-2:] if words[-1] in _ONLY_A_STREET else words[-1:])


def _house(found: re.Match[str]) -> str:
    return str(found.groupdict().get("house") or "")


def _key(found: re.Match[str]) -> tuple[str, str]:
    """Return what is the same of an address in every spelling: the last word of the street, and the house."""
    last = found["name"].casefold().split()[-1]
    return _STREET_WORD.sub("", last.replace("ß", "ss")), _house(found).replace(" ", "").casefold()


def _is_ours(text: str, start: int) -> bool:
    """Say whether the words before call it a place of the shop's."""
    return _OURS.search(text, max(0, start - _REACH), start) is not None
