"""An explanation says in German and in English what was counted, what was not, and what would end the clock."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from sla.explained import explained, in_one
from sla.explanation import Basis, Changed, Ended, Ending, Explanation, Rest, Start, Subject, counted_days
from sla.holiday import holidays_of, name_of
from sla.hours import BusinessHours
from sla.standing import Holding
from sla.wording import ENGLISH, GERMAN, tongue
from tests.sla.calendars import BERLIN, CARE, berlin, minutes

HOLIDAYS = {holiday.on: holiday.name_de for holiday in holidays_of("DE-BY", range(2025, 2027))}
BASIS = Basis(
    rule="E-Mail",
    version=2,
    valid_from=berlin("2025-01-01 00:00"),
    criteria=(("team", "Kundenservice"), ("route", "email")),
    calendar="Servicezeit",
    calendar_version=3,
)


def why(since: str, within: int, now: str, *, hours: BusinessHours = CARE, **more: Any) -> Explanation:
    opened_at, target, at = berlin(since), minutes(within), berlin(now)
    due_at = hours.due(opened_at, target)
    plain = Explanation(
        subject=Subject.FIRST,
        zone=BERLIN,
        now=at,
        start=Start(at=opened_at, route="email", message=12),
        basis=BASIS,
        within=target,
        due_at=due_at,
        breach_at=hours.breach(opened_at, target),
        days=counted_days(hours, zone=BERLIN, since=opened_at, until=due_at, holidays=HOLIDAYS),
        elapsed=hours.between(opened_at, at),
        holding=Holding.OWN_CONVERSATION,
    )
    return replace(plain, **more)


def german(of: Explanation) -> dict[str, str]:
    return {line.title: line.text for line in explained(of, language="de")}


def test_what_counted_is_told_day_by_day_over_whitsun() -> None:
    told = german(why("2025-06-06 16:05", 240, "2025-06-10 10:00"))
    assert told["Gezählt"] == (
        "Fr., 06.06.: 16:05–17:00 = 55 Min.; Sa., So. frei; Mo., 09.06.: Pfingstmontag; "
        "Di., 10.06.: 09:00–12:05 = 3 Std. 5 Min.; zusammen 4 Std."
    )
    assert told["Fällig"] == "Di., 10.06.2025, 12:05 Uhr."
    assert told["Stand"] == "Di., 10.06.2025, 10:00 Uhr: 1 Std. 55 Min. verbraucht, noch 2 Std. 5 Min."


def test_the_rule_says_its_version_and_why_it_was_chosen() -> None:
    told = german(why("2025-06-06 16:05", 240, "2025-06-10 10:00"))
    assert told["Regel"] == (
        "„E-Mail“, Fassung 2 (gilt seit Mi., 01.01.2025, 00:00 Uhr). "
        "Sie gilt für das Team „Kundenservice“ und den Weg E-Mail; keine genauere passt."
    )
    assert "Fassung 3, Europe/Berlin" in told["Ziel"]


def test_the_same_stands_there_in_english() -> None:
    lines = explained(why("2025-06-06 16:05", 240, "2025-06-10 10:00"), language="en-GB")
    assert [line.title for line in lines] == ["Rule", "Start", "Target", "Counted", "Due", "Now", "What ends it"]
    assert "Fri 06/06: 16:05–17:00 = 55 min; Sat, Sun closed; Mon 09/06: Pfingstmontag" in in_one(lines)


def test_a_budget_that_ends_at_closing_time_leaves_the_evening() -> None:
    told = german(why("2025-06-06 13:00", 240, "2025-06-06 18:00"))
    assert "Bis sie am Di., 10.06.2025, 09:00 Uhr wieder beginnt, ist eine Antwort rechtzeitig." in told["Fällig"]


@pytest.mark.parametrize(
    ("answered", "words"),
    [
        ("2025-06-10 12:05", "rechtzeitig, nach 4 Std. Servicezeit."),
        ("2025-06-10 12:17", "nach 4 Std. 12 Min. Servicezeit, 12 Min. zu spät."),
    ],
)
def test_an_answer_is_told_with_its_verdict(answered: str, words: str) -> None:
    at = berlin(answered)
    ending = Ending(state=Ended.MET, at=at, by="Ada", message=14, is_late=words.endswith("zu spät."))
    told = german(why("2025-06-06 16:05", 240, answered, ending=ending))
    assert told["Ausgang"].startswith("Beantwortet mit Nachricht 14 von Ada am Di., 10.06.2025")
    assert told["Ausgang"].endswith(words)
    assert "Was sie beendet" not in told


def test_a_long_span_is_folded_and_keeps_every_holiday() -> None:
    of = why("2025-03-03 09:00", 480 * 200, "2025-03-03 10:00")
    counted = german(of)["Gezählt"]
    assert len(counted) < 1500
    assert "Arbeitstage" in counted
    assert all(day.name in counted for day in of.days if day.name)


def test_a_change_of_clocks_is_named() -> None:
    around = BusinessHours.compile(
        tz="Europe/Berlin",
        weekly_hours={day: [("00:00", "24:00")] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
    )
    told = german(why("2025-03-29 12:00", 48 * 60, "2025-03-29 12:00", hours=around))
    assert "So., 30.03.: 00:00–24:00 = 23 Std. (Zeitumstellung)" in told["Gezählt"]


def test_days_with_hours_of_their_own_and_hours_missed_are_named() -> None:
    eve = BusinessHours.compile(
        tz="Europe/Berlin",
        weekly_hours={day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")},
        special_hours={"2025-12-24": [("09:00", "12:00")], "2025-12-31": []},
    )
    told = german(why("2025-12-23 18:00", 180 + 480 * 5, "2025-12-23 18:00", hours=eve))
    assert told["Gezählt"].startswith(
        "Di., 23.12.: außerhalb der Servicezeit; Mi., 24.12.: 09:00–12:00 = 3 Std. (besond"
    )
    assert "Mi., 31.12.: geschlossen (besondere Zeiten)" in told["Gezählt"]


def test_rests_and_a_change_of_priority_are_told() -> None:
    rest = Rest(since=berlin("2025-06-02 12:00"), until=berlin("2025-06-04 10:30"), why="customer")
    paused = (rest.since, berlin("2025-06-04 10:30"))
    due_at = berlin("2025-06-05 15:30")
    days = counted_days(
        CARE, zone=BERLIN, since=berlin("2025-06-02 09:00"), until=due_at, holidays=HOLIDAYS, rests=(paused,)
    )
    change = Changed(at=berlin("2025-06-02 11:00"), before="normal", after="urgent", by="Ada")
    more: dict[str, Any] = {
        "subject": Subject.RESOLUTION,
        "rests": (rest,),
        "days": days,
        "changes": (change,),
        "due_at": due_at,
    }
    told = german(why("2025-06-02 09:00", 960, "2025-06-04 11:00", **more))
    assert "Di., 03.06.: die Uhr ruhte" in told["Gezählt"]
    assert told["Gezählt"].endswith("zusammen 16 Std.")
    assert told["Ruhezeiten"].endswith("(die Kundschaft war am Zug).")
    assert told["Geändert"].startswith("Am Mo., 02.06.2025, 11:00 Uhr von normal auf dringend durch Ada.")


def test_a_promise_is_told_without_a_rule() -> None:
    of = Explanation(
        subject=Subject.PROMISE,
        zone=BERLIN,
        now=berlin("2025-06-04 11:00"),
        start=Start(at=berlin("2025-06-03 10:12"), by="Ben"),
        due_at=berlin("2025-06-04 10:12"),
        breach_at=berlin("2025-06-04 10:12"),
    )
    told = german(of)
    assert list(told) == ["Beginn", "Ziel", "Fällig", "Stand", "Was sie beendet"]
    assert "gebrochen" in told["Stand"]


def test_both_languages_know_the_same_sentences_with_the_same_gaps() -> None:
    assert set(GERMAN) == set(ENGLISH)
    for key, german_words in GERMAN.items():
        gaps = {field for _, field, _, _ in string.Formatter().parse(german_words) if field is not None}
        others = {field for _, field, _, _ in string.Formatter().parse(ENGLISH[key]) if field is not None}
        assert gaps == others, key


def test_spans_are_never_rounded() -> None:
    words = tongue("de", BERLIN)
    spans = [timedelta(0), timedelta(seconds=90), timedelta(minutes=55), timedelta(hours=3, minutes=5)]
    assert [words.span(each) for each in spans] == ["0 Min.", "1 Min. 30 Sek.", "55 Min.", "3 Std. 5 Min."]


def test_days_off_in_a_file_get_their_names_back() -> None:
    assert name_of(datetime(2025, 6, 19).date(), "Europe/Berlin") == "Fronleichnam"
    assert name_of(datetime(2025, 6, 18).date(), "Europe/Berlin") == ""
    assert name_of(datetime(2025, 6, 19).date(), "Asia/Kathmandu") == ""
