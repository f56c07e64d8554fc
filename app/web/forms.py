"""A form between two requests: what was typed, and what is wrong with it beside the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from app.errors import Refused
from app.web.words import said

AGAIN = HTTPStatus.UNPROCESSABLE_ENTITY
LONGEST = 500


def without_nul(text: str) -> str:
    """Return what was typed as a database can keep it."""
    return text.replace("\0", "")


@dataclass(slots=True)
class Form:
    """What stands in the fields; secrets are never put back."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Mapping[str, str], *names: str) -> Form:
        """Take the named fields as they were typed, without the space around them."""
        return cls({name: without_nul(given.get(name, "")).strip()[:LONGEST] for name in names})

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def require(self, name: str, words: str) -> None:
        """Note that a field is needed and empty."""
        if not self[name]:
            self.errors.setdefault(name, words)

    def refuse(self, refused: Refused) -> None:
        """Put a refusal of the desk beside its field, or above the form."""
        self.errors[refused.field or "form"] = said(refused)

    @property
    def is_good(self) -> bool:
        return not self.errors
