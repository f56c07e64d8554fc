"""Amounts of money and runs of digits that stand in private texts: the same in whatever way they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from routing.particulars import NO_NUMBER, UNIT, Own, Place, is_free_call

_WHOLE = r"(?P<whole>\d{1,3}(?:\.\d{3}){1,4}|\d{1,9})"
_NUMBER = rf"{_WHOLE}(?:[.,](?P<cents>\d{{1,2}}|-))?(?![\d])"
_AMOUNTS = (
    re.compile(rf"(?<![\d.,]){_NUMBER}\s?(?:€|euro?\b)", re.IGNORECASE),
    re.compile(rf"(?<!\w)(?:€|euro?(?![^\W\d]))\s?{_NUMBER}", re.IGNORECASE),
    re.compile(rf"(?<![\d.,]){_WHOLE}\s?(?:€|euro?)\s(?P<cents>\d{{2}})(?!\d|\s?%|[.,:]\d)", re.IGNORECASE),
)
_BARE = re.compile(rf"(?<![\w.,-]){_WHOLE}[.,](?P<cents>\d{{2}})(?![\w-]|[.,]\d)")
"""Without a currency: an amount only where just this one is known."""
_PRICE = re.compile(r"\b(?:kostet|kosten|preis\w{0,12}|uvp|ab|statt|costs?|price[ds]?)\b[^.!?]{0,25}$", re.IGNORECASE)
_OF_SOMEBODY = re.compile(
    r"\b(?:ihr\w{0,2}|ihnen|sie|dein\w{0,2}|dir|du|your?|(?:erstatt|gutschrift|gutgeschr|zur(?:ü|ue)ck|bezahl|(?:ü|ue)berw|abgebucht"
    r"|rechnung|refund|paid|order|bestell)\w*)\b",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])")
_RUN = re.compile(r"(?<![\d,])(?<!\d\.)\d(?:[ ./()-]{0,2}\d){4,24}(?![\d]|[.,]\d)")
_FEWEST = 5
_POSTCODE, _CALLED = 5, 9


def amounts(text: str, private: Sequence[str], known: frozenset[int], told: Sequence[str]) -> Iterator[Place]:
    """Find amounts that stand in the private texts or are known, and stand nowhere in public."""
    found = [*_found([text]), *_bare_amounts(text)]
    if found:
        open_ = {_cents(each) for part in told for each in (*_found([part]), *_bare_amounts(part))}
        hidden = ({_cents(each) for each in _found(private)} | known) - open_
        yield from (each.span() for each in found if _cents(each) in hidden and not _is_price(text, each))


def _is_price(text: str, found: re.Match[str]) -> bool:
    """Say whether a sentence tells what something costs, and nobody is told of theirs: any shop window says that."""
    begins = max((text.rfind(mark, 0, found.start()) for mark in ".!?\n"), default=-1) + 1
    after = re.split(r"[.!?\n]", text[found.end() : found.end() + 200], maxsplit=1)[0]
    before = text[max(begins, found.start() - 200) : found.start()]
    return _PRICE.search(before) is not None and _OF_SOMEBODY.search(before + after) is None


def _bare_amounts(text: str) -> Iterator[re.Match[str]]:
    """Find what may be an amount without a currency; a date or a measure is none."""
    for each in _BARE.finditer(text):
        if UNIT.match(text, each.end()) is None and _DATE.fullmatch(each.group()) is None:
            yield each


def _found(texts: Iterable[str]) -> Iterator[re.Match[str]]:
    return (found for text in texts for pattern in _AMOUNTS for found in pattern.finditer(text))


def _cents(found: re.Match[str]) -> int:
    cents = (found["cents"] or "0").ljust(2, "0")
    return int(found["whole"].replace(".", "")) * 100 + (int(cents) if cents.isdecimal() else 0)


def said(text: str, private: Sequence[str], told: Sequence[str], own: Own) -> Iterator[tuple[str, Place]]:
    """Yield the runs of digits that somebody wrote in private, with the kind they most likely are."""
    found = [each for each in _RUN.finditer(text) if not _says_when(text, each)]
    if not found:
        return
    hidden = _digits(private) - _digits(told)
    for each in found:
        digits = _bare(each.group())
        if digits in hidden and not own.has_number(digits) and not is_free_call(digits):
            yield _kind(digits), each.span()


def _digits(texts: Iterable[str]) -> set[str]:
    """Return the runs of digits of texts, each as one and by the parts that are long enough by themselves."""
    found: set[str] = set()
    for text in texts:
        for each in _RUN.finditer(text):
            if not _says_when(text, each):
                found |= _dialled(_bare(each.group()))
                found.update(part for part in re.findall(r"\d+", each.group()) if len(part) >= _FEWEST)
    return found


def _dialled(digits: str) -> set[str]:
    """Return a run of digits, and a phone number also as it is written without its prefixes."""
    return (
        {digits, digits.removeprefix("0049").removeprefix("49").removeprefix("0")}
        if len(digits) >= _CALLED
        else {digits}
    )


def _says_when(text: str, found: re.Match[str]) -> bool:
    """Say whether it is a date, a time or a measure, which are nobody's."""
    return NO_NUMBER.fullmatch(found.group()) is not None or UNIT.match(text, found.end()) is not None


def _bare(written: str) -> str:
    return "".join(letter for letter in written if letter.isdecimal())


def _kind(digits: str) -> str:
    if digits.startswith("0") and len(digits) >= _CALLED:
        return "phone"
    return "postal" if len(digits) == _POSTCODE else "number"
