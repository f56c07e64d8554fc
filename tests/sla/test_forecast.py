"""What a team will miss, against a plain simulation answer by answer."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sla.forecast import breaches_ahead, missed_ahead
from tests.sla.calendars import SOCIAL, berlin, minutes

NOW = berlin("2025-06-03 10:00")
WITHIN = timedelta(hours=4)


@given(
    ahead=st.lists(st.integers(-600, 400), max_size=30),
    per_hour=st.sampled_from([0.5, 1, 3, 12]),
    late=st.integers(0, 6),
)
def test_a_forecast_is_what_happens_if_nothing_changes(ahead: list[int], per_hour: float, late: int) -> None:
    waiting = sorted(NOW + minutes(each) for each in ahead if minutes(each) <= WITHIN)
    an_answer, missed, worked = timedelta(hours=1) / per_hour, [], late * (timedelta(hours=1) / per_hour)
    for due in waiting:
        worked += an_answer
        if SOCIAL.due(NOW, worked) > due:
            missed.append(due)
    dues = (NOW + minutes(each) for each in ahead)
    assert missed_ahead(dues, now=NOW, within=WITHIN, per_hour=per_hour, hours=SOCIAL, late=late) == missed


def test_those_before_it_may_be_given_by_number_alone() -> None:
    late, dues = [NOW - minutes(5)] * 3, [NOW + minutes(100), NOW + minutes(130)]
    told = breaches_ahead([*late, *dues], now=NOW, within=WITHIN, per_hour=2, hours=SOCIAL)
    by_number = missed_ahead(dues, now=NOW, within=WITHIN, per_hour=2, hours=SOCIAL, late=3)
    assert by_number == [NOW + minutes(100), NOW + minutes(130)]
    assert told == 3 + len(by_number)
