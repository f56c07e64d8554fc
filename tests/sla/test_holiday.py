from __future__ import annotations

from datetime import date

import pytest

from sla.civil import last_day
from sla.holiday import Holiday, holidays_of
from sla.windows import HoursError


def test_bavaria_keeps_15_august_only_where_it_is_catholic() -> None:
    bavaria, catholic = set(holidays_of("DE-BY", [2025])), set(holidays_of("DE-BY-catholic", [2025]))
    assert catholic - bavaria == {Holiday(date(2025, 8, 15), "Mariä Himmelfahrt")}
    assert bavaria < catholic


def test_holidays_come_in_order_with_german_names() -> None:
    found = holidays_of("DE-SN", [2026, 2025])
    assert list(found) == sorted(found)
    assert found[0] == Holiday(date(2025, 1, 1), "Neujahr")
    assert Holiday(date(2025, 11, 19), "Buß- und Bettag") in found


@pytest.mark.parametrize(
    ("region", "on"),
    [
        ("DE-BE", date(2025, 5, 8)),
        ("DE-BE", date(2025, 3, 8)),
        ("DE-MV", date(2025, 3, 8)),
        ("DE-TH", date(2025, 9, 20)),
        ("DE-BB", date(2025, 6, 8)),
        ("AT", date(2025, 10, 26)),
    ],
)
def test_a_region_has_its_own_days(region: str, on: date) -> None:
    assert on in {holiday.on for holiday in holidays_of(region, [2025])}


def test_customs_that_close_no_office_are_no_holidays() -> None:
    found = {holiday.on for holiday in holidays_of("DE-BY", [2025])}
    assert date(2025, 11, 11) not in found
    assert date(2025, 11, 16) not in found
    assert date(2025, 12, 24) not in found


@pytest.mark.parametrize("region", ["", "XX", "DE-XX", "Bayern", "DE-BY-evangelisch"])
def test_an_unknown_region_is_refused_by_name(region: str) -> None:
    with pytest.raises(HoursError, match=f"'{region}' is not a region"):
        holidays_of(region, [2025])


@pytest.mark.parametrize(
    ("received", "region", "last"),
    [
        pytest.param(date(2025, 6, 7), "DE-BY", date(2025, 6, 23), id="a Saturday moves to Monday"),
        pytest.param(date(2025, 6, 5), "DE-BY", date(2025, 6, 20), id="Corpus Christi in Bavaria"),
        pytest.param(date(2025, 6, 5), "DE-BE", date(2025, 6, 19), id="a working day in Berlin"),
        pytest.param(date(2025, 12, 11), "DE-BY", date(2025, 12, 29), id="Christmas before a weekend"),
        pytest.param(date(2025, 8, 1), "DE-BY", date(2025, 8, 15), id="15 August is a working day"),
        pytest.param(date(2025, 8, 1), "DE-BY-catholic", date(2025, 8, 18), id="15 August is none"),
        pytest.param(date(2026, 12, 18), "DE-BY", date(2027, 1, 4), id="New Year"),
    ],
)
def test_a_fortnight_after_receipt_ends_on_a_working_day(received: date, region: str, last: date) -> None:
    assert last_day(received, 14, region) == last


@pytest.mark.parametrize("days", [-1, 10**9])
def test_an_impossible_period_is_refused(days: int) -> None:
    with pytest.raises(HoursError, match="days is none"):
        last_day(date(2025, 6, 5), days, "DE-BY")
