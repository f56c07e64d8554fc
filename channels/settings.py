"""Reading the settings of an account; every wrong value is a `ValueError` whose one line names the setting."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

Settings = Mapping[str, object]


def text(settings: Settings, name: str, default: str = "", *, pattern: str = "", is_required: bool = False) -> str:
    """Return a text without white space around it; `pattern` must match all of it unless it is empty."""
    value = settings.get(name)
    if value is None:
        value = default
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError(f"Einstellung {name}: {value!r} ist falsch, erwartet wird ein Text.")  # noqa: TRY004
    words = str(value).strip()
    if any(ord(letter) < ord(" ") for letter in words):
        raise ValueError(f"Einstellung {name}: Steuerzeichen und Zeilenumbrüche gehen nicht.")
    if is_required and not words:
        raise ValueError(f"Einstellung {name}: Das fehlt.")
    if words and pattern and not re.fullmatch(pattern, words):
        raise ValueError(f"Einstellung {name}: „{words}“ geht nicht.")
    return words


def number(settings: Settings, name: str, default: int, *, least: int, most: int) -> int:
    """Return a whole number within its limits."""
    words = text(settings, name, str(default))
    if not re.fullmatch(r"-?\d{1,12}", words):
        raise ValueError(f"Einstellung {name}: „{words}“ ist falsch, erwartet wird eine ganze Zahl.")
    if not least <= int(words) <= most:
        raise ValueError(f"Einstellung {name}: {words} geht nicht, nur {least} bis {most}.")
    return int(words)


def yes_no(settings: Settings, name: str, *, default: bool) -> bool:
    """Return a switch."""
    value = settings.get(name, default)
    if not isinstance(value, bool):
        raise ValueError(f"Einstellung {name}: {value!r} ist falsch, erwartet wird true oder false.")  # noqa: TRY004
    return value


def lines(settings: Settings, name: str, *, most: int = 100) -> tuple[str, ...]:
    """Return a list of texts, given as a list or one a line; empty ones are left out."""
    value = settings.get(name) or []
    entries = value.splitlines() if isinstance(value, str) else value
    if not isinstance(entries, list | tuple) or not all(isinstance(entry, str) for entry in entries):
        raise ValueError(f"Einstellung {name}: Erwartet wird eine Liste von Texten.")
    kept = tuple(dict.fromkeys(entry.strip() for entry in entries if entry.strip()))
    if len(kept) > most:
        raise ValueError(f"Einstellung {name}: höchstens {most} Einträge.")
    return kept


def base(settings: Settings, default: str, name: str = "api_base") -> str:
    """Return the base address of an interface; http only on this machine."""
    words = text(settings, name, default).rstrip("/")
    parts = urlsplit(words)
    is_local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
        raise ValueError(f"Einstellung {name}: „{words}“ ist keine https-Adresse.")
    if not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError(f"Einstellung {name}: „{words}“ geht nicht.")
    return words
