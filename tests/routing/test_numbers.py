"""Order numbers as people copy them: without letters, with two digits swapped, or somebody else's."""

from __future__ import annotations

import pytest

from routing.numbers import cores, is_slip, speaks_against


def test_the_letters_in_front_may_be_left_out() -> None:
    assert cores({"NL204711"}) == {"NL204711", "204711"}
    assert cores({"AB12"}) == {"AB12"}
    assert cores({"204711X"}) == {"204711X"}


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("204711", "204171", True),
        ("NL204711", "NL204171", True),
        ("204711", "204712", False),
        ("204711", "204711", False),
        ("204711", "401127", False),
        ("4711", "4171", False),
    ],
)
def test_a_slip_swaps_two_neighbours(one: str, other: str, *, is_one: bool) -> None:
    assert is_slip({one}, {other}) is is_one


def test_only_numbers_of_one_sort_speak_against_each_other() -> None:
    assert speaks_against({"NL204711"}, {"NL204888"})
    assert not speaks_against({"NL204711"}, {"00340434161094042557"})
    assert not speaks_against({"NL204711"}, set())
