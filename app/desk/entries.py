"""What the entries of a declared shop are made of: names, times of day, days, secrets in files of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

MOST_MINUTES = 60 * 24 * 365
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _clock_time(value: object) -> object:
    """Read 17:00 without quotes, which YAML takes for the number 1020."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 24 * 60:
        return f"{value // 60:02d}:{value % 60:02d}"
    return value.strftime("%H:%M") if isinstance(value, time) else value


def _day(value: object) -> object:
    """Read 2026-12-24 without quotes, which YAML takes for a date."""
    return value.isoformat() if isinstance(value, date) else value


def _is_day(value: str) -> str:
    if not _DAY.fullmatch(value):
        raise ValueError("a day is written like 2026-12-24")
    date.fromisoformat(value)
    return value


Name = Annotated[str, Field(min_length=1, max_length=80)]
Address = Annotated[str, Field(pattern=r"^\S+@\S+$", max_length=254)]
ClockTime = Annotated[str, BeforeValidator(_clock_time)]
Day = Annotated[str, BeforeValidator(_day), AfterValidator(_is_day)]
Windows = list[Annotated[list[ClockTime], Field(min_length=2, max_length=2)]]
Minutes = Annotated[int, Field(gt=0, le=MOST_MINUTES, strict=True)]


class Entry(BaseModel):
    """Unknown fields are refused: a misspelt one would otherwise be lost without a word."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    def says(self, field: str) -> bool:
        """Tell whether the file names a field; one that is left out stays as it is."""
        return field in self.model_fields_set


class SecretFile(Entry):
    """A secret never stands in the file itself: it names another file, seen from the folder of this one."""

    file: str

    def read(self, folder: Path) -> str:
        """Return the content without the line end; raises `ValueError`."""
        path = folder / Path(self.file).expanduser()
        try:
            return path.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"cannot read the secret from {path}: {error}") from error


def _opened(value: object, context: ValidationInfo) -> object:
    if not isinstance(value, Mapping):
        raise ValueError("a secret is given as {file: PATH}")  # noqa: TRY004 - pydantic reads ValueError
    folder = (context.context or {}).get("folder", Path())
    return SecretFile.model_validate(value).read(folder)


Secret = Annotated[str, BeforeValidator(_opened)]
