"""A shop written down in a file: what may stand in it, checked before anything is touched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from app.desk.declared_aims import CalendarEntry, LadderEntry, PolicyEntry
from app.desk.entries import Address, Entry, Minutes, Name, Secret
from app.errors import FadenError
from channels.contract import Account, Connector
from channels.registry import UnknownKind, build, form_of

ALWAYS_KNOWN = {"api_base"}
"""Every kind can be sent to another address, for tests and demonstrations."""
SECTIONS = ("teams", "people", "calendars", "webhooks", "ladders", "policies", "channels")


class WrongEntries(FadenError):
    """The file cannot be applied; `lines` name each wrong place."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = tuple(lines)


class TeamEntry(Entry):
    """What is left out stays as it is."""

    name: Name
    calendar: Name | None = None
    """The hours in which hand-overs to this team run and its people are told; None: the first calendar."""
    accept_minutes: Minutes = 15
    work_minutes: Minutes = 240
    return_minutes: Minutes | None = None
    ladder: Name | None = None
    """Of hand-overs to this team."""
    asks_cause: bool = False
    causes: Annotated[list[Annotated[str, Field(min_length=1, max_length=120)]], Field(max_length=20)] = Field(
        default=[]
    )
    """What it proposes when a matter is resolved."""


def _team(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


class PersonEntry(Entry):
    email: Address
    name: Annotated[str, Field(min_length=1, max_length=120)]
    role: Literal["agent", "lead", "admin"] = "agent"
    teams: list[Name] = Field(default=[])
    language: Literal["de", "en"] = "de"
    is_active: bool = True
    phone_user: Annotated[str, Field(max_length=64)] | None = None
    """What the telephone system calls them; left out, it stays."""
    can_publish: bool | None = None
    """May answer in public; left out, it stays."""
    calendar: Name | None = None
    """Their own hours; left out, they stay."""
    deputy: Address | None = None
    """Who is told while they are away; left out, it stays."""
    password: Secret | None = Field(default=None, repr=False)
    """Taken only while the person has none: afterwards it is theirs."""


class ChannelEntry(Entry):
    kind: str
    name: Name
    address: str = ""
    team: Name | None = None
    paused: bool = False
    settings: dict[str, Any] = Field(default={})
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


class WebhookEntry(Entry):
    """Another program that hears what fires, where a ladder names it."""

    name: Name
    url: Annotated[str, Field(pattern=r"^https?://[^\s/@]+(/\S*)?$", max_length=2000)]
    paused: bool = False
    secret: Secret | None = Field(default=None, repr=False)
    """Left out, it stays; a new one is made where there is none."""


class Declared(Entry):
    """The whole file; a section that is left out leaves what is there as it is."""

    teams: list[Annotated[TeamEntry, BeforeValidator(_team)]] = Field(default=[])
    people: list[PersonEntry] = Field(default=[])
    calendars: list[CalendarEntry] = Field(default=[])
    webhooks: list[WebhookEntry] = Field(default=[])
    ladders: list[LadderEntry] = Field(default=[])
    policies: list[PolicyEntry] = Field(default=[])
    channels: list[ChannelEntry] = Field(default=[])

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for section in SECTIONS:
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
