"""German is written in the source; every text has its English translation, with the same gaps to fill."""

from __future__ import annotations

import re
from functools import cache

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from channels.registry import connectors, form_of
from tests.shape import sources

ENGLISH = sources.ROOT / "app/translations/en/LC_MESSAGES/messages.po"
SOURCES = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
PLAIN = dict.fromkeys(("_", "_l", "gettext", "lazy_gettext", "Refused", "NotFound", "Discloses"))
KEYWORDS = {**PLAIN, "ngettext": (1, 2), "_n": (1, 2)}
GAP = re.compile(r"%\((\w+)\)[sd]")


@cache
def german() -> dict[str, str]:
    """Every German text of the source, with the place where it stands."""
    found = extract_from_dir(sources.ROOT / "app", SOURCES, keywords=KEYWORDS)
    texts = {
        text: f"app/{file}:{line}"
        for file, line, message, _comments, _context in found
        for text in (message if isinstance(message, tuple) else (message,))
    }
    return {text: f"the form of {kind}" for kind in connectors() for text in form_of(kind).words} | texts


@cache
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file)


def translation(text: str) -> tuple[str, ...]:
    entry = english().get(text)
    if entry is None or entry.fuzzy:
        return ()
    strings = entry.string if isinstance(entry.string, (tuple, list)) else (entry.string,)
    return tuple(text or "" for text in strings)


def singulars() -> dict[str, str]:
    plurals = {entry.id[1] for entry in english() if isinstance(entry.id, (tuple, list))}
    return {text: place for text, place in german().items() if text not in plurals}


def test_every_german_text_has_an_english_one() -> None:
    missing = [f"{place} {text!r}" for text, place in singulars().items() if not all(translation(text) or [""])]
    sources.check_none(missing)


def test_both_languages_fill_the_same_gaps() -> None:
    wrong = [
        f"{place} {text!r}"
        for text, place in singulars().items()
        for english_text in translation(text)
        if set(GAP.findall(english_text)) - set(GAP.findall(text))
    ]
    sources.check_none(wrong)


def test_no_english_text_is_left_over() -> None:
    texts = german()
    left = [
        str(entry.id)
        for entry in english()
        if entry.id and (entry.id if isinstance(entry.id, str) else entry.id[0]) not in texts
    ]
    sources.check_none(left)
