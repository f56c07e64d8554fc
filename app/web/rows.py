"""The rows of a list: one skeleton from the template, filled once a row, because a page has fifty of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache, lru_cache
from urllib.parse import quote

from flask import render_template
from markupsafe import Markup, escape

from app import presence
from app.finders import drafts
from app.finders.inbox import InboxRow, View
from app.finders.social import beside
from app.presence import Here
from app.web.door import person
from app.web.faces import faces
from app.web.formats import HOUR, Badge, formats, initials
from app.web.kinds import voice_of
from app.web.social_rows import slots as social_slots
from app.web.words import _, tongue

MOST_FACES = 3


def loose_rows(rows: Sequence[InboxRow], view: View) -> Markup:
    """Return rows that are put into a list one by one, without groups."""
    teller = _Teller(view, rows)
    return Markup("".join(map(teller.tell, rows)))  # noqa: S704 - see `tell`


def row_words(rows: Sequence[InboxRow], view: View, *, after_group: str = "") -> tuple[Markup, str]:
    """Return the rows, and the group the last one stands in; a group is named at its first row only."""
    teller = _Teller(view, rows)
    group = after_group
    told = []
    for row in rows:
        key = teller.group_of(row)
        if key != group:
            told.append(teller.head(key))
        told.append(teller.tell(row))
        group = key
    return Markup("".join(told)), group  # noqa: S704 - see `tell`


class _Slots:
    """Stands for a row while the skeleton is made: every value is an open slot."""

    def __getattr__(self, name: str) -> Markup:
        return Markup(f"%({name})s")  # noqa: S704 - a slot


@cache
def _skeleton(name: str) -> str:
    lines = render_template(f"inbox/{name}.html", slot=_Slots()).splitlines()
    return "".join(line.strip() for line in lines)


@dataclass(frozen=True, slots=True)
class _Speech:
    """What rows say in one language, ready to stand in HTML."""

    urgent: str
    draft: str
    free: str
    nobody: str
    assigned: str
    more_channels: str
    asked: str
    waiting: Badge
    done: Badge
    timeless: Badge
    groups: dict[str, str]
    publicity: dict[str, str]


@lru_cache(maxsize=8)
def _speech(_language: str) -> _Speech:
    return _Speech(
        urgent=str(escape(_("dringend"))),
        draft=str(escape(_("Entwurf"))),
        free=str(escape(_("offen"))),
        nobody=str(escape(_("Nicht zugewiesen"))),
        assigned=str(escape(_("zugewiesen an %s"))),
        more_channels=_("%s und weitere Kanäle"),
        asked=_("Übergabe an %s, seit %s"),
        waiting=Badge("rest", "sla-rest", _("wartet auf Kundschaft"), 0),
        done=Badge("met", "sla-met", _("erledigt"), 100),
        timeless=Badge("rest", "sla-rest", _("ohne Frist"), 0),
        groups={
            "late": _("Überfällig"),
            "hour": _("Fällig in der nächsten Stunde"),
            "today": _("Heute"),
            "later": _("Später"),
            "rest": _("Ruht"),
            "": "",
        },
        publicity={
            "": "",
            "public": str(escape(_("öffentlich"))),
            "overheard": str(escape(_("nicht erwähnt"))),
        },
    )


@lru_cache(maxsize=64)
def _channel(language: str, kind: str, is_many: bool, is_public: bool) -> tuple[str, str, str]:  # noqa: FBT001 - a cache key
    """Return glyph, shape and name of a kind of channel."""
    look = voice_of(kind, is_public=is_public)
    name = _speech(language).more_channels % look.name if is_many else look.name
    return look.icon, look.shape, str(escape(name))


@lru_cache(maxsize=1024)
def _holder(name: str) -> tuple[str, str]:
    """Return the letters and the name of whoever has a ticket."""
    return str(escape(initials(name))), str(escape(name))


def _rest(preview: Markup, subject: Markup) -> str:
    """Return what a preview says beyond the subject: a post or a call has none of its own but its first words."""
    if subject and preview.startswith(subject):
        return preview[len(subject) :].lstrip()
    return "" if preview and subject.startswith(preview) else preview


def _here(here: Sequence[Here]) -> Markup | str:
    """Return the faces of colleagues who have the ticket open, as many as a row has room for."""
    return Markup(render_template("ticket/_faces.html", faces=faces(here)[:MOST_FACES])) if here else ""  # noqa: S704 - our template


class _Teller:
    """Everything that is the same for all rows of a page, looked up once."""

    def __init__(self, view: View, rows: Sequence[InboxRow]) -> None:
        self.language = tongue()
        self.speech = _speech(self.language)
        self.words = formats()
        self.view = view
        self.query = f"?view={quote(view.slug)}"
        self.mine = person().id
        numbers = [row.number for row in rows]
        self.drafts, self.here = drafts.among(numbers, person()), presence.of(numbers)
        self.is_social = view.kind == "social"
        self.skeleton = _skeleton("_social_row" if self.is_social else "_row")
        self.beside = beside([row.number for row in rows], now=self.words.now) if self.is_social else {}
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

    def head(self, key: str) -> str:
        """Return the line that begins a group."""
        return _skeleton("_group") % {"name": escape(self.speech.groups[key])}

    def badge(self, row: InboxRow) -> Badge:
        if row.closed_at is not None:
            return self.speech.done
        if row.due_at is not None:
            return self.words.badge(row.due_at, row.soon_at, row.oldest_unanswered_at)
        return self.speech.waiting if row.state == "waiting" else self.speech.timeless

    def tell(self, row: InboxRow) -> str:
        """Fill the skeleton with HTML; whatever a person wrote is escaped here, the rest is ours."""
        words, speech = self.words, self.speech
        is_many = row.channel_count > 1
        icon, shape, channel = _channel(self.language, row.channel_kind, is_many, bool(row.publicity))
        state, glyph, left, _share = self.badge(row)
        due, soon, since = (row.due_at, row.soon_at, row.oldest_unanswered_at) if row.due_at else (None, None, None)
        free = " unread" if row.assignee_id is None and row.state == "open" else ""
        told = {
            "number": row.number,
            "flags": " mine" if row.assignee_id == self.mine else free,
            "shape": shape,
            "many": row.channel_count if is_many else "",
            "channel": channel,
            "icon": icon,
            "who": escape(row.customer_name),
            "at": row.preview_at.isoformat(),
            "at_full": words.full(row.preview_at),
            "when": words.time(row.preview_at),
            "query": self.query,
            "subject": escape(row.subject),
            "preview": _rest(escape(row.preview), escape(row.subject)),
            "state": state,
            "glyph": glyph,
            "words": left,
            "since": since.isoformat() if since else "",
            "due": due.isoformat() if due else "",
            "soon": soon.isoformat() if soon else "",
            "publicity": speech.publicity[row.publicity or ""],
            "asked": speech.asked % (escape(row.asked_team or ""), words.tight(words.now - row.asked_at))
            if row.asked_at
            else "",
            "asked_team": escape(row.asked_team or ""),
            "asked_at": row.asked_at.isoformat() if row.asked_at else "",
            "urgent": speech.urgent if row.priority == "urgent" else "",
            **self._people(row),
        }
        return self.skeleton % ({**told, **self._of_social(row)} if self.is_social else told)

    def _people(self, row: InboxRow) -> dict[str, object]:
        """Return who has it, who has it open, and whether the reader has begun to write."""
        speech, holder = self.speech, row.assignee_name
        return {
            "draft": speech.draft if row.number in self.drafts else "",
            "here": _here(self.here.get(row.number, ())),
            "holder": _holder(holder)[0] if holder else speech.free,
            "holder_look": "face tiny" if holder else "small muted",
            "holder_name": speech.assigned % _holder(holder)[1] if holder else speech.nobody,
        }

    def _of_social(self, row: InboxRow) -> dict[str, object]:
        """Return what a row of the view of social media says besides."""
        return social_slots(row, self.beside.get(row.number), self.words, _skeleton)
