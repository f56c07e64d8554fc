"""Telephone numbers in the one form in which they are compared: E.164 with its plus."""

from __future__ import annotations

import re

import phonenumbers

LONGEST_EXTENSION = 5
"""Digits; whatever is not longer is somebody inside the house, or an emergency number, and no customer."""
LONGEST = 60
_DIGITS = re.compile(r"\d{6,15}")


def e164(text: str, *, country: str = "DE") -> str:
    """Return what somebody typed as E.164; empty where no number can be made of it.

    `country` (ISO 3166) is where a number without a country code belongs. A number without a plus that begins with the
    country's own code is taken to have it: telephone systems write it that way, and people copy it.
    """
    words = text.strip()
    if not words or len(words) > LONGEST or any(letter.isalpha() for letter in words):
        return ""
    digits = "".join(letter for letter in words if letter.isdecimal())
    if len(digits) <= LONGEST_EXTENSION:
        return ""
    code = str(phonenumbers.country_code_for_region(country))
    if words[0] != "+" and digits.startswith(code) and _possible(f"+{digits}", None):
        return _possible(f"+{digits}", None)
    return _possible(words, country)


def with_country_code(text: str) -> str:
    """Return a number whose country code is known to stand in front, with or without its plus, as E.164.

    Empty for somebody inside the house and for nobody. Nothing that one can be called back on is lost: a number no plan
    knows is kept as it came.
    """
    digits = "".join(letter for letter in text if letter in "0123456789").removeprefix("00")
    if len(text) > LONGEST or len(digits) <= LONGEST_EXTENSION:
        return ""
    return _possible(f"+{digits}", None) or (f"+{digits}" if _DIGITS.fullmatch(digits) else "")


def shown(number: str, *, country: str = "DE") -> str:
    """Return a number as people read it: without the country code at home, in groups."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    is_home = parsed.country_code == phonenumbers.country_code_for_region(country)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if is_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def is_country(code: str) -> bool:
    """Say whether a country has a numbering plan."""
    return code in phonenumbers.SUPPORTED_REGIONS


def _possible(text: str, country: str | None) -> str:
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
