"""Hand-overs in words: the bar on a ticket, and the lines of the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.finders.handovers import Asked
from app.finders.ticket import TicketPage
from app.web.board_lists import lying_with
from app.web.door import person
from app.web.formats import Badge, formats
from app.web.kinds import look_of
from app.web.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What runs on a ticket: a question, or work that was taken over; with what the viewer can do about it."""

    words: str
    by: str
    reason: str
    since: datetime
    until: str
    badge: Badge
    due: str
    soon: str
    is_pending: bool = False
    can_answer: bool = False
    can_withdraw: bool = False
    came_back: str = ""


def bars(page: TicketPage) -> list[Bar]:
    """Return a bar for whatever of the ticket's hand-overs is not over yet."""
    found = [_asking(each, page) if each.is_pending else _working(each) for each in page.handovers]
    return [replace(bar, came_back=_returned(page.came_back)) for bar in found]


def _returned(times: int) -> str:
    return _("%(count)s-mal zurückgekommen", count=times) if times else ""


def _asking(asked: Asked, page: TicketPage) -> Bar:
    me, head, words = person(), page.head, formats()
    team = _("Übergabe an %(team)s", team=asked.to_team)
    # Where only the yes of the team is asked for that has the ball, whoever asks is another one.
    is_there = head.team_id == asked.to_team_id
    giver_id, assignee_id = (asked.from_team_id, None) if is_there else (head.team_id, head.assignee_id)
    is_giver = me.is_admin or giver_id in me.team_ids or assignee_id == me.id
    due_at = asked.accept_due_at or asked.at
    return Bar(
        words=f"{team}, {asked.agent}" if asked.agent else team,
        by=_("von %(who)s seit %(when)s", who=_giver(asked), when=words.when(asked.at)),
        reason=asked.reason,
        since=asked.at,
        until=_("annehmen bis %(when)s", when=words.when(due_at)),
        badge=words.badge(due_at, asked.accept_soon_at, asked.at),
        due=due_at.isoformat(),
        soon=asked.accept_soon_at.isoformat() if asked.accept_soon_at else "",
        is_pending=True,
        can_answer=me.is_admin or asked.to_team_id in me.team_ids or head.asked_agent_id == me.id,
        can_withdraw=is_giver,
    )


def _working(asked: Asked) -> Bar:
    words, due_at = formats(), asked.work_due_at or asked.at
    return Bar(
        words=_("Übernommen von %(team)s", team=asked.to_team),
        by=_("auf Bitte von %(who)s, %(when)s", who=_giver(asked), when=words.when(asked.at)),
        reason=asked.reason,
        since=asked.at,
        until=_("erste Antwort bis %(when)s", when=words.when(due_at)),
        badge=words.badge(due_at, asked.work_soon_at, asked.at),
        due=due_at.isoformat(),
        soon=asked.work_soon_at.isoformat() if asked.work_soon_at else "",
    )


def _giver(asked: Asked) -> str:
    team = asked.from_team or _("kein Team")
    return f"{asked.by} ({team})" if asked.by else team


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One hand-over in the list; `badge` is its running clock, `ended` how it ended.

    `elsewhere` says where a ticket lies that one may not open.
    """

    number: int
    elsewhere: str
    subject: str
    customer: str
    icon: str
    channel: str
    way: str
    reason: str
    at: datetime
    at_words: str
    state: str
    state_words: str
    ended: str
    badge: Badge | None
    due: str
    soon: str
    came_back: str
    can_answer: bool
    can_withdraw: bool


def line(asked: Asked, came_back: Mapping[int, int], *, is_to_us: bool) -> Line:
    """Return a line of the list; to both sides for who sees all."""
    words, look = formats(), look_of(asked.channel_kind)
    badge, due_at, soon_at = _running(asked)
    times = came_back.get(asked.number, 0)
    to = f"{asked.to_team}, {asked.agent}" if asked.agent else asked.to_team
    return Line(
        number=asked.number,
        elsewhere=lying_with(asked.lies_with) if asked.lies_with is not None else "",
        subject=asked.subject or _("Ohne Betreff"),
        customer=asked.customer_name,
        icon=look.icon,
        channel=look.name,
        way=f"{_giver(asked)} → {to}",
        reason=asked.reason,
        at=asked.at,
        at_words=words.when(asked.at),
        state=asked.state,
        state_words=_states()[asked.state],
        ended=_ended(asked),
        badge=badge,
        due=due_at.isoformat() if due_at else "",
        soon=soon_at.isoformat() if soon_at else "",
        came_back=_returned(times),
        can_answer=asked.is_pending and is_to_us,
        can_withdraw=asked.is_pending and not is_to_us,
    )


def _running(asked: Asked) -> tuple[Badge | None, datetime | None, datetime | None]:
    """Return the clock that still runs: of the acceptance, or afterwards of the work."""
    if asked.is_pending and asked.accept_due_at:
        badge = formats().badge(asked.accept_due_at, asked.accept_soon_at, asked.at)
        return badge, asked.accept_due_at, asked.accept_soon_at
    if asked.work_state == "running" and asked.work_due_at:
        badge = formats().badge(asked.work_due_at, asked.work_soon_at, asked.at)
        return badge, asked.work_due_at, asked.work_soon_at
    return None, None, None


def _states() -> dict[str, str]:
    return {
        "pending": _("wartet auf Antwort"),
        "accepted": _("angenommen"),
        "declined": _("abgelehnt"),
        "returned": _("nicht angenommen, zurück"),
        "withdrawn": _("zurückgenommen"),
    }


def _ended(asked: Asked) -> str:
    """Say who answered, after how long, and why not."""
    if asked.answered_at is None:
        return ""
    after = _("nach %(span)s", span=formats().span(asked.answered_at - asked.at))
    who = _("von %(name)s %(after)s", name=asked.answered_by, after=after) if asked.answered_by else after
    has_reason = asked.state == "declined" and asked.answer
    return f"{who}: „{asked.answer}“" if has_reason else who
