"""Whom we told of what, and the calls that are to be made."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from app.access import Person
from app.api import cursors, routes
from app.api.asked import NotificationsAsked
from app.api.shape import Answered
from app.finders import call_tasks, notifications

State = Literal["waiting", "queued", "sending", "sent", "failed", "unsure", "withdrawn"]


class WayAnswered(Answered):
    """One way somebody was told by; `waiting` is for their service hours, `withdrawn` became pointless meanwhile."""

    via: Literal["inbox", "mail", "push"]
    state: State
    at: datetime | None
    fault: str


class NotificationAnswered(Answered):
    """One word to one person; `state`, `sent_at` and `fault` are those of the mail where there is one.

    `reason` is what the rung wrote down, such as the time that had passed; it is empty where no rung fired.
    """

    id: int
    at: datetime
    kind: str
    key: str
    to: str
    to_name: str
    ticket: int | None
    subject: str
    text: str
    read_at: datetime | None
    state: State
    sent_at: datetime | None
    fault: str
    ways: list[WayAnswered]
    reason: dict[str, Any]


class NotificationsAnswered(Answered):
    notifications: list[NotificationAnswered]
    next_cursor: str | None


class LastSaidAnswered(Answered):
    author: str
    is_out: bool
    text: str
    at: datetime


class CallPromiseAnswered(Answered):
    text: str
    due_at: datetime
    by: str


class CallTaskAnswered(Answered):
    """A call to be made; `since` is how long the customer has waited for an answer, null where nothing is unanswered.

    `agent` is empty while anybody of the team may call. `messages` are the last three, the oldest first.
    """

    id: int
    ticket: int
    subject: str
    customer: str
    numbers: list[str]
    reason: str
    made_at: datetime
    due_at: datetime | None
    since: datetime | None
    team: str
    agent: str
    messages: list[LastSaidAnswered]
    promises: list[CallPromiseAnswered]


class CallTasksAnswered(Answered):
    call_tasks: list[CallTaskAnswered]


@routes.get("/notifications", answer=NotificationsAnswered, query=NotificationsAsked)
def fired(*, person: Person, query: NotificationsAsked) -> NotificationsAnswered:
    """List what fired: when, why, and who was told how."""
    before = cursors.row_position("notifications", query.cursor)
    found, end = notifications.page(person, to=query.to, before=before, limit=query.limit)
    return NotificationsAnswered(
        notifications=[NotificationAnswered.model_validate(each) for each in found],
        next_cursor=cursors.before_row("notifications", end),
    )


@routes.get("/call-tasks", answer=CallTasksAnswered)
def to_call(*, person: Person) -> CallTasksAnswered:
    """List the calls one's teams are to make, the most urgent first."""
    found = call_tasks.undone(person)
    return CallTasksAnswered(call_tasks=[CallTaskAnswered.model_validate(each) for each in found])
