"""Telephone numbers: however people and telephone systems write one, it is compared in one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.numbers import e164, shown, with_country_code


@pytest.mark.parametrize(
    "typed",
    ["+49 30 901820", "030 901820", "0049 30 901820", "+49 (0)30 901820", "030/90 18-20", "4930901820", "(030) 901820"],
)
def test_every_way_to_write_a_number_is_the_same_number(typed: str) -> None:
    assert e164(typed, country="DE") == "+4930901820"


@pytest.mark.parametrize(
    "typed", ["", "anonymous", "<unknown>", "12", "110", "12345", "Eva", "0" * 100, "+", "++49", "\0"]
)
def test_what_nobody_can_be_called_on_is_no_number(typed: str) -> None:
    assert e164(typed, country="DE") == ""


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("044 668 18 00", "CH", "+41446681800"),
        ("01 5123456", "AT", "+4315123456"),
        ("+1 212 555 0100", "DE", "+12125550100"),
    ],
)
def test_a_number_belongs_where_the_shop_is(typed: str, country: str, number: str) -> None:
    assert e164(typed, country=country) == number


def test_digits_of_a_telephone_system_have_their_country_code() -> None:
    assert with_country_code("12125550100") == "+12125550100"
    assert with_country_code("4912347114711") == "+4912347114711"


def test_a_number_no_plan_knows_is_kept() -> None:
    assert with_country_code("999123456789") == "+999123456789"


@given(st.text(max_size=80))
def test_nothing_that_is_typed_breaks_anything(text: str) -> None:
    for number in (e164(text), with_country_code(text)):
        assert number == "" or (number[0] == "+" and number[1:].isdecimal() and len(number) <= 20)
    assert isinstance(shown(text), str)


@given(st.integers(min_value=1000000, max_value=99999999))
def test_a_number_stays_itself(subscriber: int) -> None:
    number = e164(f"030 {subscriber}")
    assert e164(number) == number
    assert e164(shown(number)) == number
