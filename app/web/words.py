"""Translation under the name that the catalogue's extractor looks for, with a type."""

from __future__ import annotations

from flask_babel import gettext


def _(german: str, **values: object) -> str:
    """Return the sentence in the language of the request; German is the source."""
    return str(gettext(german, **values))
