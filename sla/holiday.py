"""Public holidays of a region, frozen into values that a calendar version can keep.

A region is a country with an optional subdivision ("DE-BY", "AT", "CH-ZH"). "DE-BY" means Bavaria without
15 August, which only holds in mostly Catholic places; those write "DE-BY-catholic".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

from sla.windows import HoursError

CATHOLIC = "-catholic"


@dataclass(frozen=True, slots=True, order=True)
class Holiday:
    """One closed date and what people call it."""

    on: date
    name_de: str


def holidays_of(region: str, years: Iterable[int]) -> tuple[Holiday, ...]:
    """List the public holidays of some years in order of time; raises `HoursError` for an unknown region."""
    return tuple(holiday for year in sorted(set(years)) for holiday in _holidays_in(region, year))


def is_holiday(on: date, region: str) -> bool:
    """Tell whether a date is a public holiday; raises `HoursError` for an unknown region."""
    return any(holiday.on == on for holiday in _holidays_in(region, on.year))


@lru_cache(maxsize=1024)
def _holidays_in(region: str, year: int) -> tuple[Holiday, ...]:
    is_catholic = region.endswith(CATHOLIC)
    country, _, subdivision = region.removesuffix(CATHOLIC).partition("-")
    categories = ("public", "catholic") if is_catholic else ("public",)
    try:
        found = holidays.country_holidays(
            country, subdiv=subdivision or None, years=year, categories=categories, language="de"
        )
    except (NotImplementedError, ValueError):
        raise HoursError(f"{region!r} is not a region whose holidays are known, write for example DE-BY") from None
    # A library year may hold a date observed in its neighbour.
    return tuple(sorted(Holiday(on, name) for on, name in found.items() if on.year == year))


_COUNTRIES = {"Europe/Berlin": "DE", "Europe/Busingen": "DE", "Europe/Vienna": "AT", "Europe/Zurich": "CH"}


def name_of(on: date, time_zone: str) -> str:
    """Return what people in some part of the zone's country call a day off; empty where nobody knows."""
    country = _COUNTRIES.get(time_zone, "")
    return _names_in(country, on.year).get(on, "") if country else ""


@lru_cache(maxsize=256)
def _names_in(country: str, year: int) -> dict[date, str]:
    parts = [country, *(f"{country}-{part}" for part in holidays.list_supported_countries()[country])]
    catholic = [f"{part}{CATHOLIC}" for part in parts] if country == "DE" else []
    found = (holiday for part in (*catholic, *parts) for holiday in _holidays_in(part, year))
    return {holiday.on: holiday.name_de for holiday in found}
