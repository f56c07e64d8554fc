"""What answers say of all we owe: promises, hand-overs, obligations."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from app.api.shape import Answered


class PromiseAnswered(Answered):
    """What a customer was told we would do; `broken` is still owed.

    `by` gave it, `owner` stands for it now. `count`: which one in a row without an answer. `reason`: why it was waived;
    `unsent` where its message did not reach the customer.
    """

    id: int
    conversation: int
    message: int | None
    text: str
    by: str
    owner: str
    owner_id: int
    count: int
    at: datetime
    due: datetime
    state: Literal["open", "broken", "kept", "replaced", "waived"]
    kept_by: int | None
    settled_at: datetime | None
    reason: str


class PromisesAnswered(Answered):
    """All promises of a ticket, the oldest first."""

    promises: list[PromiseAnswered]


class HandoverAnswered(Answered):
    """One team asks another to take a ticket; both clocks run from `at` in the receiving team's hours.

    `ticket` is null in a list where it has gone since to where one may not open it.
    """

    id: int
    ticket: int | None
    state: Literal["pending", "accepted", "declined", "returned", "withdrawn"]
    from_team: str | None
    to_team: str
    by: str | None
    agent: str | None
    """Who is asked by name."""
    reason: str
    at: datetime
    returns_at: datetime | None
    """When it goes back by itself if nobody answers."""
    answered_at: datetime | None
    answered_by: str | None
    answer: str
    """Why it was declined."""
    done_at: datetime | None
    """The first answer to the customer by the team that took it."""
    accept_due: datetime | None
    accept_verdict: Literal["met", "breached"] | None
    work_due: datetime | None
    work_verdict: Literal["met", "breached"] | None


class HandoversAnswered(Answered):
    to_us: list[HandoverAnswered]
    from_us: list[HandoverAnswered]


class ObligationAnswered(Answered):
    """The shape of `faden sla replay`; `channel` is the route.

    `answered_by` is set from queueing on, `state` and `verdict` follow once the provider has accepted the answer.
    """

    id: int
    conversation: int
    message: int
    kind: Literal["first", "next"]
    channel: str
    at: datetime
    calendar: str
    policy: str
    target_min: int
    due: datetime
    breach: datetime
    state: Literal["open", "met", "waived"]
    verdict: Literal["met", "breached"] | None
    elapsed_min: float
    warn50: datetime
    warn75: datetime
    warn90: datetime
    fired: str | None
    """The highest rung: a percentage, breach, repeat1 ..."""
    answered_by: int | None
    settled_at: datetime | None
    explanation: str
