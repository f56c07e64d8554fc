"""What a message makes us owe, written down; every deadline of a ticket comes from here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.db import db
from app.desk import aims, owed
from app.desk.aims import Aim, hours_of
from app.desk.writing import add
from app.models import (
    NOTHING_DUE,
    Conversation,
    Obligation,
    ObligationState,
    Ticket,
    TicketState,
)
from sla.hours import BusinessHours
from sla.obligations import Opening, kind_of, open_obligation
from sla.steps import DEFAULT, Steps, to_climb
from sla.targets import Kind


def reckon(aimed: Aim, *, kind: Kind, priority: str, at: datetime) -> Opening:
    """Compute the clock of one message without writing it."""
    return reckoned(aimed.hours, aimed.steps, kind=kind, within=aimed.within(kind, priority), at=at)


def reckoned(hours: BusinessHours, steps: Steps, *, kind: Kind, within: timedelta, at: datetime) -> Opening:
    """Compute a clock with the rungs of its ladder."""
    opening = open_obligation(at, kind, within, hours, ())
    return replace(opening, rungs=steps.rungs(hours, since=at, within=within))


def kind_on(ticket: Ticket, conversation: Conversation | None) -> Kind:
    """Return which answer a message makes us owe now; a conversation that has only just begun was never held."""
    is_held = ticket.held_at is not None or (conversation is not None and conversation.held_at is not None)
    return kind_of(answered_substantively_since_reopen=ticket.answered_at is not None, conversation_held=is_held)


LATE_AFTER = timedelta(hours=24)
"""A message that reaches us later than this comes from an archive or a broken relay."""


def owe(
    aimed: Aim,
    opening: Opening,
    *,
    conversation_id: int,
    message_id: int,
    route: str,
    heard_at: datetime,
    channel_id: int,
    team_id: int | None,
) -> None:
    """Write the one obligation that a customer's message makes us owe.

    Of a late message nobody is told what had passed before we heard it: an imported archive would cry for weeks.
    """
    warn, breach = opening.rungs[0], opening.rungs[-1]
    is_late = heard_at - opening.opened_at > LATE_AFTER
    passed, ahead = to_climb(opening.rungs, "", heard_at) if is_late else ((), warn)
    add(
        Obligation,
        conversation_id=conversation_id,
        message_id=message_id,
        kind=opening.kind.value,
        route=route,
        channel_id=channel_id,
        team_id=team_id,
        policy_id=aimed.policy_id,
        policy_version_id=aimed.policy_version_id,
        calendar_id=aimed.calendar_id,
        calendar_version=aimed.calendar_version,
        target_minutes=whole_minutes(opening.within),
        opened_at=opening.opened_at,
        warn_at=min(warn.at, opening.due_at),
        soon_at=opening.soon_at,
        due_at=opening.due_at,
        breach_at=breach.at,
        fired=passed[-1].name if passed else "",
        rung_at=ahead.at if ahead else None,
        state=ObligationState.OPEN,
    )


def whole_minutes(within: timedelta) -> int:
    """Return a target in minutes, rounded up: nobody gets less than they were given."""
    return -(-within // timedelta(minutes=1))


def refresh(ticket: Ticket) -> None:
    """Write the cache of a ticket's clocks anew from its obligations and promises; a closed ticket shows none."""
    rows, waits_since = owed.on(ticket.id)
    ticket.oldest_unanswered_at = None if ticket.closed_at else waits_since
    if not rows or ticket.closed_at is not None:
        ticket.due_at = ticket.soon_at = ticket.breach_at = None
        ticket.queue_at = NOTHING_DUE
        return
    first = rows[0]
    ticket.due_at, ticket.soon_at, ticket.breach_at = first.due_at, first.soon_at, first.breach_at
    ticket.queue_at = first.due_at


def tighten(ticket: Ticket, opening: Opening) -> None:
    """Take a new obligation into the cache without asking the database: a clock can only pull the deadline forward."""
    if ticket.due_at is None or opening.due_at < ticket.due_at:
        ticket.due_at, ticket.soon_at, ticket.breach_at = opening.due_at, opening.soon_at, opening.breach_at
        ticket.queue_at = opening.due_at
    if ticket.oldest_unanswered_at is None or opening.opened_at < ticket.oldest_unanswered_at:
        ticket.oldest_unanswered_at = opening.opened_at


def next_rung(obligation: Obligation) -> datetime | None:
    """Return when the next rung of an obligation is due; None once all have fired."""
    aimed = aims.aim_by(obligation.policy_version_id) if obligation.policy_version_id else None
    rung = (aimed.steps if aimed else DEFAULT).next_after(
        obligation.fired,
        hours_of(obligation.calendar_id, obligation.calendar_version),
        since=obligation.opened_at,
        within=timedelta(minutes=obligation.target_minutes),
    )
    if rung is None:
        return None
    return max(rung.at, obligation.muted_until or rung.at)


def renew(ticket: Ticket) -> None:
    """Write the cache anew and say whose turn it is on an open ticket: ours while anything is owed."""
    refresh(ticket)
    if ticket.closed_at is None:
        ticket.state = TicketState.OPEN if ticket.due_at is not None else TicketState.WAITING


def is_owed(ticket_id: int) -> bool:
    """Say whether anything on the ticket's conversations is still to be answered, or promised."""
    db.session.flush()
    return bool(owed.on(ticket_id)[0])
