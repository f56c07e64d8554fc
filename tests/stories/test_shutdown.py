"""Twenty-six days over Christmas nobody watched the deadlines; then the tick comes back on a holiday, at night."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db
from app.models import Firing, Notification, Obligation, Via
from tests.fixtures.databases import Clock
from tests.servers.smtp_sink import SmtpSink
from tests.stories.shop_of_clocks import Shop, berlin, open_shop

MANY = 12


@pytest.fixture
def shop(app: Flask, client: FlaskClient, clock: Clock, sink: SmtpSink) -> Shop:
    """Friday 11 December 2026, nine o'clock, in Bavaria."""
    return open_shop(app, client, clock, sink, written="2026-12-11 09:00", region="DE-BY")


def fired(*, is_superseded: bool) -> list[str]:
    rows = select(Firing.rung).where(Firing.is_superseded.is_(is_superseded)).order_by(Firing.rung)
    return list(db.session.scalars(rows))


def test_after_a_long_standstill_only_the_highest_rung_fires_and_nobody_is_woken(shop: Shop) -> None:
    numbers = [shop.writes(f"kunde{count}") for count in range(MANY)]
    shop.turns("2026-12-11 10:00")
    shop.ticks()
    shop.stops_ticking()

    # Nobody watches: it says so on every page and to whoever watches over the servers.
    shop.turns("2026-12-11 16:00")
    assert "nicht überwacht" in shop.client.get("/inbox/next").text
    health = shop.client.get("/healthz")
    assert (health.status_code, health.get_json()["parts"]["tick"] != "ok") == (503, True)
    assert fired(is_superseded=False) == []

    # Epiphany, half past three at night, 26 days later: every clock fires its highest rung, once.
    shop.turns("2027-01-06 03:30")
    shop.ticks()
    assert "nicht überwacht" not in shop.client.get("/inbox/next").text
    assert fired(is_superseded=False) == ["breach"] * MANY
    assert fired(is_superseded=True) == ["75"] * MANY
    assert shop.mails("cleo") == []

    # All of the holiday nobody is told anything.
    for hour in ("09:00", "12:00", "17:00"):
        shop.turns(f"2027-01-06 {hour}")
        shop.ticks()
    assert shop.mails("cleo") == []

    # On the next working morning there is one mail about all of them.
    shop.turns("2027-01-07 09:00")
    shop.ticks()
    shop.turns("2027-01-07 09:05")
    shop.ticks()
    (digest,) = shop.mails("cleo")
    assert f"{MANY} Fristen" in str(digest.message["Subject"])
    assert f"/tickets/{numbers[0]}" in digest.message.get_content()
    assert fired(is_superseded=False) == ["breach"] * MANY


def test_a_single_clock_is_told_by_itself_in_the_recipient_s_hours(shop: Shop) -> None:
    shop.writes("eva")
    shop.turns("2027-01-06 03:30")
    shop.ticks()
    assert shop.mails("cleo") == []
    told = select(func.min(Notification.retry_at)).where(Notification.via == Via.MAIL)
    assert db.session.scalar(told) == berlin("2027-01-07 09:00")
    shop.turns("2027-01-07 09:00")
    shop.ticks()
    (word,) = shop.mails("cleo")
    assert "Überfällig" in str(word.message["Subject"])


def test_an_answer_during_the_standstill_leaves_nothing_to_fire(shop: Shop) -> None:
    number = shop.writes("eva")
    shop.turns("2026-12-14 10:00")
    shop.client.post(f"/tickets/{number}/resolution")
    shop.turns("2027-01-07 09:00")
    shop.ticks()
    assert fired(is_superseded=False) == []
    assert shop.mails("cleo") == []
    assert db.session.scalar(select(Obligation.fired)) == ""
