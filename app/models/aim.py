"""What we aim for and in which hours: calendars, policies, ladders; each change is a version, none is rewritten."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model
from app.models.columns import Json, JsonList, JsonMap, Key, word_of


class Calendar(Model):
    """Service hours in local wall time with their zone; holidays are frozen into the row and can be seen one by one.

    The row says what its newest version says.
    """

    __tablename__ = "calendar"
    __table_args__ = ({"sqlite_autoincrement": True},)
    # What was compiled is kept under these ids: none may ever come back as something else.

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    time_zone: Mapped[str] = mapped_column(String(64))
    weekly_hours: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """`{"mon": [["09:00", "17:00"]], ...}`; a missing day is closed."""
    region: Mapped[str] = mapped_column(String(24), default="")
    holidays: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """`{"2026-12-25": "Erster Weihnachtstag", ...}`."""
    special_hours: Mapped[JsonMap] = mapped_column(Json, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    is_demo: Mapped[bool] = mapped_column(default=False)


class CalendarVersion(Model):
    """What a calendar says from a local date on; dates before it keep what the version before said."""

    __tablename__ = "calendar_version"
    __table_args__ = (UniqueConstraint("calendar_id", "number"), {"sqlite_autoincrement": True})

    id: Mapped[Key]
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id", ondelete="CASCADE"))
    number: Mapped[int]
    valid_from: Mapped[date]
    """The first version holds for every date before its own, too."""
    time_zone: Mapped[str] = mapped_column(String(64))
    weekly_hours: Mapped[JsonMap] = mapped_column(Json, default=dict)
    region: Mapped[str] = mapped_column(String(24), default="")
    holidays: Mapped[JsonMap] = mapped_column(Json, default=dict)
    special_hours: Mapped[JsonMap] = mapped_column(Json, default=dict)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    carried_at: Mapped[datetime | None]
    """When everything that was open had been reckoned by it."""


class HoldingMode(StrEnum):
    """What a holding reply does to open obligations; it never meets a `next` one."""

    OWN_CONVERSATION = "own_conversation"
    STOPS_FIRST_RESPONSE = "stops_first_response"
    PAUSES_ESCALATION = "pauses_escalation"
    IGNORED = "ignored"


class Policy(Model):
    """What we aim for on some matters; what exactly stands in its versions."""

    __tablename__ = "policy"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    ended_at: Mapped[datetime | None]
    """From then on no message is given to it; what it opened keeps running."""
    is_demo: Mapped[bool] = mapped_column(default=False)


class PolicyVersion(Model):
    """What a policy says from an instant on; a criterion that is None means any."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("policy_id", "number"), {"sqlite_autoincrement": True})

    id: Mapped[Key]
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id", ondelete="CASCADE"))
    number: Mapped[int]
    valid_from: Mapped[datetime]
    is_end: Mapped[bool] = mapped_column(default=False)
    """The policy holds no longer from here on."""
    position: Mapped[int] = mapped_column(default=0)
    route: Mapped[str | None] = mapped_column(String(24))
    """email, messenger, public or phone."""
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    tag: Mapped[str | None] = mapped_column(String(60))
    priority: Mapped[str | None] = mapped_column(String(24))
    customer_group: Mapped[str | None] = mapped_column(String(60))
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))
    targets: Mapped[JsonMap] = mapped_column(Json, default=dict)
    """Minutes of service time: `{"first": {"normal": 240, "urgent": 60}, "next": {...}}`; `resolution` and `update`
    stand beside them where the policy has such clocks."""
    holding: Mapped[HoldingMode] = mapped_column(word_of(HoldingMode), default=HoldingMode.OWN_CONVERSATION)
    promise_minutes: Mapped[int] = mapped_column(default=4 * 480)
    """A promise is given for no later than so much service time from now."""
    counts_third: Mapped[bool] = mapped_column(default=True)
    """Whether waiting for a carrier or supplier counts as our time in the resolution."""
    ladder_id: Mapped[int | None] = mapped_column(ForeignKey("ladder.id"))
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))


class Ladder(Model):
    """Who is told while a clock runs out; a rung is `{"at": 75, "to": ["lead"], "via": ["inbox"]}`, lowest first."""

    __tablename__ = "ladder"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    rungs: Mapped[JsonList] = mapped_column(Json, default=list)
    """`at`: percent, or "breach"; `to`: assignee, lead, deputy, owner, team:<id>, leads:<id>, agent:<id>; `via`: inbox,
    mail, push, call, webhook:<id>; `repeat`: `{"every": minutes, "most": times}` on a breach."""
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime | None]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    """When and by whom its rungs were written as they are."""
    is_demo: Mapped[bool] = mapped_column(default=False)


class Tag(Model):
    """A word people put on tickets; policies and lists ask for it."""

    __tablename__ = "tag"
    __table_args__ = (UniqueConstraint("ticket_id", "name"), Index("ix_tag_name", "name", "ticket_id"))

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
