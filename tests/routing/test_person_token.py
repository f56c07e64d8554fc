"""Tokens of customers: only what we signed, only while it is good, only in one spelling."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.person_token import sign, tokens_in, verify

KEY, OLD = b"k" * 32, b"o" * 32
TODAY = date(2026, 11, 23)


@given(customer=st.integers(1, 2**55 - 1), days=st.integers(0, 400))
def test_what_we_signed_is_read_until_its_day_is_over(customer: int, days: int) -> None:
    token = sign(customer, ends_on=TODAY + timedelta(days=days), key=OLD)
    assert len(token) <= 35
    assert verify(token, keys=(KEY, OLD), on=TODAY) == customer
    assert verify(token.upper(), keys=(OLD,), on=TODAY + timedelta(days=days)) == customer
    assert verify(token, keys=(OLD,), on=TODAY + timedelta(days=days + 1)) is None
    assert verify(token, keys=(KEY,), on=TODAY) is None


@given(st.text(max_size=60))
def test_nothing_else_is_a_token(text: str) -> None:
    assert verify(text, keys=(KEY,), on=TODAY) is None


def test_every_changed_letter_breaks_it() -> None:
    token = sign(4711, ends_on=TODAY, key=KEY)
    for place in range(4, len(token)):
        other = "a" if token[place] != "a" else "b"
        assert verify(token[:place] + other + token[place + 1 :], keys=(KEY,), on=TODAY) is None


def test_a_prepared_text_carries_one() -> None:
    token = sign(4711, ends_on=TODAY, key=KEY)
    assert tokens_in(f"Hallo, hier bin ich: {token}.") == [token]
    assert tokens_in(f"x{token}") == []
    assert tokens_in("fdn-" + "a" * 500) == []


@pytest.mark.parametrize("customer", [0, -1, 2**55])
def test_an_id_that_does_not_fit_is_refused(customer: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        sign(customer, ends_on=TODAY, key=KEY)
    with pytest.raises(ValueError, match="16 bytes"):
        sign(1, ends_on=TODAY, key=b"short")
