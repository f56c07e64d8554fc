"""Where a text names somebody's addresses, numbers, money or name; the shop's own are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from routing.claims import reference

Place = tuple[int, int]
_FREE_MAIL = frozenset(
    (
        *("gmail.com", "googlemail.com", "web.de", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "t-online.de"),
        *("outlook.com", "outlook.de", "hotmail.com", "hotmail.de", "yahoo.de", "yahoo.com", "icloud.com", "me.com"),
        *("freenet.de", "mail.de", "posteo.de", "aol.com", "live.de", "live.com", "mailbox.org"),
    )
)
"""Hosts that anybody has an address at: there only the shop's very address is its own."""

_AT = r"(?:@|\s?[\[({]\s?(?:at|ät|@)\s?[\])}]\s?)"
_DOT = r"(?:\.|\s?[\[({]\s?(?:dot|punkt|\.)\s?[\])}]\s?)"
_MAIL = re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{2,63}}){{1,5}}", re.IGNORECASE)
_IBAN = re.compile(r"(?<![\w])[A-Z]{2}\d{2}(?:[ -]?[\dA-Z]{2,4}){3,8}(?!\w)", re.IGNORECASE)
_SHORTEST_IBAN, _GERMAN_IBAN = 15, 22
_CARD = re.compile(r"(?<![\d])(?:\d[ -]?){12,18}\d(?!\d)")
_PHONE = re.compile(
    r"(?<![\w/.,+-])(?:(?:\+|00)[1-9]\d{0,2}|\(?0\d{2,5}\)?)[ \t./()-]{0,3}(?:\d[ \t./()-]{0,2}){4,12}\d(?![\w.,]?\d)"
)
_FREE_CALL = ("0800", "0180", "0900", "0137", "116", "49800", "49180", "49900")
_REFERENCE = re.compile(
    r"""
    \b(?:bestell|auftrag|rechnung|retoure|r(?:ü|ue)cksende|rma|sendung|paket|tracking|vorgang|ticket|order|invoice
      |return|parcel|shipment|kundennummer|kundennr)[a-zäöüß-]{0,20}
    [\s:.\#(-]{0,4} (?:nr|nummer|no|number|num|id|code)? [\s:.\#(-]{0,4} (?:lautet|ist|is|war)? [\s:\#]{0,3}
    (?P<number>[a-z]{0,4}[-/]?\d[\da-z]{0,30}(?:[-/]\d[\da-z]{0,20}){0,5})\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MARKED = re.compile(r"(?<![\w&])\#\s?(?P<number>[a-z]{0,4}-?\d[\d-]{3,18})\b", re.IGNORECASE)
_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]{0,8}\d)[A-Za-z0-9]{1,30}(?:[-/][A-Za-z0-9]{1,30}){0,4}(?![\w-])")
_LONG = re.compile(r"(?<![\w,.])(?:\d{10,40}|1Z[0-9A-Z]{16}|JJ?D\d{12,20}|R[A-Z]\d{9}[A-Z]{2})(?!\w)")
_FEWEST_DIGITS = 4
NO_NUMBER = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})|(?:19|20)\d{2}(?:[-/](?:19|20)?\d{2})?")
UNIT = re.compile(
    r"\s?(?:€|eur|%|kg|g\b|km|cm|mm|m\b|ml|l\b|liter|uhr|tage?|stück|minuten|std|stunden|mal\b|x\b)", re.IGNORECASE
)
_GREETED = (
    r"(?:Hallo|Dear|Liebe[r]?|Hi|Hey|Moin|Servus|Danke|Sorry|Grüezi|Grüß Gott"
    r"|Guten (?:Tag|Morgen|Abend)|Sehr geehrte[r]?)"
)
_TITLED = r"(?:Frau|Herrn?|Familie|Fr\.|Hr\.|Mrs?\.?|Ms\.?)"


class Own:
    """The shop's own published contacts: each is known again in whatever spelling."""

    def __init__(self, contacts: Iterable[str]) -> None:
        listed = [each.strip().lower() for each in contacts if each.strip()]
        self._addresses = frozenset(each for each in listed if "@" in each)
        hosts = {each.rpartition("@")[2] for each in listed if "@" in each} - _FREE_MAIL
        self._hosts = frozenset(hosts | {each for each in listed if "@" not in each and "." in each})
        self._numbers = frozenset(_dialled(each) for each in listed if "@" not in each and _dialled(each))

    def has_address(self, address: str) -> bool:
        host = address.rpartition("@")[2]
        return address in self._addresses or self.has_host(host)

    def has_host(self, host: str) -> bool:
        return any(host == own or host.endswith(f".{own}") for own in self._hosts)

    def has_number(self, number: str) -> bool:
        return _dialled(number) in self._numbers


def _dialled(written: str) -> str:
    """Return a number as it is dialled from abroad; a German one may begin with a nought."""
    digits = "".join(letter for letter in written.replace("(0)", "") if letter.isdecimal())
    if digits.startswith("00"):
        return digits[2:]
    return f"49{digits[1:]}" if digits.startswith("0") else digits


def mail_addresses(text: str, own: Own) -> Iterator[Place]:
    for found in _MAIL.finditer(text):
        plain = re.sub(_DOT, ".", re.sub(_AT, "@", found.group(), flags=re.IGNORECASE), flags=re.IGNORECASE)
        if not own.has_address(plain.lower()):
            yield found.span()


def accounts(text: str) -> Iterator[Place]:
    """Find IBANs and cards by their check digits, and German IBANs by their length even where those are wrong."""
    for found in _IBAN.finditer(text):
        number = found.group().replace(" ", "").replace("-", "").upper()
        if len(number) < _SHORTEST_IBAN:
            continue
        if _checks(number) or (number[:2] == "DE" and number[2:].isdecimal() and len(number) == _GERMAN_IBAN):
            yield found.span()
    for found in _CARD.finditer(text):
        if _luhn([int(letter) for letter in found.group() if letter.isdecimal()]):
            yield found.span()


def _checks(iban: str) -> bool:
    """ISO 13616: the number with its head at the end, letters as numbers, leaves one of ninety-seven."""
    turned = iban[4:] + iban[:4]
    return turned.isascii() and int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def _luhn(digits: list[int]) -> bool:
    doubled = [each if place % 2 == 0 else sum(divmod(each * 2, 10)) for place, each in enumerate(reversed(digits))]
    return any(digits) and sum(doubled) % 10 == 0


def phones(text: str, own: Own) -> Iterator[Place]:
    """Find phone numbers; what is free or dear to call is a firm's, never a customer's."""
    for found in _PHONE.finditer(text):
        number = found.group()
        if own.has_number(number) or is_free_call(number) or NO_NUMBER.fullmatch(number):
            continue
        yield found.span()


def is_free_call(number: str) -> bool:
    """Say whether a number is free or dear to call: a firm's."""
    return _bare(number).startswith(_FREE_CALL)


def _bare(written: str) -> str:
    return "".join(letter for letter in written if letter.isdecimal()).removeprefix("00")


def numbers(text: str, known: frozenset[str], own: Own) -> Iterator[Place]:
    """Find numbers of orders, returns and parcels: named as such, known of the matter, or too long for another."""
    for pattern in (_REFERENCE, _MARKED):
        for found in pattern.finditer(text):
            start, end = found.span("number")
            if _is_number(found["number"]) and not UNIT.match(text, end):
                yield start, end
    for found in _TOKEN.finditer(text):
        if reference(found.group()) in known:
            yield found.span()
    for found in _LONG.finditer(text):
        if not own.has_number(found.group()) and not is_free_call(found.group()):
            yield found.span()


def _is_number(written: str) -> bool:
    digits = sum(letter.isdigit() for letter in written)
    return digits >= _FEWEST_DIGITS and not NO_NUMBER.fullmatch(written)


def names(text: str, known: Iterable[str], public: Iterable[str]) -> Iterator[Place]:
    """Find what somebody is called in private only: whole, with a title, or greeted by the first name."""
    open_ = {part.casefold() for name in public for part in _parts(name)}
    for name in known:
        parts = [part for part in _parts(name) if len(part) > 1]
        hidden = [part for part in parts if part.casefold() not in open_]
        if not hidden:
            continue
        first, last = re.escape(parts[0]), re.escape(parts[-1])
        ways = [rf"{_TITLED}\s(?:[\w-]{{1,30}}\.?\s)?{last}"] if parts[-1] in hidden else []
        # Not the beginning of an account's name or of a mail address.
        ways += [rf"@{re.escape(part)}(?![.-]?\w)" for part in hidden]
        if len(parts) > 1:
            ways += [rf"{first[0]}\.\s?{last}", rf"{_GREETED},?\s{first[0]}\s{last}"] if parts[-1] in hidden else []
            ways += [rf"{first}\s(?:[\w-]{{1,30}}\.?\s)?{last}", rf"{last},?\s{first}"]
            if parts[0] in hidden:
                ways += [rf"{_GREETED},?\s{first}", rf"{first}(?=[,!])"]
        pattern = rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)"
        yield from (found.span() for found in re.finditer(pattern, text, re.IGNORECASE) if ways)


def _parts(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", name[:200])
