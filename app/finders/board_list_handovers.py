"""The lists behind the hand-overs between teams: those that wait, and those that were answered in the days."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, null, or_
from sqlalchemy.orm import aliased

from app.finders.board_figures import NO_GIVER, Figure, Narrowed
from app.finders.board_list_columns import instant, of_ticket
from app.finders.board_scope import Scope, Span
from app.models import PENDING, ClockKind, Handover, HandoverState, Team, Ticket, TicketClock

_from, _to = aliased(Team), aliased(Team)
_STATES = {
    Figure.ACCEPTED: HandoverState.ACCEPTED,
    Figure.ACCEPTED_LATE: HandoverState.ACCEPTED,
    Figure.DECLINED: HandoverState.DECLINED,
    Figure.RETURNED: HandoverState.RETURNED,
}


def handovers(scope: Scope, span: Span, figure: Figure, narrowed: Narrowed) -> Select[*tuple[Any, ...]]:
    """Return what waits, the longest first, or what was answered, the newest first."""
    is_acceptance = and_(TicketClock.handover_id == Handover.id, TicketClock.kind == ClockKind.ACCEPTANCE)
    is_waiting = figure is Figure.ASKED
    order = (Handover.at, Handover.id) if is_waiting else (Handover.answered_at.desc(), Handover.id.desc())
    return (
        of_ticket(Handover.at, TicketClock.due_at, TicketClock.elapsed_seconds, TicketClock.target_minutes)
        .add_columns(Handover.reason, null(), null(), null(), TicketClock.verdict, _from.name, _to.name)
        .join(Handover, Handover.ticket_id == Ticket.id)
        .join(_to, _to.id == Handover.to_team_id)
        .outerjoin(_from, _from.id == Handover.from_team_id)
        .outerjoin(TicketClock, is_acceptance)
        .outerjoin(Team, Team.id == Ticket.team_id)
        .where(*([PENDING] if is_waiting else _over(figure, span)), *_between(scope, narrowed))
        .order_by(*order)
    )


def _over(figure: Figure, span: Span) -> list[Any]:
    is_late = [TicketClock.verdict == "breached"] if figure is Figure.ACCEPTED_LATE else []
    answered = [Handover.answered_at >= instant(span.begins_at), Handover.answered_at < instant(span.ends_at)]
    return [Handover.state == _STATES[figure], *answered, *is_late]


def _between(scope: Scope, narrowed: Narrowed) -> list[Any]:
    conditions: list[Any] = []
    if not scope.is_all:
        conditions = [or_(Handover.from_team_id.in_(scope.team_ids), Handover.to_team_id.in_(scope.team_ids))]
    if narrowed.giver:
        conditions.append(_from.id.is_(None) if narrowed.giver == NO_GIVER else _from.name == narrowed.giver)
    if narrowed.receiver:
        conditions.append(_to.name == narrowed.receiver)
    return conditions
