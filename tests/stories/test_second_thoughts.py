"""What was settled comes back, and what was written down is changed, while clocks run."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import jobs
from app.clock import now
from app.db import db
from app.desk import aims, delivery
from app.models import Conversation, Event, Firing, Message
from app.runs import intake
from channels.contract import Raw
from tests import world as cast
from tests.fixtures.databases import Clock
from tests.servers.smtp_sink import SmtpSink
from tests.stories.bounce import returned
from tests.stories.shop_of_clocks import SHOP, Shop, berlin, keep_hours, open_shop


@pytest.fixture
def shop(app: Flask, client: FlaskClient, clock: Clock, sink: SmtpSink) -> Shop:
    """Wednesday 25 November 2026, three in the afternoon."""
    return open_shop(app, client, clock, sink, written="2026-11-25 15:00", region="DE-BY")


def answers(shop: Shop, number: int) -> Message:
    """Let Max answer in his browser, and the postman carry it."""
    conversation = db.session.scalar(select(Conversation.id).where(Conversation.ticket_id == number))
    form = {"conversation": str(conversation), "text": "Morgen."}
    assert shop.client.post(f"/tickets/{number}/replies", data=form).status_code < 400
    (message_id,) = delivery.waiting(at=now())
    jobs.deliver(message_id)
    return cast.message(message_id)


def comes_back(shop: Shop, message: Message) -> None:
    report = returned(message.external_id, recipient="eva@kundin.example", shop=SHOP)
    raw = Raw(content=report, source="Story")
    list(intake.take_in_and_file(shop.world.channel, [raw], at=now()))


def explanation(shop: Shop, number: int) -> str:
    return " ".join(shop.client.get(f"/tickets/{number}/clocks").text.split())


def test_an_answer_that_comes_back_is_owed_again_with_its_old_deadline(shop: Shop) -> None:
    number = shop.writes("eva")
    (owed,) = cast.obligations(number)
    before = (owed.due_at, owed.target_minutes)
    shop.turns("2026-11-25 16:00")
    message = answers(shop, number)
    (met,) = cast.obligations(number)
    assert (met.verdict, met.elapsed_seconds) == ("met", 3600)
    assert f"Beantwortet mit Nachricht {message.id}" in explanation(shop, number)

    shop.turns("2026-11-26 10:30")
    comes_back(shop, message)
    (again,) = cast.obligations(number)
    assert (again.due_at, again.target_minutes, again.verdict) == (*before, "")
    assert cast.ticket(number).due_at == before[0]
    assert "Beantwortet mit" not in explanation(shop, number)

    # Three quarters had passed while it looked answered; that is told at once, the breach at its own time.
    shop.ticks()
    shop.turns("2026-11-26 11:00")
    shop.ticks()
    assert list(db.session.scalars(select(Firing.rung).order_by(Firing.id))) == ["75", "breach"]


def test_a_day_off_that_is_added_moves_what_runs_and_says_so(shop: Shop) -> None:
    answered, waiting = shop.writes("otto"), shop.writes("eva")
    shop.turns("2026-11-25 15:30")
    answers(shop, answered)
    calendar_id = aims.newest_hours(None).calendar_id

    shop.turns("2026-11-25 16:00")
    keep_hours(calendar_id, region="DE-BY", at=now(), own_days={"2026-11-26": "Betriebsversammlung"})
    (moved,) = cast.obligations(waiting)
    assert moved.due_at == berlin("2026-11-27 11:00")
    assert "Do., 26.11.: Betriebsversammlung; Fr., 27.11.: 09:00–11:00 = 2 Std." in explanation(shop, waiting)
    assert db.session.scalar(select(Event.kind).where(Event.ticket_id == waiting, Event.kind == "moved")) == "moved"
    (over,) = cast.obligations(answered)
    assert (over.due_at, over.verdict) == (berlin("2026-11-26 11:00"), "met")
    assert "Betriebsversammlung" not in explanation(shop, answered)

    shop.turns("2026-11-26 12:00")
    shop.ticks()
    assert db.session.scalar(select(Firing.id)) is None
    shop.turns("2026-11-27 11:00")
    shop.ticks()
    assert db.session.scalar(select(Firing.rung).where(Firing.is_superseded.is_(False))) == "breach"


def test_hours_that_change_in_the_middle_count_each_day_by_its_own_version(shop: Shop) -> None:
    number = shop.writes("eva")
    calendar_id = aims.newest_hours(None).calendar_id
    shop.turns("2026-11-25 16:30")
    short = {day: [["10:00", "12:00"]] for day in cast.WEEKDAYS}
    keep_hours(calendar_id, region="DE-BY", at=now(), weekly_hours=short, valid_from=berlin("2026-11-26 00:00").date())
    # Two hours of Wednesday as they were, then two of Thursday as they are.
    (owed,) = cast.obligations(number)
    assert (owed.due_at, owed.calendar_version) == (berlin("2026-11-26 12:00"), 3)
    told = explanation(shop, number)
    assert "Mi., 25.11.: 15:00–17:00 = 2 Std.; Do., 26.11.: 10:00–12:00 = 2 Std.; zusammen 4 Std." in told
    assert "Fassung 3" in told
