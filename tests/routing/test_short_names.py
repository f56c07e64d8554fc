"""Which names are the same but for a first name that is cut to its initial."""

from __future__ import annotations

import pytest

from routing.short_names import last_name, may_be_one


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("B. Winkler", "Bernd Winkler"),
        ("Winkler, Bernd", "b winkler"),
        ("Ö. Weiß", "Özlem Weiß"),
        ("Weiß, D.", "Dr. Dora Weiß"),
    ],
)
def test_an_initial_stands_for_a_first_name(one: str, other: str) -> None:
    assert may_be_one(one, other)
    assert may_be_one(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("B. Winkler", "Anna Winkler"),
        ("B. Winkler", "Winkler Berger"),
        ("B. Winkler", "B. Winkler"),
        ("Winkler", "Bernd Winkler"),
        ("Bernd Winkler", "Berta Winkler"),
        ("B. W.", "Bernd Winkler"),
        ("", "Bernd Winkler"),
    ],
)
def test_nothing_less_does(one: str, other: str) -> None:
    assert not may_be_one(one, other)


@pytest.mark.parametrize(
    ("name", "last"),
    [("Bernd Winkler", "winkler"), ("Winkler, Bernd", "winkler"), ("B. Winkler", "winkler"), ("Kati", ""), ("", "")],
)
def test_the_last_name_is_told(name: str, last: str) -> None:
    assert last_name(name) == last
