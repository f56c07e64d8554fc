"""Platforms repeat themselves and keep no order: whatever comes first, the same tickets hold the same words."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.db import db
from app.desk import changes, early
from app.models import Conversation, Message, Obligation, Revision
from channels.contract import Change, ChangeType, Contact
from tests.desk.voices import EVA, EVA_IN_PUBLIC, MINUTE, OTTO, OTTO_IN_PUBLIC, US, Page, comment, dm, own_dm
from tests.world import MONDAY_NINE

_tales = itertools.count(1)
LATER = MONDAY_NINE + timedelta(hours=6)
Heard = Contact | Change


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens in a tale: by or about Eva or Otto, in private or in public."""

    what: str
    is_otto: bool
    is_public: bool


steps = st.lists(
    st.builds(
        Step,
        st.sampled_from(["writes", "writes", "answered", "edits", "edits", "removes"]),
        st.booleans(),
        st.booleans(),
    ),
    min_size=2,
    max_size=9,
)


def tale(happenings: list[Step], mark: str) -> list[Heard]:
    """Return what a platform tells of them, in order; every id bears the mark, so that tales do not meet."""
    heard: list[Heard] = []
    threads: dict[tuple[bool, bool], list[str]] = {}
    for number, step in enumerate(happenings):
        said = threads.setdefault((step.is_otto, step.is_public), [])
        id_, at = f"{mark}{number}", MONDAY_NINE + number * MINUTE
        if step.what in {"edits", "removes"}:
            if said:
                heard.append(_change(step, said[-1], id_, at))
            continue
        if step.what == "answered" and not said and step.is_public:
            continue
        heard.append(_public(step, id_, at, said, mark) if step.is_public else _private(step, id_, at, mark))
        if step.what == "writes":
            said.append(id_)
    return heard


def _private(step: Step, id_: str, at: datetime, mark: str) -> Contact:
    person = OTTO if step.is_otto else EVA
    who = replace(person, value=f"{mark}{person.value}")
    values: dict[str, Any] = {"external_id": id_, "sent_at": at, "text": f"Text {id_.removeprefix(mark)}"}
    return dm(sender=who, **values) if step.what == "writes" else own_dm(to=who, **values)


def _public(step: Step, id_: str, at: datetime, said: list[str], mark: str) -> Contact:
    person = OTTO_IN_PUBLIC if step.is_otto else EVA_IN_PUBLIC
    is_own = step.what == "answered"
    return comment(
        external_id=id_,
        sender=US if is_own else replace(person, value=f"{mark}{person.value}"),
        is_own=is_own,
        sent_at=at,
        text=f"Text {id_.removeprefix(mark)}",
        replies_to=tuple(said[-1:]),
        conversation_key=said[0] if said else id_,
    )


def _change(step: Step, about: str, id_: str, at: datetime) -> Change:
    type_ = ChangeType.EDIT if step.what == "edits" else ChangeType.REMOVAL
    return Change(external_id=id_, type=type_, about=about, sent_at=at, text=f"Neu {id_[-1]}")


def tell(page: Page, heard: list[Heard]) -> None:
    for each in heard:
        if isinstance(each, Contact):
            page.hear(each, at=LATER)
        else:
            changes.apply(each, channel_id=page.channel, at=LATER)
    early.catch_up(at=LATER)


def told(mark: str) -> list[list[tuple[object, ...]]]:
    """Return what stands on each ticket of a tale: the words, their former words, and whether they are answered."""
    db.session.expire_all()
    rows = db.session.execute(
        select(Conversation.ticket_id, Message, Obligation.state)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(Obligation, Obligation.message_id == Message.id)
        .where(Message.external_id.startswith(mark))
        .order_by(Message.sent_at)
    )
    tickets: dict[int, list[tuple[object, ...]]] = {}
    for ticket_id, message, state in rows:
        former = select(Revision.text).where(Revision.message_id == message.id).order_by(Revision.until)
        tickets.setdefault(ticket_id, []).append(
            (
                message.external_id.removeprefix(mark),
                message.text,
                tuple(db.session.scalars(former)),
                message.direction,
                message.removed_at,
                state,
            )
        )
    return sorted(tickets.values(), key=str)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happenings=steps, picking=st.randoms(use_true_random=False))
def test_repeated_and_swapped_reports_leave_the_same_tickets_and_words(
    page: Page, happenings: list[Step], picking: Any
) -> None:
    number = next(_tales)
    ordered, mixed = tale(happenings, f"a{number}-"), tale(happenings, f"b{number}-")
    mixed += [each for each in mixed if picking.random() < 0.3]
    picking.shuffle(mixed)
    tell(page, ordered)
    tell(page, mixed)
    assert told(f"b{number}-") == told(f"a{number}-")
