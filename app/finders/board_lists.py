"""The tickets behind a figure of the overview: every number opens the list of what it counted."""

from __future__ import annotations

from datetime import datetime

from app.access import Person
from app.db import db
from app.finders.board_ahead import HoursOf
from app.finders.board_figures import ANSWERS, CLOCKS, HANDED, MOST, PROMISED, Behind, Figure, Found, Narrowed
from app.finders.board_list_handovers import handovers
from app.finders.board_list_now import breaches, promises, standing
from app.finders.board_list_past import answers, clocks, resolved
from app.finders.board_scope import Scope, Span, midnight, scope
from app.finders.out_of_sight import out_of_sight
from app.models import Ticket


def behind(
    person: Person, figure: Figure, span: Span, narrowed: Narrowed, *, now: datetime, hours_of: HoursOf
) -> Found:
    """Return the tickets behind a figure, at most `MOST`; the most pressing, the newest or the costliest first.

    Raises `NotFound` for whoever watches over nothing.
    """
    found = _counted(scope(person, narrowed.team), figure, span, narrowed, now=now, hours_of=hours_of)
    rows = found[:MOST]
    hidden = out_of_sight(person, (row.number for row in rows if row.number))
    seen = [_hidden(row, hidden[row.number]) if row.number in hidden else row for row in rows]
    return Found(seen, len(found) > MOST)


def _hidden(row: Behind, lies_with: str) -> Behind:
    return row._replace(number=None, customer_name="", subject="", words="", lies_with=lies_with)


def _counted(
    seen: Scope, figure: Figure, span: Span, narrowed: Narrowed, *, now: datetime, hours_of: HoursOf
) -> list[Behind]:
    """Return the rows, one more than are told where there are more."""
    if figure in ANSWERS:
        return answers(seen, span, figure, narrowed)
    if figure in HANDED:
        asked = handovers(seen, span, figure, narrowed)
    elif figure in CLOCKS:
        asked = clocks(seen, span, figure, now)
    elif figure in PROMISED:
        asked = promises(seen, figure, now=now, until=midnight(span, now))
    elif figure is Figure.RESOLVED:
        asked = resolved(seen, span, narrowed.cause)
    elif figure is Figure.BREACHES:
        asked = breaches(seen, narrowed, now=now, hours_of=hours_of)
    else:
        asked = standing(seen, figure, narrowed, now)
    if narrowed.channel:
        asked = asked.where(Ticket.channel_kind == narrowed.channel)
    is_one = figure in {Figure.OLDEST, Figure.OLDEST_PUBLIC}
    return [Behind(*row) for row in db.session.connection().execute(asked.limit(1 if is_one else MOST + 1))]
