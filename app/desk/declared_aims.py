"""Calendars, ladders and policies as they are written down in a file."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, field_validator, model_validator

from app.desk.entries import Day, Entry, Minutes, Name, Windows
from app.desk.words import group_of, tag_of
from app.errors import Refused
from app.models import HoldingMode
from sla.holiday import holidays_of
from sla.hours import BusinessHours
from sla.steps import StepsError, read_steps
from sla.targets import Priority, Route

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class CalendarEntry(Entry):
    name: Name
    valid_from: date | None = None
    """The local date from which a difference holds; today where none is given."""
    tz: str = "Europe/Berlin"
    weekly_hours: dict[Weekday, Windows]
    region: str = ""
    holidays: dict[Day, str] = Field(default={})
    """Closed days of the shop's own, beside those of the region."""
    special_hours: dict[Day, Windows] = Field(default={})

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


class RepeatEntry(Entry):
    every: Minutes
    most: Annotated[int, Field(ge=1, le=99, strict=True)] = 1


class RungEntry(Entry):
    """Whom one step tells, and how.

    `to`: assignee, owner, deputy, leads, team:NAME, leads:NAME, agent:ADDRESS; `via`: inbox, mail, push, call,
    webhook:NAME.
    """

    at: int | str
    to: list[str] = Field(default=[])
    via: list[str] = Field(default=[])
    repeat: RepeatEntry | None = None

    @field_validator("at")
    @classmethod
    def _is_a_height(cls, at: int | str) -> int | str:
        return at if at == "breach" else int(_percent(at))

    @property
    def height(self) -> int:
        """Order rungs: percentages, then the breach."""
        return self.at if isinstance(self.at, int) else 1000

    def written(self) -> dict[str, Any]:
        """Return the rung as `sla.steps` reads it; what is not said is left out."""
        return self.model_dump(exclude_unset=True, exclude_none=True)


def _percent(at: int | str) -> str:
    number = str(at).removesuffix("%").strip()
    if not number.isdecimal() or not 1 <= int(number) <= 100:
        raise ValueError(f"{at!r} is neither a percentage from 1 to 100 nor 'breach'")
    return number


class LadderEntry(Entry):
    name: Name
    rungs: Annotated[list[RungEntry], Field(min_length=1)]

    @model_validator(mode="after")
    def _can_be_climbed(self) -> Self:
        heights = [rung.height for rung in self.rungs]
        if heights != sorted(heights):
            raise ValueError("rungs are written from the lowest to the highest")
        plain = [{**rung.written(), "to": [], "via": ["inbox"]} for rung in self.rungs]
        try:
            read_steps(plain)
        except StepsError as error:
            raise ValueError(str(error)) from error
        return self


class TargetEntry(Entry):
    normal: Minutes
    urgent: Minutes | None = None


class TargetsEntry(Entry):
    first: TargetEntry
    next: TargetEntry | None = None
    """None: as soon as a first answer."""
    resolution: TargetEntry | None = None
    update: TargetEntry | None = None


def _tag(written: str) -> str:
    try:
        return tag_of(written)
    except Refused as error:
        raise ValueError(str(error)) from error


def _group(written: str) -> str:
    try:
        return group_of(written)
    except Refused as error:
        raise ValueError(str(error)) from error


class PolicyEntry(Entry):
    """A criterion that is left out means any; what else is left out stays as it is."""

    name: Name
    route: Route | None = None
    team: Name | None = None
    tag: Annotated[str, AfterValidator(_tag)] | None = None
    priority: Priority | None = None
    customer_group: Annotated[str, Field(min_length=1), AfterValidator(_group)] | None = None
    position: Annotated[int, Field(ge=0, le=10_000, strict=True)] | None = None
    valid_from: AwareDatetime | None = None
    """From when on a difference holds for messages; now where none is given."""
    calendar: Name
    targets: TargetsEntry
    holding: HoldingMode = HoldingMode.OWN_CONVERSATION
    promise_minutes: Minutes = 4 * 480
    counts_third: bool = True
    ladder: Name | None = None
    warn_percent: Annotated[int, Field(gt=0, lt=100, strict=True)] = 75
    """How files said it before there were ladders: a ladder that tells the leads then and at the breach."""

    @model_validator(mode="after")
    def _warns_in_one_way(self) -> Self:
        if self.says("ladder") and self.says("warn_percent"):
            raise ValueError("either ladder or warn_percent, not both")
        return self
