"""Numbers of orders and parcels beside each other: equal, a slip of the hand, or plainly another one."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise, product

_SHAPE = re.compile(r"(?P<letters>[A-Z]*)(?P<digits>\d+)(?P<rest>.*)", re.DOTALL)
_FEWEST_FOR_CORE = 5
_FEWEST_FOR_SLIP = 6
_FEWEST_OF_PARCEL = 14
"""Nobody's telephone number, article or tax number is as long as this."""


def cores(numbers: Collection[str]) -> frozenset[str]:
    """Return the numbers as they are and without the letters in front, which many leave out: NL204711 is 204711."""
    found = set(numbers)
    for number in numbers:
        shape = _SHAPE.fullmatch(number)
        if shape and not shape["rest"] and len(shape["digits"]) >= _FEWEST_FOR_CORE:
            found.add(shape["digits"])
    return frozenset(found)


def shared(
    some: Collection[str], bare: Collection[str], others: Collection[str], other_bare: Collection[str]
) -> frozenset[str]:
    """Return the numbers of matters that both name: at least one of both says of what, or it is as long as a parcel's.

    `bare` are those of which nothing says what they are; a telephone number beneath two mails is one, too.
    """
    named = (set(some) & {*others, *other_bare}) | (set(bare) & set(others))
    long = {number for number in set(bare) & set(other_bare) if len(number) >= _FEWEST_OF_PARCEL}
    return frozenset(named | long)


def is_slip(some: Collection[str], others: Collection[str]) -> bool:
    """Say whether a number of one side is one of the other's with two neighbours swapped."""
    return any(_is_swapped(one, other) for one, other in product(_digits(some), _digits(others)))


def speaks_against(some: Collection[str], others: Collection[str]) -> bool:
    """Say whether both sides name numbers of one sort and share none; an order's and a parcel's are two sorts."""
    mine, yours = _by_sort(some), _by_sort(others)
    return any(not mine[sort] & yours[sort] for sort in mine.keys() & yours.keys())


def _by_sort(numbers: Collection[str]) -> dict[tuple[str, int], set[str]]:
    found: dict[tuple[str, int], set[str]] = {}
    for number in cores(numbers):
        found.setdefault(_sort(number), set()).add(number)
    return found


def _sort(number: str) -> tuple[str, int]:
    """Return what numbers of one sort share: how they begin, and how long they are."""
    shape = _SHAPE.match(number)
    return (shape["letters"] if shape else "", len(number))


def _digits(numbers: Collection[str]) -> set[str]:
    return {number for number in cores(numbers) if number.isdecimal() and len(number) >= _FEWEST_FOR_SLIP}


def _is_swapped(one: str, other: str) -> bool:
    if len(one) != len(other) or one == other:
        return False
    differing = [place for place, (here, there) in enumerate(zip(one, other, strict=True)) if here != there]
    is_pair = len(differing) == 2 and all(after - before == 1 for before, after in pairwise(differing))
    return is_pair and one[differing[0]] == other[differing[1]] and one[differing[1]] == other[differing[0]]
