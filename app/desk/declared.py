"""A shop written down in a file: what may stand in it, checked before anything is touched."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from app.errors import FadenError
from channels.contract import Account, Connector
from channels.registry import UnknownKind, build, form_of
from sla.holiday import holidays_of
from sla.hours import BusinessHours
from sla.targets import Route

MOST_MINUTES = 60 * 24 * 365
ALWAYS_KNOWN = {"api_base"}
"""Every kind can be sent to another address, for tests and demonstrations."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class WrongEntries(FadenError):
    """The file cannot be applied; `lines` name each wrong place."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = tuple(lines)


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
ClockTime = Annotated[str, BeforeValidator(_clock_time)]
Day = Annotated[str, BeforeValidator(_day), AfterValidator(_is_day)]
Windows = list[Annotated[list[ClockTime], Field(min_length=2, max_length=2)]]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Minutes = Annotated[int, Field(gt=0, le=MOST_MINUTES, strict=True)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class SecretFile(_Entry):
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


class TeamEntry(_Entry):
    name: Name


def _team(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


class PersonEntry(_Entry):
    email: Annotated[str, Field(pattern=r"^\S+@\S+$", max_length=254)]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    role: Literal["agent", "lead", "admin"] = "agent"
    teams: list[Name] = []
    language: Literal["de", "en"] = "de"
    is_active: bool = True
    phone_user: Annotated[str, Field(max_length=64)] | None = None
    """What the telephone system calls them; left out, it stays."""
    password: Secret | None = Field(default=None, repr=False)
    """Taken only while the person has none: afterwards it is theirs."""


class CalendarEntry(_Entry):
    name: Name
    tz: str = "Europe/Berlin"
    weekly_hours: dict[Weekday, Windows]
    region: str = ""
    holidays: dict[Day, str] = {}
    """Closed days of the shop's own, beside those of the region."""
    special_hours: dict[Day, Windows] = {}

    @model_validator(mode="after")
    def _can_be_reckoned_with(self) -> Self:
        if self.region:
            holidays_of(self.region, [2026])
        BusinessHours.compile(
            tz=self.tz,
            weekly_hours=dict(self.weekly_hours.items()),
            holidays=list(self.holidays),
            special_hours=self.special_hours,
        )
        return self


class TargetEntry(_Entry):
    normal: Minutes
    urgent: Minutes | None = None


class TargetsEntry(_Entry):
    first: TargetEntry
    next: TargetEntry


class PolicyEntry(_Entry):
    name: Name
    route: Route
    calendar: Name
    team: Name | None = None
    targets: TargetsEntry
    warn_percent: Annotated[int, Field(gt=0, lt=100, strict=True)] = 75


class ChannelEntry(_Entry):
    kind: str
    name: Name
    address: str = ""
    team: Name | None = None
    paused: bool = False
    settings: dict[str, Any] = {}
    secrets: dict[str, Secret] = Field(default={}, repr=False)

    @model_validator(mode="after")
    def _can_be_built(self) -> Self:
        account = Account(
            id=0, kind=self.kind, name=self.name, address=self.address, settings=self.settings, secrets=self.secrets
        )
        try:
            connector = build(account)
        except UnknownKind as error:
            raise ValueError(str(error)) from error
        if unknown := self._unknown_settings(connector):
            raise ValueError(f"there is no setting {', '.join(unknown)}")
        sealed = {each.name for each in form_of(self.kind).fields if each.kind == "secret"}
        if sealed and (unknown := sorted(set(self.secrets) - sealed)):
            raise ValueError(f"there is no secret {', '.join(unknown)}")
        return self

    def _unknown_settings(self, connector: Connector) -> list[str]:
        """Return the names that mean nothing to the connector; its form tells them, unless it knows more of its own."""
        find_unknown = getattr(getattr(connector, "settings", None), "unknown", None)
        if find_unknown:
            return list(find_unknown(self.settings))
        known = {each.name for each in form_of(self.kind).fields if each.kind != "secret"}
        return sorted(set(self.settings) - known - ALWAYS_KNOWN) if known else []


class Declared(_Entry):
    """The whole file; a section that is left out leaves what is there as it is."""

    teams: list[Annotated[TeamEntry, BeforeValidator(_team)]] = []
    people: list[PersonEntry] = []
    calendars: list[CalendarEntry] = []
    policies: list[PolicyEntry] = []
    channels: list[ChannelEntry] = []

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for section in ("teams", "people", "calendars", "policies", "channels"):
            keys = [getattr(entry, "email", None) or entry.name for entry in getattr(self, section)]
            twice = sorted({key for key in keys if keys.count(key) > 1})
            if twice:
                raise ValueError(f"{section}: {twice[0]} stands there twice")
        return self


def read(document: object, *, folder: Path | None = None) -> Declared:
    """Check a document; raises `WrongEntries` with one line for each wrong place.

    Files with secrets are looked for from `folder` on.
    """
    try:
        return Declared.model_validate(document or {}, context={"folder": folder or Path()})
    except ValidationError as error:
        raise WrongEntries([_line(each["loc"], each["msg"]) for each in error.errors()]) from error


def _line(place: tuple[int | str, ...], words: str) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")
    said = " ".join(words.removeprefix("Value error, ").split())
    return f"{path}: {said}" if path else said
