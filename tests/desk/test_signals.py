"""What a platform tells besides messages: a line of the timeline, or a channel that turns red."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.db import db
from app.desk import channels, signals
from app.models import Channel, Conversation, Event
from channels.contract import Health, Signal, SignalType
from tests.desk.voices import EVA, MINUTE, Page, dm, events
from tests.world import HOUR, MONDAY_NINE, conversation_of


def tell(page: Page, type_: SignalType, **values: Any) -> None:
    defaults: dict[str, Any] = {
        "external_id": f"{type_}:1",
        "sent_at": MONDAY_NINE + MINUTE,
        "words": "Kam über eine Anzeige.",
    }
    signals.apply(Signal(type=type_, **{**defaults, **values}), channel_id=page.channel, at=MONDAY_NINE + HOUR)


def channel(page: Page) -> Channel:
    db.session.expire_all()
    return db.session.get_one(Channel, page.channel)


def test_where_somebody_came_from_is_a_line_of_their_timeline(page: Page) -> None:
    filed = page.hear(dm())
    for _ in range(2):
        tell(page, SignalType.REFERRAL, conversation_key=EVA.value)
    told = db.session.scalars(select(Event).where(Event.kind == "referred")).one()
    assert (told.ticket_id, told.details) == (filed.ticket_id, {"words": "Kam über eine Anzeige."})
    assert db.session.get_one(Conversation, conversation_of(filed)).heard_at == MONDAY_NINE + MINUTE


def test_where_somebody_came_from_waits_for_their_first_message(page: Page) -> None:
    tell(page, SignalType.REFERRAL, conversation_key=EVA.value)
    filed = page.hear(dm())
    assert events(filed.ticket_id) == ["opened", "referred"]


def test_another_tool_that_takes_a_thread_is_told(page: Page) -> None:
    filed = page.hear(dm())
    tell(page, SignalType.HANDOVER, conversation_key=EVA.value, words="Ein anderes Werkzeug hat übernommen.")
    assert events(filed.ticket_id) == ["opened", "thread_moved"]


def test_a_revoked_authorisation_turns_the_channel_red_by_its_code(page: Page) -> None:
    tell(page, SignalType.ACCOUNT, words="Der Zugang wurde entzogen.", is_alarm=True, code="190")
    red = channel(page)
    assert (red.problem, red.problem_code) == ("Der Zugang wurde entzogen.", "190")


def test_a_repeated_alarm_does_not_turn_a_mended_channel_red_again(page: Page) -> None:
    tell(page, SignalType.ACCOUNT, is_alarm=True, code="190")
    channels.report_well(page.channel, at=MONDAY_NINE + HOUR)
    tell(page, SignalType.ACCOUNT, is_alarm=True, code="190")
    assert channel(page).problem == ""


def test_a_warning_without_a_conversation_is_kept_with_the_channel(page: Page) -> None:
    tell(page, SignalType.POLICY, words="Die Plattform warnt.")
    told = db.session.scalars(select(Event).where(Event.kind == "channel_told")).one()
    assert (told.ticket_id, told.details) == (None, {"words": "Die Plattform warnt.", "channel": page.channel})
    assert channel(page).problem == ""


def test_what_a_platforms_rules_forbid_lasts_until_it_allows_it_again(page: Page) -> None:
    tell(page, SignalType.POLICY, words="Die Seite ist gesperrt.", is_alarm=True, code="368")
    channels.report_health(page.channel, Health(is_ok=True), at=MONDAY_NINE + HOUR)
    assert channel(page).problem == "Die Seite ist gesperrt."
    tell(page, SignalType.POLICY, external_id="policy:2", words="Die Sperre ist aufgehoben.")
    assert channel(page).problem == ""
