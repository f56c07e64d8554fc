"""What other teams owe the person who writes here: of matters that are or may be the same, before anything is joined.

Only who owes since when, never what the customer wrote there: whoever may not see the other matter learns no more.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app import hearsay
from app.access import Person, visible
from app.db import db
from app.models import (
    UNANSWERED,
    UNKEPT,
    Agent,
    Conversation,
    Promise,
    Suggestion,
    Team,
    Ticket,
    Visit,
)
from app.models.columns import BigId

MOST = 5


class Debt(NamedTuple):
    """One matter beside this one; `is_visible`: the reader may open it."""

    suggestion: int
    number: int
    team: str
    assignee: str
    unanswered_since: datetime | None
    due_at: datetime | None
    promised_until: datetime | None
    promised_by: str
    opened_by: str
    opened_at: datetime | None
    points: int
    reasons: list[dict[str, Any]]
    is_proven: bool
    is_visible: bool
    is_closed: bool
    asked_from_id: int | None
    """From which of the two tickets somebody has asked the other side, who, and when."""
    asked_by: str
    asked_at: datetime | None
    is_hearsay: bool = False
    """That both are one person is said by colleagues who may not see both, and proven by nothing."""

    @property
    def can_join(self) -> bool:
        """Say whether the reader may join both: they see both, it is proven by more than words, or they were asked."""
        is_proven = self.is_proven and not self.is_hearsay
        return self.is_visible or is_proven or self.asked_from_id == self.number


def of(ticket_id: int, person: Person) -> list[Debt]:
    """Return what is suggested about a ticket, the likeliest first; one statement over partial indexes.

    Only where the other matter is hidden and somebody's word made both one person, whose word that was is asked, too.
    """
    rows = db.session.connection().execute(_statement(person), {"ticket": ticket_id})
    return _weighed([_readable(Debt._make(row), ticket_id) for row in rows.all()], ticket_id)


@lru_cache(maxsize=512)
def _statement(person: Person) -> Select[*tuple[Any, ...]]:
    """Return the question of one person, built once: building it costs ten times as much as asking."""
    ticket_id = bindparam("ticket", type_=BigId)
    other = case((Suggestion.ticket_id == ticket_id, Suggestion.other_id), else_=Suggestion.ticket_id)
    owner, visitor, asker = aliased(Agent), aliased(Agent), aliased(Agent)
    promise, visit, here = aliased(Promise), aliased(Visit), aliased(Ticket)
    return (
        select(
            Suggestion.id,
            Ticket.id,
            *(func.coalesce(each.name, "") for each in (Team, Agent)),
            Ticket.oldest_unanswered_at,
            Ticket.due_at,
            promise.due_at,
            *(func.coalesce(each.name, "") for each in (owner, visitor)),
            visit.at,
            Suggestion.points,
            Suggestion.reasons,
            case((and_(Suggestion.is_proven, here.customer_id == Ticket.customer_id), True), else_=False),
            case((visible(person), True), else_=False),
            Ticket.closed_at.is_not(None),
            Suggestion.asked_from_id,
            func.coalesce(asker.name, ""),
            Suggestion.asked_at,
            case((hearsay.is_said(Ticket.customer_id), True), else_=False),
        )
        .select_from(about := _about(ticket_id))
        .join(Suggestion, Suggestion.id == about.c.id)
        .join(Ticket, Ticket.id == other)
        .join(here, here.id == ticket_id)
        .outerjoin(asker, asker.id == Suggestion.asked_by_id)
        .outerjoin(Team, Team.id == Ticket.team_id)
        .outerjoin(Agent, Agent.id == Ticket.assignee_id)
        .outerjoin(promise, promise.id == _next_promise())
        .outerjoin(owner, owner.id == promise.owner_id)
        .outerjoin(visit, visit.id == _last_visit(person))
        .outerjoin(visitor, visitor.id == visit.agent_id)
        .order_by(Suggestion.is_proven.desc(), Suggestion.points.desc(), Suggestion.id)
        .limit(MOST)
    )


def _about(ticket_id: BindParameter[int]) -> Subquery:
    """Return what is suggested about a ticket; each half walks an index, which one condition with "or" does not.

    It stands first in the question: PostgreSQL keeps the order of so many joins as it is written.
    """
    return union_all(
        select(Suggestion.id).where(UNANSWERED, Suggestion.ticket_id == ticket_id),
        select(Suggestion.id).where(UNANSWERED, Suggestion.other_id == ticket_id),
    ).subquery()


def _next_promise() -> ScalarSelect[int]:
    """Return which promise on the other ticket is due first."""
    return (
        select(Promise.id)
        .join(Conversation, Conversation.id == Promise.conversation_id)
        .where(UNKEPT, Conversation.ticket_id == Ticket.id)
        .order_by(Promise.due_at, Promise.id)
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )


def _last_visit(person: Person) -> ScalarSelect[int]:
    """Return when somebody else had the other ticket open last."""
    return (
        select(Visit.id)
        .where(Visit.ticket_id == Ticket.id, Visit.agent_id != person.id)
        .order_by(Visit.at.desc(), Visit.id.desc())
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )


def _weighed(debts: list[Debt], ticket_id: int) -> list[Debt]:
    """Look closer at a word of colleagues, where it alone would open the other matter to the reader."""
    doubtful = {debt.number for debt in debts if debt.is_hearsay and debt.is_proven and not debt.is_visible}
    if doubtful:
        customer_id = db.session.scalars(select(Ticket.customer_id).where(Ticket.id == ticket_id)).one()
        doubtful = {number for number in doubtful if hearsay.binds(ticket_id, number, customer_id)}
    return [debt._replace(is_hearsay=debt.number in doubtful) for debt in debts]


def _readable(debt: Debt, ticket_id: int) -> Debt:
    """Leave out words that were read in the other ticket: on this one nobody wrote them, and who may see them looks."""
    return debt._replace(
        reasons=[
            {**reason, "words": reason["words"] if reason.get("read_in") == ticket_id else ""}
            for reason in debt.reasons
        ]
    )
