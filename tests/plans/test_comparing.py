"""Comparing a ticket, and the banner above it, read what belongs to one person, however many others there are."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.db import db
from app.desk import comparing
from app.finders import debts
from app.models import Suggestion
from bench.crowd import number
from tests.plans.conftest import NOW, Crowd
from tests.plans.reading import asked_by, faults


@pytest.fixture(autouse=True)
def suggestions(crowd: Crowd) -> None:
    """As many suggestions as closed tickets, answered long ago: nobody sees them, and none may be walked."""
    if db.session.scalar(select(func.count()).select_from(Suggestion)):
        return
    at = "'2026-01-01 00:00:00.000000'"
    written = f"""INSERT INTO suggestion (ticket_id, other_id, points, reasons, is_proven, state, made_at, expires_at)
    SELECT id, id - 1, 45, '[]', false, 'expired', {at}, {at} FROM ticket
    WHERE closed_at IS NOT NULL AND id > {number(1)}"""  # noqa: S608 - our own numbers
    with db.engine.connect() as connection:
        connection.exec_driver_sql(written)
        connection.exec_driver_sql("ANALYZE suggestion")
        connection.commit()


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
