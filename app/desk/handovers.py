"""Handing a matter over to another team: the ball stays with the giver until somebody there has said yes.

While it is pending the ticket itself says whom it asks, so that they see it; the customer's clocks are never touched.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.access import Person
from app.db import Afterwards, db, once_more, transaction
from app.desk import call_tasks, handover_clocks, handover_told, participation
from app.desk.handover_asked import addressee, answerer
from app.desk.writing import badges, held, record, recount
from app.errors import NotFound, Refused
from app.models import PENDING, ClockKind, Event, Handover, HandoverState, Team, Ticket, TicketState

LONGEST_REASON = 300
HELD_BY = "held_by"
"""Key in the details of "handover_accepted": the team that held the ball until then."""


@once_more
def hand_over(
    ticket_id: int, *, to_team_id: int, reason: str, to_agent_id: int | None = None, by: Person, at: datetime
) -> int:
    """Ask another team to take the matter, and return the hand-over's id.

    `to_agent_id`: who of them is asked by name. A team that takes part may ask the one that holds the ball, too: that
    somebody there says yes. Raises `Refused` with the code `handover_pending` while another one
    waits for its answer, `closed` where the matter is done.
    """
    words = _one_line(reason, Refused("Bitte sagen Sie in einer Zeile, warum.", field="reason"))
    with transaction() as afterwards:
        ticket = held(ticket_id)
        team = _receiver(ticket, to_team_id, by)
        asked = addressee(team.id, to_agent_id, at=at)
        before = badges(ticket)
        handover = Handover(
            ticket_id=ticket_id,
            home_ticket_id=ticket_id,
            from_team_id=ticket.team_id if ticket.team_id != team.id else by.team_ids[0],
            to_team_id=team.id,
            to_agent_id=to_agent_id,
            by_id=by.id,
            reason=words,
            at=at,
        )
        db.session.add(handover)
        db.session.flush()
        handover_clocks.start(handover, team, ticket)
        ask(ticket, handover, asked)
        ticket.updated_at = at
        names: dict[str, Any] = {
            "team": team.name,
            "reason": words,
            "handover": handover.id,
            "agent": asked.name if asked else "",
        }
        record("handed_over", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards, **names)
        recount(before, badges(ticket))
        handover_told.asked(handover, ticket, asked, team=team.name, by=by, at=at, afterwards=afterwards)
    return handover.id


def _one_line(text: str, missing: Refused) -> str:
    words = " ".join(text.split())
    if not words:
        raise missing
    if len(words) > LONGEST_REASON:
        raise Refused("Der Grund ist zu lang: höchstens %(most)s Zeichen.", field="reason", most=LONGEST_REASON)
    return words


def _receiver(ticket: Ticket, to_team_id: int, by: Person) -> Team:
    if ticket.state is TicketState.JOINED:
        raise Refused("Dieses Anliegen ist mit einem anderen verbunden.", code="closed")
    if ticket.closed_at is not None:
        raise Refused("Dieses Anliegen ist erledigt.", code="closed")
    if ticket.asked_team_id is not None:
        raise Refused("Dieses Anliegen ist schon übergeben und wartet auf Antwort.", code="handover_pending")
    team = db.session.get(Team, to_team_id)
    if team is None:
        raise NotFound("Dieses Team gibt es nicht.")
    if team.id == ticket.team_id and (team.id in by.team_ids or not by.team_ids):
        raise Refused("Das Anliegen liegt schon bei diesem Team.", field="team")
    return team


def ask(ticket: Ticket, handover: Handover, asked: object | None) -> None:
    """Write on the ticket whom it asks."""
    ticket.asked_team_id, ticket.asked_at = handover.to_team_id, handover.at
    ticket.asked_agent_id = getattr(asked, "id", None)


def forget_asking(ticket: Ticket) -> None:
    """Let the ticket ask nobody any more, to call its customer neither."""
    ticket.asked_team_id = ticket.asked_agent_id = ticket.asked_at = None
    call_tasks.follow(ticket)


@once_more
def accept(ticket_id: int, *, by: Person, at: datetime) -> int:
    """Take the matter over: team and assignee change in this commit. Returns the hand-over's id.

    Raises `Refused` with the code `no_handover` where nothing is pending, `not_asked` for somebody who was not asked.
    """
    with transaction() as afterwards:
        ticket = held(ticket_id)
        handover = pending(ticket)
        answerer(ticket, by)
        before = badges(ticket)
        held_by_id = ticket.team_id
        assignee_id = _taker(ticket, by)
        take(ticket, handover, held_by_id=held_by_id, by=by, assignee_id=assignee_id, at=at, afterwards=afterwards)
        recount(before, badges(ticket))
    return handover.id


def _taker(ticket: Ticket, by: Person) -> int | None:
    """Return who has it from now on; an administrator who only says yes for a team does not."""
    return by.id if ticket.asked_team_id in by.team_ids or ticket.asked_agent_id == by.id else None


def take(
    ticket: Ticket,
    handover: Handover,
    *,
    held_by_id: int | None,
    by: Person,
    assignee_id: int | None,
    at: datetime,
    afterwards: Afterwards,
) -> None:
    """Inside a verb that holds the ticket and moves its counters: the receiving team has it from now on.

    `held_by_id`: the team that held the ball until then, the receiving one where only its yes was asked for.
    """
    answer(handover, HandoverState.ACCEPTED, by_id=by.id, at=at)
    handover.from_agent_id = ticket.assignee_id
    ticket.team_id, ticket.assignee_id, ticket.updated_at = handover.to_team_id, assignee_id, at
    participation.gave(ticket, _giver(handover, held_by_id), by_id=by.id, at=at)
    forget_asking(ticket)
    handover_clocks.accept(handover, at=at)
    handover_clocks.leave(ticket, at=at)
    names: dict[str, Any] = {"team": _name(handover.to_team_id), "handover": handover.id, HELD_BY: held_by_id}
    record("handover_accepted", ticket_id=ticket.id, at=at, actor_id=by.id, afterwards=afterwards, **names)


def _giver(handover: Handover, held_by_id: int | None) -> int | None:
    """Return the team that gave the matter away, or asked the one that had it already."""
    return held_by_id if held_by_id != handover.to_team_id else handover.from_team_id


@once_more
def decline(ticket_id: int, *, reason: str, by: Person, at: datetime) -> int:
    """Say no, and why: the matter stays where it was, and its lead hears of it. Returns the hand-over's id."""
    words = _one_line(reason, Refused("Bitte sagen Sie in einer Zeile, warum Sie ablehnen.", field="reason"))
    with transaction() as afterwards:
        ticket = held(ticket_id)
        handover = pending(ticket)
        answerer(ticket, by)
        give_back(ticket, handover, HandoverState.DECLINED, reason=words, by=by, at=at, afterwards=afterwards)
    return handover.id


@once_more
def withdraw(ticket_id: int, *, by: Person, at: datetime) -> int:
    """Take the question back before anybody has answered; only the giving side may. Returns the hand-over's id."""
    with transaction() as afterwards:
        ticket = held(ticket_id)
        handover = pending(ticket)
        giver_id = _giver(handover, ticket.team_id)
        own = {handover.by_id, ticket.assignee_id if giver_id == ticket.team_id else None}
        if not (by.is_admin or giver_id in by.team_ids or by.id in own):
            raise Refused("Zurücknehmen kann diese Übergabe nur, wer übergibt.", code="not_giver")
        give_back(ticket, handover, HandoverState.WITHDRAWN, by=by, at=at, afterwards=afterwards)
    return handover.id


def give_back(
    ticket: Ticket,
    handover: Handover,
    state: HandoverState,
    *,
    reason: str = "",
    by: Person | None,
    at: datetime,
    afterwards: Afterwards,
) -> None:
    """Inside a verb that holds the ticket: the ball stays with the giver, who is asked nothing more."""
    before = badges(ticket)
    team = _name(handover.to_team_id)
    answer(handover, state, by_id=by.id if by else None, reason=reason, at=at)
    handover_clocks.drop(handover, at=at, reason=state.value)
    forget_asking(ticket)
    handover_clocks.mark(ticket)
    ticket.updated_at = at
    names: dict[str, Any] = {"team": team, "handover": handover.id, "reason": reason}
    kind, actor = f"handover_{state.value}", by.id if by else None
    record(kind, ticket_id=ticket.id, at=at, actor_id=actor, afterwards=afterwards, **names)
    recount(before, badges(ticket))
    handover_told.no_longer_asked(handover.to_team_id, at=at, afterwards=afterwards)
    handover_told.given_back(handover, ticket, team=team, by=by, at=at, afterwards=afterwards)


@once_more
def take_back_acceptance(ticket_id: int, *, by: Person, at: datetime) -> int:
    """Undo an acceptance: the hand-over waits for its answer again, as if nobody had given one."""
    with transaction() as afterwards:
        ticket = held(ticket_id)
        handover = db.session.scalars(
            select(Handover).where(Handover.ticket_id == ticket_id).order_by(Handover.id.desc()).limit(1)
        ).first()
        if not _is_fresh(ticket, handover, by) or handover is None:
            raise Refused("Diese Annahme lässt sich nicht mehr zurücknehmen.", code="no_handover")
        before = badges(ticket)
        ask_again(ticket, handover, by=by, at=at, afterwards=afterwards)
        recount(before, badges(ticket))
    return handover.id


def ask_again(ticket: Ticket, handover: Handover, *, by: Person, at: datetime, afterwards: Afterwards) -> None:
    """Inside a verb that holds the ticket and moves its counters: an accepted hand-over waits for its answer again."""
    accepted_at, held_by_id = handover.answered_at, _held_by(handover)
    handover.state, handover.answered_at, handover.answered_by_id = HandoverState.PENDING, None, None
    ticket.team_id, ticket.assignee_id, ticket.updated_at = held_by_id, handover.from_agent_id, at
    participation.gave_not(ticket, _giver(handover, held_by_id), accepted_at=accepted_at)
    call_tasks.follow(ticket)
    ask(ticket, handover, addressee(handover.to_team_id, handover.to_agent_id, at=at))
    for clock in handover_clocks.ended(handover, ClockKind.ACCEPTANCE):
        handover_clocks.run_on(clock)
    _restore_work(ticket.id, left_at=accepted_at)
    handover_clocks.mark(ticket)
    names: dict[str, Any] = {"team": _name(handover.to_team_id), "handover": handover.id}
    record("handover_unaccepted", ticket_id=ticket.id, at=at, actor_id=by.id, afterwards=afterwards, **names)


def _held_by(handover: Handover) -> int | None:
    """Return the team that held the ball when the hand-over was accepted last."""
    accepted = select(Event.details).where(Event.ticket_id == handover.ticket_id, Event.kind == "handover_accepted")
    rows = db.session.scalars(accepted.order_by(Event.id.desc()))
    told = next((details for details in rows if details["handover"] == handover.id), {})
    held_by_id: int | None = told.get(HELD_BY, handover.from_team_id)
    return held_by_id


def _is_fresh(ticket: Ticket, handover: Handover | None, by: Person) -> bool:
    return (
        handover is not None
        and handover.state is HandoverState.ACCEPTED
        and handover.answered_by_id == by.id
        and handover.done_at is None
        and ticket.team_id == handover.to_team_id
        and ticket.closed_at is None
    )


def _restore_work(ticket_id: int, *, left_at: datetime | None) -> None:
    """Let those clocks run on that ended because the ball went to the team that now gives it back."""
    earlier = select(Handover).where(Handover.ticket_id == ticket_id, Handover.state == HandoverState.ACCEPTED)
    for handover in db.session.scalars(earlier):
        for clock in handover_clocks.ended(handover, ClockKind.WORK):
            if clock.verdict == handover_clocks.MOVED_ON and clock.settled_at == left_at:
                handover_clocks.run_on(clock)


def pending(ticket: Ticket) -> Handover:
    """Return what waits for an answer on a ticket that is held; raises `Refused` with the code `no_handover`."""
    found = db.session.scalars(select(Handover).where(PENDING, Handover.ticket_id == ticket.id)).first()
    if found is None:
        raise Refused("Hier wartet keine Übergabe auf Antwort.", code="no_handover")
    return found


def answer(handover: Handover, state: HandoverState, *, by_id: int | None, reason: str = "", at: datetime) -> None:
    """Let the database decide who was first; raises `Refused` with the code `no_handover` for the second."""
    taken = db.session.scalar(
        update(Handover)
        .where(PENDING, Handover.id == handover.id)
        .values(state=state, answered_at=at, answered_by_id=by_id, answer=reason)
        .returning(Handover.id)
    )
    if taken is None:
        raise Refused("Hier wartet keine Übergabe auf Antwort.", code="no_handover")
    db.session.refresh(handover)


def _name(team_id: int) -> str:
    return db.session.scalar(select(Team.name).where(Team.id == team_id)) or ""
