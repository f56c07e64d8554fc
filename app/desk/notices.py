"""Mails to one of us: claimed, handed over, settled like answers to customers, but never a matter of clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update

from app.db import database_now, db, transaction
from app.desk import passwords
from app.desk.accounts import account_of
from app.desk.postponing import claimed
from app.models import UNTOLD, Agent, Channel, Notification, NotificationState, Ticket, Via
from channels.contract import Account, DeliveryError, DeliveryFault, Handle, Outgoing

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (2, 5, 15, 30, *[60] * 11))
"""Waiting times after faults, twelve hours in all; they begin when the recipient's hours let it go out first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A claimed notification; without an account there is no mail channel to send it through."""

    notification_id: int
    account: Account | None
    outgoing: Outgoing


def claim(notification_id: int, *, base_url: str, at: datetime) -> Notice | None:
    """Take a queued notification for sending; None if another worker has it."""
    with transaction() as afterwards:
        notification = claimed(notification_id, via=Via.MAIL, at=at, afterwards=afterwards)
        if notification is None:
            return None
        agent = db.session.get_one(Agent, notification.agent_id)
        channel = _mail_channel(notification.ticket_id)
        domain = (channel.address if channel else "").rpartition("@")[2] or "faden.invalid"
        outgoing = Outgoing(
            external_id=f"faden.notice.{notification.id}@{domain}",
            recipient=Handle(kind="email", value=agent.email, name=agent.name),
            subject=notification.subject,
            text=f"{_linked(notification.text, base_url)}\n\n{base_url}{_path(notification, agent)}\n",
            is_automatic=True,
            sent_at=notification.at,
        )
        return Notice(
            notification_id=notification_id, account=account_of(channel) if channel else None, outgoing=outgoing
        )


def _linked(text: str, base_url: str) -> str:
    """Return the text with every line that is a path of ours made an address: a digest names many tickets."""
    return "\n".join(f"{base_url}{line}" if line.startswith("/") else line for line in text.split("\n"))


def _path(notification: Notification, agent: Agent) -> str:
    """Return the page a notification is about."""
    if notification.kind == passwords.KIND:
        return passwords.path_of(notification, agent)
    return f"/tickets/{notification.ticket_id}" if notification.ticket_id else "/"


def _mail_channel(ticket_id: int | None) -> Channel | None:
    """Return the mail channel to speak through: the team's own if it has one, else the first."""
    team_id = db.session.scalar(select(Ticket.team_id).where(Ticket.id == ticket_id)) if ticket_id else None
    return db.session.scalars(
        select(Channel)
        .where(Channel.kind == "email", Channel.is_paused.is_(False))
        .order_by((Channel.team_id == team_id).desc() if team_id else Channel.id, Channel.id)
    ).first()


def settle(notification_id: int, *, at: datetime) -> None:
    """The mail was accepted."""
    _finish(notification_id, {"state": NotificationState.SENT, "sent_at": at, "fault_words": ""})


def fail(notification_id: int, error: DeliveryError, *, at: datetime) -> None:
    """The mail was not accepted: again later, or given up with the reason."""
    attempts = db.session.get_one(Notification, notification_id).attempts
    is_final = error.is_permanent or attempts > len(BACKOFF)
    state = NotificationState.FAILED if is_final else NotificationState.QUEUED
    if error.fault is DeliveryFault.UNSURE:
        state = NotificationState.UNSURE
    _finish(
        notification_id,
        {"state": state, "retry_at": at + BACKOFF[min(attempts, len(BACKOFF)) - 1], "fault_words": error.words[:500]},
    )


def _finish(notification_id: int, values: dict[str, object]) -> None:
    with transaction():
        db.session.execute(
            update(Notification)
            .where(Notification.id == notification_id, Notification.state == NotificationState.SENDING)
            .values(**values)
        )


def waiting(*, at: datetime, limit: int = 200) -> list[int]:
    """Return queued notifications whose time has come."""
    return _ids(
        UNTOLD
        & (Notification.via == Via.MAIL)
        & (Notification.state == NotificationState.QUEUED)
        & or_(Notification.retry_at.is_(None), Notification.retry_at <= at),
        limit,
    )


def lose_track(*, lease: float) -> None:
    """Mark notifications whose worker died as unsure; telling a lead twice is worse than asking the list."""
    with transaction():
        now = db.session.execute(select(database_now())).scalar_one()
        db.session.execute(
            update(Notification)
            .where(
                UNTOLD,
                Notification.via == Via.MAIL,
                Notification.state == NotificationState.SENDING,
                Notification.claimed_at < now - timedelta(seconds=lease),
            )
            .values(state=NotificationState.UNSURE)
        )


def _ids(condition: ColumnElement[bool], limit: int) -> list[int]:
    return list(db.session.scalars(select(Notification.id).where(condition).order_by(Notification.id).limit(limit)))
