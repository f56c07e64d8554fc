"""What must hold after any storm: nothing lost, nothing doubled, nothing silently sent twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from app.db import db
from app.models import (
    Direction,
    Envelope,
    EnvelopeState,
    Event,
    Message,
    MessageClass,
    MessageState,
    Notification,
    NotificationState,
    Obligation,
    ObligationState,
    Via,
)
from routing.receipts import NEWS_FOR
from tests import world as cast
from tests.kill.storm import Record
from tests.servers.smtp_sink import SmtpSink


def check_mails(names: list[str]) -> None:
    """Every mail was filed once, and none is parked or waiting."""
    heard = [row.external_id for row in db.session.query(Message.external_id).filter(Message.direction == Direction.IN)]
    assert Counter(heard) == Counter(f"m{name}@kundin.example" for name in names)
    assert db.session.query(Envelope).filter(Envelope.state != EnvelopeState.FILED).count() == 0


def check_answers(record: Record, sink: SmtpSink) -> int:
    """Every answer went out once, or is shown as unsure; returns how many are."""
    arrived = Counter(str(mail.message["Message-ID"]).strip("<>") for mail in sink.received)
    outgoing = db.session.query(Message).filter(Message.direction == Direction.OUT).all()
    for message in outgoing:
        expected = {1} if message.state is MessageState.SENT else {0, 1}
        assert message.state in {MessageState.SENT, MessageState.UNSURE}, (message.id, message.state, message.fault)
        assert arrived[message.external_id] in expected, (message.id, message.state, message.attempts)
    texts = [each.text for each in outgoing if each.message_class is MessageClass.SUBSTANTIVE]
    assert sorted(texts) == sorted(record.answered)
    unsure = [message for message in outgoing if message.state is MessageState.UNSURE]
    told = db.session.query(Notification).filter(Notification.state == NotificationState.UNSURE).count()
    # One worker sends one thing at a time, so each of its deaths leaves at most one without an answer.
    assert len(unsure) + told <= record.kills["work"]
    return len(unsure)


def check_receipts() -> None:
    """Every matter was confirmed once, but for mail that was a day late when the clock leapt ahead of it."""
    found = db.session.query(Message.conversation_id).filter(Message.message_class == MessageClass.AUTO)
    receipts = Counter(row.conversation_id for row in found)
    for message in db.session.query(Message).filter(Message.direction == Direction.IN):
        is_late = message.stored_at - message.sent_at > NEWS_FOR - timedelta(minutes=1)
        assert receipts[message.conversation_id] in ({0, 1} if is_late else {1}), (message.id, message.sent_at)


def check_obligations() -> int:
    """Each mail is owed one answer, and each rung fired once; returns how many rungs fired."""
    owed = Counter(row.message_id for row in db.session.query(Obligation.message_id))
    heard = {row.id for row in db.session.query(Message.id).filter(Message.direction == Direction.IN)}
    assert owed == Counter(dict.fromkeys(heard, 1))
    rungs: Counter[tuple[int, str]] = Counter()
    for event in db.session.query(Event).filter(Event.kind.in_(["warned", "breached"])):
        rungs[int(event.details["obligation"]), event.kind] += 1
    assert set(rungs.values()) <= {1}
    for obligation in db.session.query(Obligation):
        check_rungs(
            obligation, has_warned=rungs[obligation.id, "warned"], has_breached=rungs[obligation.id, "breached"]
        )
    return sum(rungs.values())


def check_rungs(obligation: Obligation, *, has_warned: int, has_breached: int) -> None:
    fired = {"": (0, 0), "75": (1, 0), "breach": (has_warned, 1)}[obligation.fired]
    assert (has_warned, has_breached) == fired, obligation.id
    if obligation.state is ObligationState.OPEN:
        assert obligation.fired == "breach", obligation.id


def check_notifications(sink: SmtpSink) -> None:
    """A lead heard of each rung at most once, and exactly once where the mail counts as sent."""
    arrived = Counter(str(mail.message["Message-ID"]).strip("<>") for mail in sink.received)
    keys = Counter((row.agent_id, row.key, row.via) for row in db.session.query(Notification))
    assert set(keys.values()) <= {1}
    for notification in db.session.query(Notification).filter(Notification.via == Via.MAIL):
        count = sum(number for name, number in arrived.items() if name.startswith(f"faden.notice.{notification.id}@"))
        assert count <= 1
        if notification.state is NotificationState.SENT:
            assert count == 1, notification.id


def check_counters() -> None:
    assert cast.counters() == cast.counted()
