"""What can go wrong in words for a person.

FadenError
├── SettingError      a FADEN_* variable or a configuration file is wrong; the start stops, exit 2
└── DeskError         an act was refused; nothing was changed
    ├── NotFound      it does not exist, or you may not see it: both look the same
    └── Refused       it exists, but this act is not possible now; `field` names the form field, `code` the reason
        └── Discloses a public text says what only the customer and we may know; its spots say where
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class FadenError(Exception):
    """The root; its text is a whole sentence that says what to do."""


class SettingError(FadenError):
    """A setting is wrong; the text is one line naming it."""


class DeskError(FadenError):
    """An act was refused and nothing was changed.

    The sentence is German with `%(names)s` for its values, so that a page can say it in another language.
    """

    def __init__(self, pattern: str, **values: object) -> None:
        super().__init__(pattern % values if values else pattern)
        self.pattern = pattern
        self.values = values


class NotFound(DeskError):
    """There is no such row, or not for this person."""


class Refused(DeskError):
    """The act is not possible; says why, and beside which form field it belongs.

    `code` is a word for programs where the reason lies in the state of things and not in what was asked.
    """

    def __init__(self, pattern: str, *, field: str = "", code: str = "", **values: object) -> None:
        super().__init__(pattern, **values)
        self.words = str(self)
        self.field = field
        self.code = code


class Spotted(NamedTuple):
    """A place in a text, by its letters, with its kind and the words that stand there."""

    start: int
    end: int
    kind: str
    words: str


class Discloses(Refused):
    """A public text says what only the customer and we may know."""

    def __init__(
        self, pattern: str, *, field: str = "", code: str = "", spots: Sequence[Spotted], **values: object
    ) -> None:
        super().__init__(pattern, field=field, code=code, **values)
        self.spots = spots
