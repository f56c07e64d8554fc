"""At 100,000 tickets nobody is looked for from one end of a table to the other."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from app.finders import acquaintance, relatives, whereabouts
from tests.plans.conftest import NOW, Crowd
from tests.plans.reading import Asked, asked_by, faults

BERLIN = ZoneInfo("Europe/Berlin")
WORDS = [
    "name4711",
    "kundin name4711",
    "kunde4711@kundin.example",
    "kunde4711",
    "@name4711",
    "0151 555 01001",
    "100-2314",
    "K-7788",
    "#14711",
    "name4711 23.11.2026",
    "23.11.2026",
]


def asked(crowd: Crowd, who: str, words: str) -> list[Asked]:
    person, today = getattr(crowd, who), NOW.date()
    return asked_by(lambda: whereabouts.people(person, words, zone=BERLIN, today=today))


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("who", ["three", "admin"])
def test_no_search_for_people_walks_a_table(crowd: Crowd, who: str, words: str) -> None:
    assert faults(asked(crowd, who, words)) == []


def test_the_page_of_a_person_reads_only_theirs(crowd: Crowd) -> None:
    (found,) = whereabouts.people(crowd.admin, "kunde4711@kundin.example", zone=BERLIN, today=NOW.date())
    questions = asked_by(lambda: acquaintance.of(crowd.admin, found.id))
    questions += asked_by(lambda: relatives.of(crowd.admin, found.id))
    assert faults(questions) == []
