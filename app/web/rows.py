"""The rows of a list as words: prepared once, so that the template only writes them down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from app.finders.inbox import InboxRow, View
from app.web.door import person
from app.web.formats import HOUR, Badge, Formats, formats, initials
from app.web.kinds import look_of, looks
from app.web.words import _


class RowWords(NamedTuple):
    """One row; the template takes it apart in this order."""

    group: str
    number: int
    flags: str
    shape: str
    many: int
    channel: str
    icon: str
    who: str
    at: str
    at_full: str
    when: str
    url: str
    subject: str
    preview: str
    badge: Badge
    since: str
    due: str
    soon: str
    urgent: str
    holder: str
    holder_name: str


def loose_rows(rows: Sequence[InboxRow], view: View) -> list[RowWords]:
    """Return rows that are put into a list one by one, without groups."""
    teller = _Teller(view)
    return [teller.tell(row, "") for row in rows]


def row_words(rows: Sequence[InboxRow], view: View, *, after_group: str = "") -> tuple[list[RowWords], str]:
    """Return the rows as words, and the group the last one stands in; a group is named at its first row only."""
    teller = _Teller(view)
    group = after_group
    told = []
    for row in rows:
        key = teller.group_of(row)
        told.append(teller.tell(row, teller.groups[key] if key != group else ""))
        group = key
    return told, group


class _Teller:
    """Everything that is the same for all rows of a page, looked up once."""

    def __init__(self, view: View) -> None:
        self.words: Formats = formats()
        self.view = view
        self.query = f"?view={view.slug}"
        self.mine = person().id
        self.urgent, self.free, self.assigned = _("dringend"), _("offen"), _("zugewiesen an %s")
        self.waiting = Badge("rest", "sla-rest", _("wartet auf Kundschaft"), 0)
        self.done = Badge("met", "sla-met", _("erledigt"), 100)
        self.timeless = Badge("rest", "sla-rest", _("ohne Frist"), 0)
        self.groups = {
            "late": _("Überfällig"),
            "hour": _("Fällig in der nächsten Stunde"),
            "today": _("Heute"),
            "later": _("Später"),
            "rest": _("Ruht"),
            "": "",
        }
        self.looks = looks()
        local = self.words.now.astimezone(self.words.zone)
        self.midnight = datetime.combine(local.date() + timedelta(days=1), time(), self.words.zone)
        self.next_hour = self.words.now + HOUR

    def group_of(self, row: InboxRow) -> str:
        """Return the key of the group a row stands in; a finished list has none."""
        if self.view.is_done:
            return ""
        if row.due_at is None:
            return "rest"
        if row.due_at <= self.words.now:
            return "late"
        if row.due_at <= self.next_hour:
            return "hour"
        return "today" if row.due_at < self.midnight else "later"

    def badge(self, row: InboxRow) -> Badge:
        if row.closed_at is not None:
            return self.done
        if row.due_at is not None:
            return self.words.badge(row.due_at, row.soon_at, row.oldest_unanswered_at)
        return self.waiting if row.state == "waiting" else self.timeless

    def tell(self, row: InboxRow, group: str) -> RowWords:
        words, due_at = self.words, row.due_at
        look = self.looks.get(row.channel_kind) or look_of(row.channel_kind)
        is_free = row.assignee_id is None
        holder = row.assignee_name or ""
        many = row.channel_count if row.channel_count > 1 else 0
        return RowWords(
            group=group,
            number=row.number,
            flags=(" unread" if is_free and row.state == "open" else "")
            + (" mine" if row.assignee_id == self.mine else ""),
            shape=look.shape,
            many=many,
            channel=_("%(name)s und weitere Kanäle", name=look.name) if many else look.name,
            icon=look.icon,
            who=row.customer_name,
            at=row.preview_at.isoformat(),
            at_full=words.full(row.preview_at),
            when=words.time(row.preview_at),
            url=f"/tickets/{row.number}{self.query}",
            subject=row.subject,
            preview=row.preview,
            badge=self.badge(row),
            since=row.oldest_unanswered_at.isoformat() if due_at and row.oldest_unanswered_at else "",
            due=due_at.isoformat() if due_at else "",
            soon=row.soon_at.isoformat() if due_at and row.soon_at else "",
            urgent=self.urgent if row.priority == "urgent" else "",
            holder=initials(holder) if holder else "",
            holder_name=self.assigned % holder if holder else self.free,
        )
