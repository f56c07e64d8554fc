"""Translation: a page says a hundred sentences, so each is looked up once a process, not once a request."""

from __future__ import annotations

from flask import Flask, g
from flask_babel import gettext
from markupsafe import Markup

from app.errors import DeskError
from app.web.language import SOURCE, chosen

MOST_SENTENCES = 5000
"""More than any catalogue: refusals carry names and numbers, and must not fill the memory."""

_known: dict[str, dict[str, str]] = {}
"""Language to German sentence to its translation; as large as the catalogue."""
_written: dict[str, dict[str, Markup]] = {}
"""The same, ready to stand in a page."""


def prepare(flask: Flask) -> None:
    """Let templates translate the same way; `{% trans %}` keeps Babel's."""
    flask.jinja_env.globals["_"] = _in_a_page


def _(german: str, **values: object) -> str:
    """Return the sentence in the language of the request; German is the source."""
    words = _translated(german, tongue())
    return words % values if values else words


def said(error: DeskError) -> str:
    """Return why the desk refused an act, in the language of the request."""
    return _(error.pattern, **error.values)


def tongue() -> str:
    """Return the language of the request; asked once."""
    try:
        found: str = g.tongue  # asked a hundred times a page
    except AttributeError:
        found = g.tongue = chosen()
    except RuntimeError:  # outside of any request
        found = SOURCE
    return found


def _translated(german: str, language: str) -> str:
    table = _known.setdefault(language, {})
    words = table.get(german)
    if words is None:
        if len(table) > MOST_SENTENCES:
            table.clear()
        words = table[german] = str(gettext(german))
    return words


def _in_a_page(german: str, **values: object) -> Markup:
    """Return the sentence as HTML: translators may write it, values are escaped."""
    language = tongue()
    table = _written.setdefault(language, {})
    words = table.get(german)
    if words is None:
        words = table[german] = Markup(_translated(german, language))  # noqa: S704 - our own sentences
    return words % values if values else words
