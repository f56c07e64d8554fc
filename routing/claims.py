"""What a customer says about themselves and their matter in plain words: numbers, addresses, earlier contacts.

Everything here is a claim. It may suggest whom we talk to; it proves nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from routing.addresses import normalise

T = TypeVar("T")

LONGEST = 20_000
"""Letters that are read; who writes more says who they are at the beginning."""
MOST = 20
"""Numbers, addresses and the like that are kept of a text, the first ones."""

_REFERENCE = re.compile(
    r"""
    (?:bestell|auftrag|rechnung|retoure|r(?:ü|ue)cksende|rma|sendung|paket|tracking|vorgang|order|invoice|return
      |parcel|shipment)[\w-]{0,20}
    [\s:.#(-]{0,4} (?:nr|nummer|no|number|num|id|code)? [\s:.#(-]{0,4} (?:lautet|ist|is|war)? [\s:#]{0,3}
    (?P<digits>[a-z]{0,4}[-/]?\d[\da-z]*(?:[-/.]\d[\da-z]*)*)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MARKED = re.compile(r"(?<![\w&])\#\s?(?P<digits>[a-z]{0,4}-?\d[\d-]{3,18})\b", re.IGNORECASE)
_CUSTOMER = re.compile(
    r"""
    \b(?:kunden|kd|customer)[\s.-]{0,3} (?:(?:konto)?[\s.-]{0,2}(?:nr|nummer|number|no|id)|konto)
    [\s:.#(-]{0,4} (?:lautet|ist|is)? [\s:#]{0,3}
    [a-z]{0,4}[-/]?\d[\da-z]*(?:[-/.]\d[\da-z]*)*
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""A number of a customer stands below everything they, or an agency, ever write: it is never that of a matter."""
_OF_ELSE = re.compile(
    r"\b(?:art(?:ikel)?|ean|modell|typ|hr[ab]|ust|steuer|vat|iban|blz|plz|konto|tel|telefon|fon|mobil|handy|fax)"
    r"[\w.-]{0,15}[\s:.#/-]{0,4}(?:nr|nummer|no|id)?[\s:.#/-]{0,4}[a-z]{0,3}[\s-]?\d[\d ./-]*\d",
    re.IGNORECASE,
)
_LONGEST_PHONE = 15
"""Digits (E.164)."""
_FEWEST_DIGITS = 4
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})|(?:19|20)\d{2}")
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_HANDLE = re.compile(r"(?<![\w@./])@(?P<name>[A-Za-z0-9_.]{3,30})\b(?!\.\w)")
_POSTCODE = re.compile(r"(?<![\d.,/-])(?:D-?|DE-?|A-?|AT-?|CH-?)?(?P<code>\d{5}|\d{4})(?=\s+[A-ZÄÖÜ][\wäöüß.-]{2,})")
_AMOUNT = re.compile(
    r"(?<![\d.,])(?P<whole>\d{1,3}(?:\.\d{3})+|\d{1,6})(?:,(?P<cents>\d{2}))?\s?(?:€|eur\b|euro\b)", re.IGNORECASE
)
_PHONE = re.compile(r"(?<![\w+./-])(?:\+\d|00[1-9]|0[1-9])[\d ()/.-]{6,18}\d(?![\w])")
_BARE = re.compile(r"(?<![\w@.,+/-])[A-Za-z]{0,3}-?\d{6,20}(?![\w@/-]|,\d)")
_SIGNED = re.compile(r"[^\W\d_][^\W\d_'-]{0,30}(?:[ -][^\W\d_][^\W\d_'.-]{0,30}){1,3}")
_GREETING = re.compile(
    r"gr(?:u|ü|ue)(?:ß|ss)|^(?:ihre?|eure?)\b|\b(?:dank|voraus|herzlich\w*|hallo|guten|liebe[sr]?)\b", re.IGNORECASE
)
_ENDING = re.compile(
    r"\b(?:gr(?:u|ü|ue)(?:ß|ss)e?n?|lg|vg|mfg|regards)\b[ ,!.]*+(?:(?:von|ihre?|eure?)\s++)?", re.IGNORECASE
)
_LINES_OF_SIGNATURE = 4
_TITLES = frozenset(
    {"dr", "prof", "herr", "frau", "hr", "fr", "mr", "mrs", "ms", "dipl", "ing", "med", "von", "van", "de"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What stands in a text, each spelled in the one way in which it is compared."""

    references: frozenset[str] = frozenset()
    """Numbers of orders, returns, invoices and parcels: capitals and digits only."""
    addresses: frozenset[str] = frozenset()
    handles: frozenset[str] = frozenset()
    postcodes: frozenset[str] = frozenset()
    amounts: frozenset[int] = frozenset()
    """In cents."""
    phones: frozenset[str] = frozenset()
    """As they were typed: what country they are of depends on the shop."""
    bare: frozenset[str] = frozenset()
    """Longer numbers that nothing says what they are of; they count only where somebody else names the same."""
    signature: str = ""
    """The name beneath the text, as `name_key` spells it."""


def claims_in(text: str) -> Claims:
    """Read a text; hostile input costs no more than its length, and yields nothing where nothing is claimed."""
    words = text[:LONGEST]
    return Claims(
        references=references_in(words),
        addresses=_first(normalise(found) for found in _ADDRESS.findall(words)),
        handles=_first(found.rstrip(".").lower() for found in _HANDLE.findall(words)),
        postcodes=_first(found["code"] for found in _POSTCODE.finditer(words)),
        amounts=_first(_cents(found) for found in _AMOUNT.finditer(words)),
        phones=_first(_PHONE.findall(words)),
        bare=_first(reference(found) for found in _BARE.findall(_without_others(words))),
        signature=_signature(words),
    )


def _without_others(words: str) -> str:
    """Take out numbers that are plainly of something else: a customer, a telephone, an article, a tax office."""
    for pattern in (_CUSTOMER, _OF_ELSE):
        words = pattern.sub(" ", words)
    return _PHONE.sub(lambda found: " " if sum(map(str.isdigit, found[0])) <= _LONGEST_PHONE else found[0], words)


def _first(found: Iterable[T]) -> frozenset[T]:
    """Return so many of what was found, the first ones: a text of nothing but numbers names none in particular."""
    return frozenset(islice(dict.fromkeys(found), MOST))


def _signature(text: str) -> str:
    """Return the name on one of the last lines, if one of them is nothing else or ends in a greeting and a name."""
    for line in reversed(text[-1000:].strip().splitlines()[-_LINES_OF_SIGNATURE:]):
        whole = line.strip(" ,\t\r")
        named = _ENDING.split(whole)[-1]
        words = whole if named == whole else named.rstrip(".")
        if _SIGNED.fullmatch(words) and not _GREETING.search(words):
            return name_key(words) if words[0].isupper() else ""
    return ""


def references_in(text: str) -> frozenset[str]:
    """Return what looks like the number of an order or a parcel; a date or a year is none."""
    words = _CUSTOMER.sub(" ", text[:LONGEST])
    found = (match["digits"] for pattern in (_REFERENCE, _MARKED) for match in pattern.finditer(words))
    spelled = (reference(each) for each in found if not _DATE.fullmatch(each))
    return _first(each for each in spelled if sum(letter.isdigit() for letter in each) >= _FEWEST_DIGITS)


def reference(written: str) -> str:
    """Return the one spelling of a number: `ab-10 023/4` is AB100234."""
    return "".join(letter for letter in written.upper() if letter.isascii() and letter.isalnum())


def name_parts(name: str) -> tuple[str, ...]:
    """Return the parts of a name in the order of the alphabet: titles, case, accents and the order say nothing."""
    spelled = name.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    bare = "".join(c for c in unicodedata.normalize("NFD", spelled) if not unicodedata.combining(c))
    parts = re.split(r"[^\w]+", bare)
    return tuple(sorted(part for part in parts if len(part) > 1 and part not in _TITLES))


def name_key(name: str) -> str:
    """Return what equal names share; empty for a name of one word, which is nobody's alone."""
    parts = name_parts(name)
    return " ".join(parts)[:200] if len(parts) > 1 else ""


def _cents(found: re.Match[str]) -> int:
    return int(found["whole"].replace(".", "")) * 100 + int(found["cents"] or 0)
