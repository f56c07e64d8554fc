"""What customers mean by "gestern früh": a stretch of their own day."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.mentions import Mention, Way, mention_in

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = datetime(2026, 11, 25, 10, 2, tzinfo=BERLIN)


def read(text: str) -> Mention | None:
    return mention_in(text, written_at=WEDNESDAY, zone=BERLIN)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "way", "since", "until"),
    [
        ("Ich habe Ihrem Kundenservice gestern früh eine E-Mail geschrieben", Way.MAIL, at(24, 4), at(24, 12)),
        ("hatte vorgestern schon angerufen", Way.PHONE, at(23), at(24)),
        ("Am Montag habe ich Ihnen auf Instagram geschrieben", Way.MESSENGER, at(23), at(24)),
        ("habe am 20.11. eine Mail geschickt", Way.MAIL, at(20), at(21)),
        ("Vor drei Tagen habe ich eine E-Mail gesendet", Way.MAIL, at(22), at(23)),
        ("letzte Woche habe ich schon nachgefragt", Way.ANY, at(16), at(23)),
        ("I emailed you yesterday morning", Way.MAIL, at(24, 4), at(24, 12)),
    ],
)
def test_a_time_is_read_in_the_writer_s_own_day(text: str, way: Way, since: datetime, until: datetime) -> None:
    found = read(text)

    assert found is not None
    assert (found.way, found.since, found.until) == (way, since, until)


def test_what_was_written_today_lies_before_the_message() -> None:
    found = read("Habe Ihnen heute schon eine Mail geschrieben")

    assert found is not None
    assert found.until == WEDNESDAY


def test_a_complaint_about_silence_is_one_without_a_time() -> None:
    found = read("Auf meine E-Mail kam noch keine Antwort!")

    assert found is not None
    assert (found.way, found.since) == (Way.MAIL, None)


@pytest.mark.parametrize(
    "text",
    ["Wo bleibt mein Paket?", "Guten Tag, ich möchte umtauschen.", "Mein Nachbar hat mir gesprochen gut gefallen.", ""],
)
def test_who_says_nothing_of_the_kind_is_not_taken_to(text: str) -> None:
    assert read(text) is None


@given(st.text(max_size=3000))
def test_no_text_breaks_the_reading(text: str) -> None:
    found = read(text)

    assert found is None or found.words


def test_days_no_calendar_has_are_no_days() -> None:
    found = read("habe am 31.02. eine Mail geschickt")

    assert found is None or found.since is None
