"""What is asked when a ticket is closed: who takes a promise that is still open, and why it came to this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.access import Person
from app.db import Afterwards, db, once_more, transaction
from app.desk import clocks, promises, release_ends
from app.desk.writing import held, record
from app.errors import Refused
from app.models import Promise, Team, Ticket, TicketState

LONGEST_CAUSE = 120
MOST_PROPOSED = 20


class Promised(StrEnum):
    """What becomes of an open promise when its ticket is to be closed."""

    UNSAID = ""
    TAKEN = "take"
    """Somebody stands for it; the ticket stays in the list until it is kept."""
    WAIVED = "waive"
    """It is done with, for a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What whoever closes a ticket says besides.

    `cause` None: they said nothing about it. Empty: they would rather not name one; blanks only name one and do not.
    """

    promised: Promised = Promised.UNSAID
    owner_id: int | None = None
    """Who takes the promise; None: whoever closes."""
    reason: str = ""
    cause: str | None = None
    withdraws: bool = False
    """Public answers that wait for their release go back to their authors."""


PLAIN = Terms()


def stays_open(
    ticket: Ticket, terms: Terms, *, is_asking: bool, by: Person, at: datetime, afterwards: Afterwards
) -> bool:
    """Do what the terms say about promises and cause; True if the ticket must stay open. The ticket is held.

    Raises `Refused` where something is asked that the terms do not answer.
    """
    owed = promises.owed_on(ticket.id)
    if owed and terms.promised is Promised.UNSAID:
        raise Refused(
            "Hier ist noch eine Zusage offen: Sagen Sie, wer sie übernimmt, oder warum sie sich erledigt hat.",
            code="promise_open",
        )
    if owed and terms.promised is Promised.TAKEN:
        _hand_on(ticket, owed, terms.owner_id or by.id, by=by, at=at, afterwards=afterwards)
        return True
    waiting = release_ends.waiting_on(ticket.id)
    if waiting and not terms.withdraws:
        raise Refused(
            "Hier wartet noch eine öffentliche Antwort auf ihre Freigabe: Geben Sie sie zurück, oder lassen Sie das "
            "Anliegen offen.",
            code="release_waiting",
        )
    if is_asking and terms.cause is None and _asks_cause(ticket):
        raise Refused("Bitte nennen Sie die Ursache.", field="cause", code="cause_wanted")
    cause = cause_of(terms)
    if owed and not terms.reason.strip():
        raise Refused("Bitte nennen Sie den Grund, aus dem sich die Zusage erledigt hat.", field="reason")
    if waiting:
        release_ends.withdraw_all(ticket, by=by, at=at, afterwards=afterwards)
    promises.stop(ticket.id, at=at, reason=terms.reason)
    if terms.cause is not None:
        ticket.cause = cause
    return False


@once_more
def name_cause(ticket_id: int, cause: str, *, by: Person, at: datetime) -> bool:
    """Say why it came to this, before or after the ticket is resolved; empty takes it back. False if it stood so."""
    with transaction() as afterwards:
        ticket = held(ticket_id)
        if ticket.state is TicketState.JOINED:
            raise Refused("Dieses Anliegen ist mit einem anderen verbunden.")
        words = cause_of(Terms(cause=cause))
        if words == ticket.cause:
            return False
        ticket.cause, ticket.updated_at = words, at
        record("cause", ticket_id=ticket_id, at=at, actor_id=by.id, afterwards=afterwards, cause=words)
    return True


def _asks_cause(ticket: Ticket) -> bool:
    team = db.session.get(Team, ticket.team_id) if ticket.team_id else None
    return team is not None and team.asks_cause


def cause_of(terms: Terms) -> str:
    """Return the cause in one line as it is stored; raises `Refused` where one was to be named and no word stands."""
    words = " ".join((terms.cause or "").split())[:LONGEST_CAUSE]
    if terms.cause and not words:
        raise Refused("Bitte nennen Sie die Ursache.", field="cause")
    return words


def proposals(causes: Sequence[str]) -> list[str]:
    """Return the causes a team proposes as they are stored: each once, none empty; raises `Refused` for too many."""
    found = list(dict.fromkeys(cause_of(Terms(cause=each)) for each in causes if each.strip()))
    if len(found) > MOST_PROPOSED:
        raise Refused("Höchstens %(most)s Ursachen, sonst liest sie niemand.", field="causes", most=MOST_PROPOSED)
    return found


def told(ticket: Ticket) -> dict[str, Any]:
    """Return what the timeline says about the closing."""
    return {"cause": ticket.cause} if ticket.cause else {}


def _hand_on(
    ticket: Ticket, owed: list[Promise], owner_id: int, *, by: Person, at: datetime, afterwards: Afterwards
) -> None:
    """Let somebody stand for the promises, and have the ticket."""
    # Whoever has the ticket sees it.
    ticket.assignee_id, ticket.updated_at = owner_id, at
    owner = promises.able(owner_id, ticket)
    for promise in owed:
        promise.owner_id = owner.id
        promises.tell_owner(ticket, promise, owner, by=by, at=at, afterwards=afterwards)
    clocks.renew(ticket)
    record("promise_passed", ticket_id=ticket.id, at=at, actor_id=by.id, afterwards=afterwards, to=owner.name)
