"""At 100,000 tickets no list walks a table: it reads an index from where its page begins."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.access import Person
from app.db import db
from app.finders import inbox, shell, social, tickets
from app.finders.inbox import Position, View
from app.models import Ticket
from tests.plans.conftest import NOW, Crowd
from tests.plans.reading import Asked, asked_by, faults

KINDS = ("next", "unassigned", "mine", "overdue", "taking-part", "social", "done")
DEEP = 2_000
"""How many tickets come before a deep page."""


def views_of(crowd: Crowd, person: Person) -> list[View]:
    return [*map(_view, KINDS), *([View(kind="team", team_id=crowd.team)] if person != crowd.none else [])]


def _view(kind: str) -> View:
    return View(kind=kind)


def deep_in(view: View) -> Position:
    """Return the place of the n-th of all open, or closed, tickets."""
    key = Ticket.closed_at if view.is_done else Ticket.queue_at
    order = (key.desc(), Ticket.id.desc()) if view.is_done else (key, Ticket.id)
    is_there = Ticket.closed_at.is_not(None) if view.is_done else Ticket.closed_at.is_(None)
    row = db.session.execute(select(key, Ticket.id).where(is_there).order_by(*order).offset(DEEP)).first()
    assert row is not None
    assert row[0] is not None
    return Position(row[0], row[1])


def pages_of(crowd: Crowd, person: Person) -> list[Asked]:
    """Return what the first and a deep page of every view ask."""
    asked = []
    for view in views_of(crowd, person):
        for after in (None, deep_in(view)):
            asked += asked_by(lambda view=view, after=after: inbox.page(person, view, now=NOW, after=after))  # type: ignore[misc]
    return asked


@pytest.mark.parametrize("who", ["one", "three", "none", "admin"])
def test_no_page_of_a_list_walks_a_table(crowd: Crowd, who: str) -> None:
    asked = pages_of(crowd, getattr(crowd, who))
    assert faults(asked) == []


def test_what_stands_beside_rows_of_social_media_is_read_for_them_alone(crowd: Crowd) -> None:
    rows, _more = inbox.page(crowd.admin, View(kind="social"), now=NOW)
    numbers = [row.number for row in rows]
    asked = asked_by(lambda: social.beside(numbers, now=NOW))
    assert len(numbers) == inbox.PAGE
    assert set(social.beside(numbers, now=NOW)) == set(numbers)
    assert len(asked) <= 2
    assert faults(asked) == []


@pytest.mark.parametrize("who", ["one", "three", "none", "admin"])
def test_badges_are_read_not_counted(crowd: Crowd, who: str) -> None:
    asked = asked_by(lambda: shell.surroundings(getattr(crowd, who), now=NOW))
    assert faults(asked) == []


def test_news_of_a_list_read_only_the_tickets_named(crowd: Crowd) -> None:
    asked = asked_by(lambda: inbox.among(crowd.three, View(kind="next"), range(10_001, 10_101), now=NOW))
    assert faults(asked) == []


@pytest.mark.parametrize("sort", ["due", "updated", "created"])
@pytest.mark.parametrize("who", ["one", "three", "admin"])
def test_no_list_for_programs_walks_a_table(crowd: Crowd, who: str, sort: str) -> None:
    person, wanted = getattr(crowd, who), tickets.Wanted(sort=sort)
    _rows, after = tickets.page(person, wanted, limit=50)
    asked = asked_by(lambda: tickets.page(person, wanted, limit=50))
    asked += asked_by(lambda: tickets.page(person, wanted, after=after, limit=50))
    assert faults(asked) == []


def test_a_walk_over_the_whole_table_is_noticed(crowd: Crowd) -> None:
    asked = asked_by(lambda: db.session.scalars(select(Ticket.id).order_by(Ticket.subject).limit(50)).all())
    assert faults(asked) != []
