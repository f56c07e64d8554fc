"""Comparing a ticket, and the banner above it, read what belongs to one person, however many others there are."""

from __future__ import annotations

import pytest

from app.desk import comparing
from app.finders import debts
from bench.crowd import number
from tests.plans.conftest import NOW, Crowd
from tests.plans.reading import asked_by, faults


@pytest.mark.parametrize("place", [2, 51, 99_992, 99_951])
def test_no_look_walks_a_table(crowd: Crowd, place: int) -> None:
    assert faults(asked_by(lambda: comparing.look(number(place), at=NOW))) == []


def test_who_waits_to_be_compared_is_found_by_an_index(crowd: Crowd) -> None:
    assert faults(asked_by(comparing.uncompared)) == []


def test_the_banner_is_one_statement_by_an_index(crowd: Crowd) -> None:
    people = (crowd.one, crowd.three, crowd.admin)

    asked = asked_by(lambda: [debts.of(number(99_992), person) for person in people])

    assert len(asked) == len(people)
    assert faults(asked) == []
