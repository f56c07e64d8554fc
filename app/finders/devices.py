"""The browsers of a person that are told while nobody looks at them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from app.access import Person
from app.db import db
from app.models import PushSubscription


class DeviceRow(NamedTuple):
    id: int
    endpoint: str
    browser: str
    made_at: datetime


def devices(person: Person) -> list[DeviceRow]:
    """Return this person's own, the oldest first."""
    rows = select(
        PushSubscription.id, PushSubscription.endpoint, PushSubscription.browser, PushSubscription.made_at
    ).where(PushSubscription.agent_id == person.id)
    return [DeviceRow._make(row) for row in db.session.execute(rows.order_by(PushSubscription.id))]
