"""Bytes to text without ever failing: declared charset, then UTF-8, then what a western mail most likely meant."""

from __future__ import annotations

import codecs
import re

# What is declared is often the smaller sibling of what was used; the superset decodes both.
_ALIASES = {
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "iso-gb2312": "gb18030", "x-euc-cn": "gb18030",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ansi": "cp1252",
    "us-ascii": "cp1252", "ascii": "cp1252", "x-ansi": "cp1252", "windows1252": "cp1252", "iso-8859-8-i": "iso-8859-8",
    "ks_c_5601": "cp949", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "shift_jis": "cp932", "shift-jis": "cp932",
    "x-sjis": "cp932", "x-mac-roman": "mac-roman", "utf8": "utf-8", "unicode-1-1-utf-7": "utf-7", "big5": "big5hkscs",
}  # fmt: skip
# Python calls these text encodings, too; they are slow, or change more than letters.
_NOT_FOR_MAIL = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
_NOT_A_SUPERSET_OF_ASCII = ("utf-7", "utf-16", "utf-32", "iso2022", "hz")
_WESTERN = frozenset("äöüÄÖÜßéèêëàâáåãçñóòôõøíìîïúùûæœÉÈÀÇÑÓÅØ€„“”‚‘’–—…•§°«»®©™´·²³½¿¡\xa0\xad")
_LONGEST_NAME = 60
_GUESS_BYTES = 4096
_FOREIGN = re.compile(rb"[\x80-\xff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def codec_of(declared: str) -> str:
    """Return the codec to use for a declared charset, empty if there is none to trust."""
    name = declared.strip(" \t\r\n\"'").lower().partition("*")[0]
    name = _ALIASES.get(name, name)
    if not name or len(name) > _LONGEST_NAME or "\0" in name:
        return ""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return "" if found in _NOT_FOR_MAIL else found


def decoded(content: bytes, declared: str = "") -> str:
    """Decode text of unknown honesty; the result never holds NUL or lone surrogates, as no database takes them."""
    codec = codec_of(declared) if declared else ""
    if content.isascii() and not codec.startswith(_NOT_A_SUPERSET_OF_ASCII):
        text = content.decode("ascii")
        return text.replace("\x00", "") if "\x00" in text else text
    return clean(_decoded(content, codec))


def clean(text: str) -> str:
    """Remove what cannot be stored: NUL and halves of surrogate pairs."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def one_line(text: str) -> str:
    """Fold white space and drop control characters, for values that are shown in one line."""
    text = " ".join(text.split())
    return text if text.isprintable() else _CONTROL.sub("", text)


def _decoded(content: bytes, codec: str) -> str:
    for candidate in dict.fromkeys((codec, "utf-8")):
        # cp1252 accepts nearly every byte, so a wrong "iso-8859-1" on UTF-8 text would never be noticed.
        if not candidate or (candidate == "cp1252" and _is_utf8(content)):
            continue
        try:
            return content.decode(candidate)
        except (UnicodeError, LookupError, ValueError):
            continue
    if codec and codec != "cp1252":
        text = _replaced(content, codec)
        if text.count("\ufffd") <= 3 + len(text) // 50:
            return text
    western = _western(content)
    return western if codec == "cp1252" or _looks_western(western) else _guessed(content) or western


def _replaced(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec, "replace")
    except (UnicodeError, LookupError, ValueError):
        return "\ufffd" * (len(content) + 4)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _western(content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _looks_western(text: str) -> bool:
    sample = text[:_GUESS_BYTES]
    foreign = [letter for letter in sample if letter > "\x7f"]
    western = sum(letter in _WESTERN for letter in foreign)
    return western * 5 >= len(foreign) * 4 and len(foreign) * 3 <= len(sample)


def _guessed(content: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to import and hardly ever needed

    foreign = _FOREIGN.search(content)
    start = max(0, foreign.start() - 200) if foreign else 0
    best = from_bytes(content[start : start + _GUESS_BYTES]).best()
    return content.decode(best.encoding, "replace") if best else ""
